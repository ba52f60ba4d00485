import type { ModelSettings } from '@parley/contract/model';
import { describe, expect, it } from 'vitest';
import {
  chunk,
  done,
  errorReply,
  hangingReply,
  startOpenAiServer,
  streamReply,
  textReply,
  usageChunk,
} from './testing/openai-server.ts';
import { agentWith, assistantMessage, invokerOf, record, toolNamed, userMessage } from './testing/run.ts';

const city = { city: { type: 'string', description: 'City' } };
const forecast = toolNamed('forecast', 'Weather forecast', city);

function settings(baseUrl: string, more: object = {}): ModelSettings {
  return { provider: 'openai-compatible', baseUrl, model: 'test-model', ...more };
}

/** A call of `forecast` whose arguments come in pieces, after a word of text. */
const callInPieces = streamReply(
  chunk({ role: 'assistant', content: 'Looking.' }),
  chunk({
    tool_calls: [{ index: 0, id: 'call_0', type: 'function', function: { name: 'forecast', arguments: '' } }],
  }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '{"ci' } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: 'ty":"Lis' } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: 'bon"}' } }] }),
  chunk({}, 'tool_calls'),
  usageChunk(30, 10),
  done,
);

describe('an OpenAI-compatible model', () => {
  it('answers when the role is missing from the deltas, as Ollama and llama.cpp send them', async () => {
    await using server = await startOpenAiServer(
      streamReply(chunk({ content: 'Fine.' }), chunk({}, 'stop'), done),
    );
    expect(await record({ model: settings(server.baseUrl) })).toMatchObject({
      text: 'Fine.',
      outcome: { finish: 'finished' },
    });
  });

  it('runs two calls of one step at the same time', async () => {
    const call = (index: number, name: string) => ({
      index,
      id: `call_${index}`,
      function: { name: 'forecast', arguments: JSON.stringify({ city: name }) },
    });
    await using server = await startOpenAiServer(
      streamReply(
        chunk({ tool_calls: [call(0, 'Lisbon'), call(1, 'Porto')] }),
        chunk({}, 'tool_calls'),
        done,
      ),
      textReply('Both sunny.'),
    );
    const bothAsked = Promise.withResolvers<void>();
    const tools = invokerOf(async () => {
      if (tools.calls.length === 2) bothAsked.resolve();
      await bothAsked.promise;
      return 'sunny';
    });
    const run = await record({ model: settings(server.baseUrl), agent: agentWith([forecast]), tools });
    expect(tools.calls.map(({ input }) => input)).toEqual([{ city: 'Lisbon' }, { city: 'Porto' }]);
    expect(run.parts.filter(({ type }) => type === 'dynamic-tool')).toMatchObject([
      { toolCallId: 'call_0', state: 'output-available' },
      { toolCallId: 'call_1', state: 'output-available' },
    ]);
  });

  it('gives calls their own ids when the server uses one id in every step', async () => {
    await using server = await startOpenAiServer(callInPieces, callInPieces, textReply('Done.'));
    const run = await record({ model: settings(server.baseUrl), agent: agentWith([forecast]) });
    const ids = run.parts.flatMap((part) => (part.type === 'dynamic-tool' ? [part.toolCallId] : []));
    expect(new Set(ids).size).toBe(2);
    expect(
      run.parts.filter((part) => part.type === 'dynamic-tool' && part.state === 'output-available'),
    ).toHaveLength(2);
  });

  it('gives a call an id that every provider takes, for the branch may go on with another model', async () => {
    const id = `functions.forecast:${'0'.repeat(80)}`;
    const call = { index: 0, id, function: { name: 'forecast', arguments: '{"city":"Lisbon"}' } };
    await using server = await startOpenAiServer(
      streamReply(chunk({ tool_calls: [call] }), chunk({}, 'tool_calls'), done),
      textReply('Done.'),
    );
    const run = await record({ model: settings(server.baseUrl), agent: agentWith([forecast]) });
    const part = run.parts.find(({ type }) => type === 'dynamic-tool');
    expect(part).toMatchObject({
      state: 'output-available',
      toolCallId: expect.stringMatching(/^functions_forecast_0+$/) as string,
    });
    expect((part as { toolCallId: string }).toolCallId.length).toBeLessThanOrEqual(64);
  });

  it('tells the model when it asks for a tool that does not exist, or writes broken JSON', async () => {
    const bad = (name: string, text: string) =>
      streamReply(
        chunk({ tool_calls: [{ index: 0, id: name, function: { name, arguments: text } }] }),
        chunk({}, 'tool_calls'),
        done,
      );
    await using server = await startOpenAiServer(
      bad('nothing', '{}'),
      bad('forecast', '{"city": Lisb'),
      textReply('Sorry.'),
    );
    const tools = invokerOf(() => null);
    const run = await record({ model: settings(server.baseUrl), agent: agentWith([forecast]), tools });
    expect(run.outcome.finish).toBe('finished');
    expect(run.parts).toContainEqual(
      expect.objectContaining({
        toolName: 'nothing',
        state: 'output-error',
        errorText: expect.stringMatching(/does not exist/) as string,
      }),
    );
    expect(tools.calls[0]!.input).toEqual({ invalidJson: '{"city": Lisb' });
  });

  it('fails plainly when the variable that apiKeyEnv names is not set', async () => {
    await using server = await startOpenAiServer(textReply('Hi.'));
    const { outcome } = await record({ model: settings(server.baseUrl, { apiKeyEnv: 'MODEL_KEY' }) });
    expect(outcome).toMatchObject({
      finish: 'failed',
      error: { code: 'model-unavailable', message: expect.stringContaining('MODEL_KEY') as string },
    });
    expect(server.requests).toEqual([]);
  });
});

