import { describe, expect, it } from 'vitest';
import {
  callReply,
  chunk,
  errorReply,
  hangingReply,
  startOpenAiServer,
  textReply,
  usageChunk,
} from './testing/openai-server.ts';
import { agentWith, invokerOf, record, toolNamed } from './testing/run.ts';

const forecast = toolNamed('forecast', 'Weather forecast for a city', {
  city: { type: 'string', description: 'City' },
});

function modelAt(baseUrl: string) {
  return { provider: 'openai-compatible' as const, baseUrl, model: 'test-model' };
}

describe('a run that does not finish has the usage of the model calls that ended', () => {
  const counted = callReply('forecast', { city: 'Lisbon' }, usageChunk(20, 5));
  const agent = agentWith([forecast]);
  const tools = invokerOf(() => 'sunny');
  const firstCall = { inputTokens: 20, outputTokens: 5 };

  it.each(['stopped', 'interrupted'] as const)('when it is %s in an answer', async (reason) => {
    await using server = await startOpenAiServer(counted, hangingReply(chunk({ content: 'Half' })));
    const ending = new AbortController();
    const run = await record({
      agent,
      tools,
      model: modelAt(server.baseUrl),
      signal: ending.signal,
      onEvent: ({ type }) => {
        if (type === 'text-delta') ending.abort(reason);
      },
    });
    expect(run.outcome).toEqual({ finish: reason, usage: firstCall });
    expect(run.usage).toEqual(firstCall);
  });

  it('when a tool hangs and the user stops', async () => {
    await using server = await startOpenAiServer(counted);
    const stop = new AbortController();
    const hangs = invokerOf(() => {
      stop.abort();
      return new Promise(() => undefined);
    });
    const run = await record({
      agent,
      tools: hangs,
      model: modelAt(server.baseUrl),
      signal: stop.signal,
    });
    expect(run.outcome.finish).toBe('stopped');
    expect(run.usage).toEqual(firstCall);
  });

  it('when the model fails', async () => {
    await using server = await startOpenAiServer(counted, errorReply(400, 'bad request'));
    const run = await record({ agent, tools, model: modelAt(server.baseUrl) });
    expect(run.outcome.finish).toBe('failed');
    expect(run.usage).toEqual(firstCall);
  });

  it('when the model refuses, that call included', async () => {
    await using server = await startOpenAiServer(counted, textReply('', 'content_filter'));
    const run = await record({ agent, tools, model: modelAt(server.baseUrl) });
    expect(run.outcome).toMatchObject({ finish: 'failed', error: { code: 'refused' } });
    expect(run.usage).toEqual({ inputTokens: 40, outputTokens: 10 });
  });

  it('when its tokens are used up, as the budget counts them', async () => {
    await using server = await startOpenAiServer(counted);
    const budget = { turns: 9, tokens: 60, seconds: 60 };
    const run = await record({ agent, tools, model: modelAt(server.baseUrl), budget });
    expect(run.outcome).toMatchObject({ finish: 'failed', error: { code: 'budget-reached' } });
    expect(server.requests).toHaveLength(3);
    expect(run.usage).toEqual({ inputTokens: 60, outputTokens: 15 });
  });

  it('when it is cut while another agent works for it, whose calls count too', async () => {
    const expert = agentWith([forecast], { id: 'expert' });
    await using server = await startOpenAiServer(
      callReply('ask-expert', { question: 'Is it sunny?' }, usageChunk(30, 7)),
      counted,
    );
    const stop = new AbortController();
    const run = await record({
      agent: agentWith([], { id: 'chief', agents: ['expert'] }),
      tools: invokerOf(() => {
        stop.abort();
        return new Promise(() => undefined);
      }),
      model: modelAt(server.baseUrl),
      resolveAgent: () => Promise.resolve(expert),
      signal: stop.signal,
    });
    expect(run.outcome.finish).toBe('stopped');
    expect(run.usage).toEqual({ inputTokens: 50, outputTokens: 12 });
  });
});
