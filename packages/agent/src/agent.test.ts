import { setTimeout as delay } from 'node:timers/promises';
import type { ToolPart } from '@parley/contract/message';
import { eventBytesMax } from '@parley/contract/stream';
import { describe, expect, it, vi } from 'vitest';
import { modelToolOutputCharsMax } from './event-size.ts';
import { callReply, startOpenAiServer, textReply } from './testing/openai-server.ts';
import { agentWith, assistantMessage, invokerOf, record, toolNamed, userMessage } from './testing/run.ts';
import type { ToolInvoker } from './tools.ts';

const forecast = toolNamed('forecast', 'Weather forecast for a city', {
  city: { type: 'string', description: 'City' },
});
const ask = 'What is the weather in Lisbon?';

function model(baseUrl: string) {
  return { provider: 'openai-compatible' as const, baseUrl, model: 'test-model' };
}

const callsForecast = callReply('forecast', { city: 'Lisbon' });

describe('a run', () => {
  it('is the events of the protocol, from start to finish', async () => {
    const run = await record({
      ask,
      agent: agentWith([forecast]),
      tools: invokerOf(() => ({ sky: 'sunny' })),
    });
    expect(run.types).toEqual([
      'start',
      'start-step',
      'tool-input-available',
      'message-metadata',
      'tool-output-available',
      'data-tool-duration',
      'finish-step',
      'start-step',
      'text-start',
      'text-delta',
      'text-end',
      'message-metadata',
      'finish-step',
      'finish',
    ]);
    expect(run.parts[1]).toEqual({
      type: 'dynamic-tool',
      toolName: 'forecast',
      toolCallId: expect.any(String) as string,
      state: 'output-available',
      input: { city: 'Lisbon' },
      output: { sky: 'sunny' },
      durationMs: expect.any(Number) as number,
    });
    expect(run.events.at(-1)).toEqual({
      type: 'finish',
      finishReason: 'stop',
      messageMetadata: { usage: run.outcome.usage },
    });
  });

  it('prints nothing', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const log = vi.spyOn(console, 'log').mockReturnValue(undefined);
    await record({ ask, agent: agentWith([forecast]), tools: invokerOf(() => ({ sky: 'sunny' })) });
    const printed = [...write.mock.calls, ...log.mock.calls];
    vi.restoreAllMocks();
    expect(printed).toEqual([]);
  });

  it('waits for its reader before it goes on', async () => {
    let reading = 0;
    let most = 0;
    await record({
      onEvent: async () => {
        reading += 1;
        most = Math.max(most, reading);
        await new Promise(setImmediate);
        reading -= 1;
      },
    });
    expect(most).toBe(1);
  });

  it('rejects with what its reader throws, and ends model and tools', async () => {
    const lost = new Error('the log is lost');
    const seen = Promise.withResolvers<AbortSignal>();
    const tools: ToolInvoker = {
      invoke: ({ signal }) => {
        seen.resolve(signal);
        return Promise.resolve({ ok: true, output: 'sunny' });
      },
    };
    const run = record({
      ask,
      agent: agentWith([forecast]),
      tools,
      onEvent: ({ type }) => {
        if (type === 'tool-output-available') throw lost;
      },
    });
    await expect(run).rejects.toBe(lost);
    expect((await seen.promise).aborted).toBe(true);
  });

  it('does nothing but say so when it was stopped before it began', async () => {
    const run = await record({ signal: AbortSignal.abort() });
    expect(run.types).toEqual(['start', 'abort']);
  });

  it('says that it was interrupted when that is the reason of the signal', async () => {
    const stop = new AbortController();
    const run = await record({
      signal: stop.signal,
      onEvent: ({ type }) => {
        if (type === 'text-delta') stop.abort('interrupted');
      },
    });
    expect(run.outcome.finish).toBe('interrupted');
    expect(run.types.slice(-3)).toEqual(['text-end', 'finish-step', 'abort']);
    expect(run.events.at(-1)).toEqual({ type: 'abort', reason: 'interrupted' });
  });

  it('continues a cut answer of the demo model where it ends', async () => {
    const whole = await record({ ask: 'Hello' });
    const [written, rest] = [whole.text.slice(0, 20), whole.text.slice(20)];
    const cut = assistantMessage([{ type: 'step-start' }, { type: 'text', text: written }], 'stopped');
    const run = await record({ history: [userMessage('Hello'), cut] });
    expect(run.text).toBe(rest);
  });
});