describe('a model that does not count', () => {
  it('is stopped when it writes without end and never counts tokens', async () => {
    await using server = await startOpenAiServer(
      hangingReply(...Array.from({ length: 50 }, () => chunk({ content: 'x'.repeat(100) }))),
    );
    const run = await record({
      model: settings(server.baseUrl),
      budget: { turns: 5, tokens: 100, seconds: 60 },
    });
    expect(run.outcome).toMatchObject({ finish: 'failed', error: { code: 'budget-reached' } });
  });
});

describe('the history a model is given', () => {
  it('is whole while the model can read it, and what is left out after its “too long” is told', async () => {
    await using server = await startOpenAiServer(
      errorReply(400, 'the maximum context length is 8192 tokens'),
      textReply('Yes.'),
    );
    const turns = Array.from({ length: 60 }, (_, i) => [
      userMessage(`Question ${i}`, `u${i}`),
      assistantMessage([{ type: 'step-start' }, { type: 'text', text: `Answer ${i}` }], 'finished', `a${i}`),
    ]);
    const run = await record({
      model: settings(server.baseUrl),
      history: [...turns.flat(), userMessage('Last')],
    });
    expect(run.text).toBe('Yes.');
    const [whole, less] = server.requests.map(({ messages }) => messages.length);
    expect(whole).toBe(122);
    expect(less).toBeLessThan(122);
    const told = run.events.filter(({ type }) => type === 'data-context');
    expect(told).toEqual([
      { type: 'data-context', id: 'context', data: { read: less! - 1, of: 121, trimmed: 0 } },
    ]);
  });

  it('has earlier calls with their results, and asks to continue an answer that was cut', async () => {
    await using server = await startOpenAiServer(textReply(' and warm.'));
    const call = {
      type: 'dynamic-tool' as const,
      toolName: 'forecast',
      toolCallId: 'old',
      input: { city: 'Lisbon' },
    };
    const run = await record({
      model: settings(server.baseUrl),
      agent: agentWith([forecast]),
      history: [
        userMessage('Weather in Lisbon?'),
        assistantMessage(
          [
            { type: 'step-start' },
            { ...call, state: 'output-available', output: { sky: 'sunny' } },
            { type: 'step-start' },
            { type: 'text', text: 'It will be sunny' },
          ],
          'interrupted',
        ),
      ],
    });
    expect(run.text).toBe(' and warm.');
    const sent = server.requests[0]!.messages.slice(1);
    expect(sent.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
    expect(sent[3]!.content).toBe('It will be sunny');
    expect(sent[4]!.content).toMatch(/Continue it from exactly where it ends/);
  });
});
