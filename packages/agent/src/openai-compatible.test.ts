import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { ModelSettings } from '@parley/contract/model';
import { describe, expect, it } from 'vitest';
import {
  brokenReply,
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
  it('streams its answer, names itself, and counts its tokens', async () => {
    await using server = await startOpenAiServer(textReply('Hello from the other side.'));
    const run = await record({ model: settings(server.baseUrl) });
    expect(run.outcome).toEqual({ finish: 'finished', usage: { inputTokens: 20, outputTokens: 5 } });
    expect(run.text).toBe('Hello from the other side.');
    expect(run.types).toEqual([
      'start',
      'start-step',
      'text-start',
      'text-delta',
      'text-end',
      'finish-step',
      'finish',
    ]);
    expect(run.events[0]).toEqual({
      type: 'start',
      messageId: 'message-1',
      messageMetadata: { runId: 'run-1', model: 'test-model' },
    });
    expect(server.requests[0]!.messages).toEqual([
      { role: 'system', content: 'Be helpful.' },
      { role: 'user', content: 'Hello' },
    ]);
  });

  it('answers when the role is missing from the deltas, as Ollama and llama.cpp send them', async () => {
    await using server = await startOpenAiServer(
      streamReply(chunk({ content: 'Fine.' }), chunk({}, 'stop'), done),
    );
    expect(await record({ model: settings(server.baseUrl) })).toMatchObject({
      text: 'Fine.',
      outcome: { finish: 'finished' },
    });
  });

  it('puts a tool call together from its pieces, runs it, and gives the model text, call and result', async () => {
    await using server = await startOpenAiServer(callInPieces, textReply('Sunny.'));
    const tools = invokerOf(() => ({ sky: 'sunny' }));
    const run = await record({ model: settings(server.baseUrl), agent: agentWith([forecast]), tools });
    expect(run.outcome).toEqual({ finish: 'finished', usage: { inputTokens: 50, outputTokens: 15 } });
    expect(run.types).toEqual([
      'start',
      'start-step',
      'text-start',
      'text-delta',
      'text-end',
      'tool-input-available',
      'tool-output-available',
      'finish-step',
      'start-step',
      'text-start',
      'text-delta',
      'text-end',
      'finish-step',
      'finish',
    ]);
    expect(tools.calls[0]).toMatchObject({
      input: { city: 'Lisbon' },
      context: { runId: 'run-1', toolCallId: 'call_0', app: 'tests', user: 'user-1' },
    });
    expect(server.requests[1]!.messages.slice(2)).toEqual([
      {
        role: 'assistant',
        content: 'Looking.',
        tool_calls: [
          { id: 'call_0', type: 'function', function: { name: 'forecast', arguments: '{"city":"Lisbon"}' } },
        ],
      },
      expect.objectContaining({
        role: 'tool',
        tool_call_id: 'call_0',
        content: expect.stringContaining('sunny') as string,
      }),
    ]);
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

  it('sends the key that apiKeyEnv names, and fails plainly when it is not set', async () => {
    await using server = await startOpenAiServer(textReply('Hi.'));
    const model = settings(server.baseUrl, { apiKeyEnv: 'MODEL_KEY' });
    await record({
      model,
      modelOptions: { readSecret: (name) => (name === 'MODEL_KEY' ? 'secret' : undefined) },
    });
    expect(server.headers[0]!.authorization).toBe('Bearer secret');
    const { outcome } = await record({ model });
    expect(outcome).toMatchObject({
      finish: 'failed',
      error: { code: 'model-unavailable', message: expect.stringContaining('MODEL_KEY') as string },
    });
  });

  it('finishes with reason "length" when the model hit its own limit', async () => {
    await using server = await startOpenAiServer(textReply('Half an', 'length'));
    const run = await record({ model: settings(server.baseUrl) });
    expect(run.outcome.finish).toBe('finished');
    expect(run.events.at(-1)).toMatchObject({ type: 'finish', finishReason: 'length' });
  });
});

describe('a busy model', () => {
  it('is tried again, and the user sees each wait', async () => {
    await using server = await startOpenAiServer(
      errorReply(429, 'slow down'),
      errorReply(429, 'slow down'),
      textReply('Here.'),
    );
    const run = await record({ model: settings(server.baseUrl), backoff: { baseMs: 4, random: () => 1 } });
    expect(run.text).toBe('Here.');
    const notices = run.events.filter(({ type }) => type === 'data-notice');
    expect(notices).toMatchObject([
      {
        transient: true,
        data: {
          code: 'throttled',
          retryAfterSeconds: 0.1,
          message: expect.stringContaining('try 2 of 5') as string,
        },
      },
      { data: { message: expect.stringContaining('try 3 of 5') as string } },
    ]);
  });

  it('is waited for as long as it asks', async () => {
    await using server = await startOpenAiServer(
      errorReply(429, 'slow down', { 'retry-after': '0.2' }),
      textReply('Here.'),
    );
    const run = await record({ model: settings(server.baseUrl), backoff: { baseMs: 600_000 } });
    expect(run.events).toContainEqual(
      expect.objectContaining({
        type: 'data-notice',
        data: expect.objectContaining({ retryAfterSeconds: 0.2 }) as object,
      }),
    );
    expect(run.text).toBe('Here.');
  });

  it('is given up after the last try, as throttled', async () => {
    await using server = await startOpenAiServer(errorReply(429, 'slow down'));
    const run = await record({ model: settings(server.baseUrl), backoff: { baseMs: 1, tries: 3 } });
    expect(run.outcome).toMatchObject({ finish: 'failed', error: { code: 'throttled' } });
    expect(server.requests).toHaveLength(3);
    expect(run.types).toEqual(['start', 'start-step', 'data-notice', 'finish-step', 'data-problem', 'error']);
  });

  it('is given up at once when it asks for more time than the run has', async () => {
    await using server = await startOpenAiServer(errorReply(429, 'slow down', { 'retry-after': '3600' }));
    const run = await record({ model: settings(server.baseUrl) });
    expect(run.outcome.error).toEqual({
      code: 'throttled',
      message: expect.stringContaining('in 3600 seconds') as string,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('stops waiting when the user stops the run', async () => {
    await using server = await startOpenAiServer(errorReply(429, 'slow down'));
    const stop = new AbortController();
    const run = await record({
      model: settings(server.baseUrl),
      backoff: { baseMs: 30_000 },
      signal: stop.signal,
      onEvent: ({ type }) => {
        if (type === 'data-notice') stop.abort();
      },
    });
    expect(run.outcome.finish).toBe('stopped');
    expect(run.events.at(-1)).toEqual({ type: 'abort', reason: 'stopped' });
  });
});

describe('a model that fails', () => {
  it.each([
    ['a connection that breaks', brokenReply(chunk({ content: 'Half an' }), chunk({ content: ' answer' }))],
    [
      'a stream that ends without a reason',
      streamReply(chunk({ content: 'Half an' }), chunk({ content: ' answer' })),
    ],
    [
      'a malformed event',
      streamReply(chunk({ content: 'Half an' }), chunk({ content: ' answer' }), 'data: {"choices": [{]}\n\n'),
    ],
    [
      'an error in the stream',
      streamReply(
        chunk({ content: 'Half an' }),
        chunk({ content: ' answer' }),
        'data: {"error": {"message": "out of memory"}}\n\n',
      ),
    ],
  ])('keeps the text so far after %s', async (_, reply) => {
    await using server = await startOpenAiServer(reply);
    const run = await record({ model: settings(server.baseUrl) });
    expect(run.outcome).toMatchObject({ finish: 'failed', error: { code: 'model-failed' } });
    expect(run.text).toBe('Half an answer');
    expect(run.types.slice(-4)).toEqual(['text-end', 'finish-step', 'data-problem', 'error']);
    expect(server.requests).toHaveLength(1);
  });

  it.each(['{"city":"Lis', '{"city":"Lisbon"}'])(
    'neither shows nor makes a call of an answer that was cut: %s',
    async (written) => {
      await using server = await startOpenAiServer(
        streamReply(
          chunk({
            tool_calls: [{ index: 0, id: 'call_0', function: { name: 'forecast', arguments: written } }],
          }),
        ),
      );
      const tools = invokerOf(() => 'sunny');
      const run = await record({ model: settings(server.baseUrl), agent: agentWith([forecast]), tools });
      expect(run.outcome).toMatchObject({ finish: 'failed', error: { code: 'model-failed' } });
      expect(run.types).not.toContain('tool-input-available');
      expect(tools.calls).toEqual([]);
    },
  );

  it.each([
    ['context-overflow', errorReply(400, "This model's maximum context length is 8192 tokens.")],
    ['refused', textReply('I', 'content_filter')],
    ['model-failed', errorReply(401, 'Invalid API key')],
    ['model-failed', errorReply(404, 'no such model')],
    ['model-failed', errorReply(400, 'bad request')],
    ['model-unavailable', errorReply(500, 'broken')],
    ['model-unavailable', errorReply(503, 'loading the model')],
    ['model-failed', streamReply('data: nonsense\n\n')],
  ])('gives the error %s', async (code, reply) => {
    await using server = await startOpenAiServer(reply);
    const run = await record({ model: settings(server.baseUrl), backoff: { tries: 1 } });
    expect(run.outcome).toMatchObject({ finish: 'failed', error: { code } });
    expect(run.events.slice(-2)).toEqual([
      { type: 'data-problem', data: run.outcome.error },
      { type: 'error', errorText: run.outcome.error!.message },
    ]);
  });

  it('is unavailable when nothing listens at its address', async () => {
    const port = await unusedPort();
    const run = await record({ model: settings(`http://127.0.0.1:${port}/v1`) });
    expect(run.outcome.error).toEqual({
      code: 'model-unavailable',
      message: expect.stringMatching(/ECONNREFUSED/) as string,
    });
  });
});

describe('a model that hangs', () => {
  it.each([
    ['before its answer', hangingReply()],
    ['within its answer', hangingReply(chunk({ content: 'Half' }))],
  ])('is left at once when the user stops %s, and its request is cut', async (_, reply) => {
    const asked = Promise.withResolvers<void>();
    await using server = await startOpenAiServer(async (response) => {
      await reply(response);
      asked.resolve();
    });
    const stop = new AbortController();
    const run = record({ model: settings(server.baseUrl), signal: stop.signal });
    await asked.promise;
    stop.abort();
    expect((await run).outcome.finish).toBe('stopped');
    expect((await run).events.at(-1)).toEqual({ type: 'abort', reason: 'stopped' });
    await server.cut;
  });

  it('is left when the seconds of the budget are over', async () => {
    await using server = await startOpenAiServer(hangingReply(chunk({ content: 'Half' })));
    const run = await record({
      model: settings(server.baseUrl),
      budget: { turns: 5, tokens: 1_000, seconds: 1 },
    });
    expect(run.outcome).toMatchObject({ finish: 'failed', error: { code: 'budget-reached' } });
    expect(run.text).toBe('Half');
  });

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
  it('is whole, however long, and never trimmed and tried again behind the user’s back', async () => {
    await using server = await startOpenAiServer(
      errorReply(400, 'the maximum context length is 8192 tokens'),
    );
    const turns = Array.from({ length: 60 }, (_, i) => [
      userMessage(`Question ${i}`, `u${i}`),
      assistantMessage([{ type: 'step-start' }, { type: 'text', text: `Answer ${i}` }], 'finished', `a${i}`),
    ]);
    const run = await record({
      model: settings(server.baseUrl),
      history: [...turns.flat(), userMessage('Last')],
    });
    expect(run.outcome.error?.code).toBe('context-overflow');
    expect(server.requests.map(({ messages }) => messages.length)).toEqual([122]);
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

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