describe('a tool of a run', () => {
  it.each(['answers', 'fails'])('that %s has its duration in the log: of its work alone', async (ending) => {
    const at: Record<string, number> = {};
    const mark = (what: string) => (at[what] ??= performance.now());
    const tools = invokerOf(async () => {
      mark('began');
      await delay(20);
      mark('ended');
      if (ending === 'fails') throw new Error('x'.repeat(2 * eventBytesMax));
      return 'x'.repeat(2 * eventBytesMax);
    });
    const run = await record({
      ask,
      agent: agentWith([forecast]),
      tools,
      onEvent: ({ type }) => void mark(type),
      storeLargeOutput: async () => {
        mark('tool-output-available');
        await delay(20);
        return 'bucket/key';
      },
    });
    const output = run.events.findIndex(({ type }) => type.startsWith('tool-output-'));
    const { toolCallId, durationMs } = run.parts[1] as ToolPart;
    expect(run.events[output + 1]).toMatchObject({ type: 'data-tool-duration', id: toolCallId });
    expect(Number.isInteger(durationMs)).toBe(true);
    expect(durationMs).toBeGreaterThanOrEqual(Math.floor(at['ended']! - at['began']!));
    const told = at['tool-output-available'] ?? at['tool-output-error']!;
    expect(durationMs).toBeLessThanOrEqual(Math.ceil(told - at['tool-input-available']!));
  });

  it('that hangs is left at once when the user stops', async () => {
    const stop = new AbortController();
    const tools = invokerOf(() => {
      queueMicrotask(() => stop.abort());
      return new Promise(() => undefined);
    });
    const run = await record({ ask, agent: agentWith([forecast]), tools, signal: stop.signal });
    expect(run.outcome.finish).toBe('stopped');
    expect(run.parts.at(-1)).toMatchObject({ type: 'dynamic-tool', state: 'input-available' });
    expect(run.types).not.toContain('data-tool-duration');
  });

  it('that hangs ends with the seconds of the budget', async () => {
    const tools = invokerOf(() => new Promise(() => undefined));
    const run = await record({
      ask,
      agent: agentWith([forecast]),
      tools,
      budget: { turns: 5, tokens: 10_000, seconds: 1 },
    });
    expect(run.outcome).toMatchObject({ finish: 'failed', error: { code: 'budget-reached' } });
  });

  it.each([
    ['throws', () => Promise.reject(new Error('no such city')), /failed: no such city/],
    ['answers what JSON cannot hold', () => ({ n: 10n }), /failed/],
  ])('that %s gives user and model a plain message, and the run goes on', async (_, answer, message) => {
    const run = await record({ ask, agent: agentWith([forecast]), tools: invokerOf(answer) });
    expect(run.outcome.finish).toBe('finished');
    expect(run.parts[1]).toMatchObject({
      state: 'output-error',
      errorText: expect.stringMatching(message) as string,
    });
    expect(run.text).toMatch(/could not do that/);
  });

  it('that fails by its own account gives the model the code and the user the message', async () => {
    await using server = await startOpenAiServer(callsForecast, textReply('Sorry.'));
    const tools: ToolInvoker = {
      invoke: () =>
        Promise.resolve({ ok: false, error: { code: 'tool-timed-out', message: 'It took too long.' } }),
    };
    const run = await record({ agent: agentWith([forecast]), tools, model: model(server.baseUrl) });
    expect(run.parts[1]).toMatchObject({ state: 'output-error', errorText: 'It took too long.' });
    expect(server.requests[1]!.messages.at(-1)!.content).toContain('tool-timed-out: It took too long.');
  });

  it('that answers more than an event holds is stored, and both user and model see its beginning', async () => {
    await using server = await startOpenAiServer(callsForecast, textReply('Much.'));
    const output = { rows: Array.from({ length: 9_000 }, (_, i) => `row ${i}`) };
    const stored: string[] = [];
    const run = await record({
      agent: agentWith([forecast]),
      tools: invokerOf(() => output),
      model: model(server.baseUrl),
      storeLargeOutput: (json) => {
        stored.push(json);
        return Promise.resolve('bucket/key');
      },
    });
    expect(JSON.parse(stored[0]!)).toEqual(output);
    expect(run.parts[1]).toMatchObject({
      output: {
        reference: 'bucket/key',
        preview: expect.stringContaining('row 1') as string,
        bytes: Buffer.byteLength(stored[0]!),
      },
    });
    const given = JSON.stringify(server.requests[1]!.messages.at(-1)!.content);
    expect(given).toContain(`first ${modelToolOutputCharsMax} of`);
    expect(given.length).toBeLessThan(2 * modelToolOutputCharsMax);
  });

  it.each([
    ['there is no store', undefined],
    ['the store fails', () => Promise.reject(new Error('no bucket'))],
  ])('that answers too much is cut with a note when %s', async (_, storeLargeOutput) => {
    const tools = invokerOf(() => '€'.repeat(eventBytesMax));
    const run = await record({
      ask,
      agent: agentWith([forecast]),
      tools,
      ...(storeLargeOutput && { storeLargeOutput }),
    });
    expect(run.parts[1]).toMatchObject({
      output: { note: expect.stringMatching(/only its beginning is kept/) as string },
    });
    for (const event of run.events)
      expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(eventBytesMax);
  });
});

describe('the budget of a run', () => {
  it('bounds its model calls', async () => {
    await using server = await startOpenAiServer(callsForecast);
    const budget = { turns: 3, tokens: 10_000, seconds: 60 };
    const run = await record({ agent: agentWith([forecast]), model: model(server.baseUrl), budget });
    expect(run.outcome).toMatchObject({
      finish: 'failed',
      error: { code: 'budget-reached', message: expect.stringMatching(/3 model calls/) as string },
    });
    expect(server.requests).toHaveLength(3);
  });

  it('bounds its tokens, and an answer that is whole when they are used up counts', async () => {
    const budget = { turns: 9, tokens: 100, seconds: 60 };
    const whole = await record({ ask: 'Hello', budget });
    expect(whole.outcome.finish).toBe('finished');
    const long = `${ask} ${'really '.repeat(100)}`;
    const run = await record({
      ask: long,
      agent: agentWith([forecast]),
      tools: invokerOf(() => 'sunny'),
      budget,
    });
    expect(run.outcome).toMatchObject({
      finish: 'failed',
      error: { code: 'budget-reached', message: expect.stringMatching(/100 tokens/) as string },
    });
  });
});

describe('an agent as a tool', () => {
  const expert = agentWith([forecast], {
    id: 'expert',
    description: 'Knows the weather',
    instructions: 'You are the expert.',
  });
  const chief = agentWith([], { id: 'chief', agents: ['expert'] });
  const find =
    (...agents: ReturnType<typeof agentWith>[]) =>
    (id: string) =>
      Promise.resolve(agents.find((each) => each.id === id));

  it('answers with its own instructions and tools, and shows only its answer', async () => {
    await using server = await startOpenAiServer(
      callReply('ask-expert', { question: 'Is it sunny?' }),
      callsForecast,
      textReply('Yes, sunny.'),
      textReply('The expert says yes.'),
    );
    const tools = invokerOf(() => 'sunny');
    const run = await record({
      agent: chief,
      model: model(server.baseUrl),
      tools,
      resolveAgent: find(expert),
    });
    expect(run.parts.filter(({ type }) => type !== 'step-start')).toEqual([
      expect.objectContaining({ toolName: 'ask-expert', output: { answer: 'Yes, sunny.' } }),
      { type: 'text', text: 'The expert says yes.' },
    ]);
    expect(server.requests[1]!.messages).toEqual([
      { role: 'system', content: 'You are the expert.' },
      { role: 'user', content: 'Is it sunny?' },
    ]);
    expect(tools.calls).toHaveLength(1);
    expect(run.outcome.usage).toEqual({ inputTokens: 40, outputTokens: 10 });
  });

  it('spends from the budget of the run it is in', async () => {
    await using server = await startOpenAiServer(
      callReply('ask-expert', { question: 'Is it sunny?' }),
      callsForecast,
    );
    const run = await record({
      agent: chief,
      model: model(server.baseUrl),
      resolveAgent: find(expert),
      budget: { turns: 4, tokens: 10_000, seconds: 60 },
    });
    expect(run.outcome).toMatchObject({ finish: 'failed', error: { code: 'budget-reached' } });
    expect(server.requests).toHaveLength(4);
  });

  it('that fails is a tool that failed', async () => {
    await using server = await startOpenAiServer(
      callReply('ask-expert', { question: 'Is it sunny?' }),
      textReply('', 'content_filter'),
      textReply('It refuses.'),
    );
    const run = await record({ agent: chief, model: model(server.baseUrl), resolveAgent: find(expert) });
    expect(run.outcome.finish).toBe('finished');
    expect(run.parts[1]).toMatchObject({
      state: 'output-error',
      errorText: expect.stringMatching(/"expert" could not answer/) as string,
    });
  });

  it('stops with the run', async () => {
    const stop = new AbortController();
    await using server = await startOpenAiServer(
      callReply('ask-expert', { question: 'Is it sunny?' }),
      callsForecast,
    );
    const tools = invokerOf(() => {
      stop.abort();
      return new Promise(() => undefined);
    });
    const run = await record({
      agent: chief,
      model: model(server.baseUrl),
      tools,
      resolveAgent: find(expert),
      signal: stop.signal,
    });
    expect(run.outcome.finish).toBe('stopped');
  });

  it('is not offered to an agent below itself, nor more than four deep', async () => {
    const chain = ['a', 'b', 'c', 'd', 'e'].map((id, i, ids) =>
      agentWith([], { id, agents: [ids[i + 1] ?? 'a', 'a'] }),
    );
    await using server = await startOpenAiServer(
      ...['b', 'c', 'd'].map((id) => callReply(`ask-${id}`, { question: 'Who?' })),
      textReply('Me.'),
    );
    await record({
      agent: { ...chain[0]!, agents: ['b'] },
      model: model(server.baseUrl),
      resolveAgent: find(...chain),
    });
    const offered = server.requests
      .slice(0, 4)
      .map(({ tools = [] }) => tools.map((each) => each.function.name));
    expect(offered).toEqual([['ask-b'], ['ask-c'], ['ask-d'], []]);
  });

  it('that cannot be looked up fails the run, as a fault of ours', async () => {
    const cause = new Error('the table is gone');
    const run = await record({ agent: chief, resolveAgent: () => Promise.reject(cause) });
    expect(run.outcome).toMatchObject({ finish: 'failed', error: { code: 'internal' }, cause });
    expect(JSON.stringify(run.events)).not.toContain('the table is gone');
  });

  it('that nobody knows is not offered', async () => {
    await using server = await startOpenAiServer(textReply('Alone.'));
    await record({ agent: chief, model: model(server.baseUrl) });
    expect(server.requests[0]!.tools ?? []).toEqual([]);
  });
});
