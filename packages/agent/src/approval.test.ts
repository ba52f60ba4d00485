import type { LambdaToolDefinition } from '@parley/contract/agent';
import type { Message } from '@parley/contract/message';
import type { Decision } from '@parley/contract/run';
import { describe, expect, it, test } from 'vitest';
import { judgeCall } from './approval.ts';
import { modelHistory } from './history.ts';
import { chunk, done, startOpenAiServer, streamReply, textReply } from './testing/openai-server.ts';
import { agentWith, assistantMessage, invokerOf, record, toolNamed, userMessage } from './testing/run.ts';

const amount = { type: 'number', default: 500 };
const refund: LambdaToolDefinition = {
  ...toolNamed('refund', 'Pays money back', { amount, to: { type: 'string' } }, ['to']),
  approval: {
    when: { type: 'object', properties: { amount: { type: 'number', minimum: 100 } }, required: ['amount'] },
  },
};
const lookUp = toolNamed('look-up', 'Looks up a customer', { name: { type: 'string' } });
const both = agentWith([refund, lookUp]);

function callsReply(...calls: [name: string, input: object][]) {
  const tool_calls = calls.map(([name, input], index) => {
    return { index, id: `call_${index}`, function: { name, arguments: JSON.stringify(input) } };
  });
  return streamReply(chunk({ content: 'One moment.' }), chunk({ tool_calls }), chunk({}, 'tool_calls'), done);
}

const asksForBoth = callsReply(['refund', { to: 'Ada', amount: 150 }], ['look-up', { name: 'Ada' }]);

/** A run whose model asks for a refund that needs approval and for one call that does not, up to where it waits. */
async function waitingRun(...replies: Parameters<typeof startOpenAiServer>) {
  const server = await startOpenAiServer(asksForBoth, ...replies);
  const model = { provider: 'openai-compatible' as const, baseUrl: server.baseUrl, model: 'test-model' };
  const tools = invokerOf(({ tool }) => ({ done: tool.name }));
  const run = await record({ agent: both, tools, model });
  return { server, model, tools, run, message: assistantMessage(run.parts, run.outcome.finish) };
}

async function goOn(
  message: Message,
  decision: Omit<Decision, 'toolCallId'>,
  options: Parameters<typeof record>[0],
) {
  const decisions = [{ toolCallId: 'call_0', ...decision }];
  return record({ agent: both, ...options, decisions, history: [userMessage('Refund Ada'), message] });
}

describe('a run that asks for a call which needs approval', () => {
  it('makes the other calls of its step, says until when it waits, and ends', async () => {
    const { server, tools, run } = await waitingRun();
    await server.close();
    expect(run.outcome.finish).toBe('waiting');
    expect(tools.calls.map(({ tool }) => tool.name)).toEqual(['look-up']);
    expect(server.requests).toHaveLength(1);
    const inADay = expect.stringMatching(/^\d{4}-.*Z$/) as string;
    expect(run.parts).toMatchObject([
      { type: 'step-start' },
      { type: 'text', text: 'One moment.' },
      { toolName: 'refund', state: 'input-available', approval: { expiresAt: inADay } },
      { toolName: 'look-up', state: 'output-available' },
    ]);
    expect(run.events.slice(-2)).toMatchObject([
      { type: 'data-tool-approval', data: { toolCallId: 'call_0' } },
      { type: 'finish', finishReason: 'tool-calls' },
    ]);
  });

  it('goes on with the approved call, made with the input that was stored, and the model reads each call once', async () => {
    const { server, model, tools, message } = await waitingRun(textReply('Refunded.'));
    await using _ = server;
    const rest = await goOn(message, { decision: 'approved' }, { model, tools });
    expect(rest.outcome.finish).toBe('finished');
    expect(rest.types.slice(0, 7)).toEqual([
      'start',
      'start-step',
      'tool-input-available',
      'data-tool-decision',
      'tool-output-available',
      'data-tool-duration',
      'finish-step',
    ]);
    expect(tools.calls.at(-1)).toMatchObject({ tool: refund, input: { to: 'Ada', amount: 150 } });
    expect(
      server.requests[1]!.messages.slice(1).map(({ role, tool_call_id, tool_calls }) => [
        role,
        tool_call_id ?? tool_calls?.map(({ id }) => id),
      ]),
    ).toEqual([
      ['user', undefined],
      ['assistant', ['call_0', 'call_1']],
      ['tool', 'call_0'],
      ['tool', 'call_1'],
    ]);
  });

  it('goes on with a declined call as one that failed, with the reason', async () => {
    const { server, model, tools, message } = await waitingRun(textReply('As you wish.'));
    await using _ = server;
    const rest = await goOn(message, { decision: 'declined', reason: 'Too much.' }, { model, tools });
    expect(tools.calls.map(({ tool }) => tool.name)).toEqual(['look-up']);
    expect(rest.parts[1]).toMatchObject({
      state: 'output-error',
      errorText: 'Declined by the user: Too much.',
      approval: { decision: 'declined', reason: 'Too much.' },
    });
    expect(JSON.stringify(server.requests[1]!.messages)).toContain('Declined by the user: Too much.');
  });

  it('does not wait inside of an agent that is asked by another: the call is refused', async () => {
    const server = await startOpenAiServer(
      callsReply(['ask-tested', { question: 'Refund Ada' }]),
      asksForBoth,
      textReply('I may not.'),
      textReply('It may not.'),
    );
    await using _ = server;
    const run = await record({
      agent: agentWith([], { id: 'above', agents: ['tested'] }),
      resolveAgent: () => Promise.resolve(both),
      model: { provider: 'openai-compatible', baseUrl: server.baseUrl, model: 'test-model' },
    });
    expect(run.outcome.finish).toBe('finished');
    expect(JSON.stringify(server.requests[2]!.messages)).toContain('asks the user first');
  });
});

describe('a waiting call, as a model reads it later', () => {
  const expiresAt = '2026-01-02T00:00:00.000Z';
  const part = {
    type: 'dynamic-tool',
    toolName: 'refund',
    toolCallId: 'c',
    state: 'input-available',
    input: {},
  } as const;
  const waiting = assistantMessage([{ type: 'step-start' }, { ...part, approval: { expiresAt } }], 'waiting');
  const resultAfter = (...rest: Message[]) =>
    JSON.stringify(modelHistory([userMessage('Go'), waiting, ...rest]).messages[2]);

  it('was not made when the user wrote on, in time or after it', () => {
    expect(resultAfter(userMessage('Wait'))).toContain('The user wrote on');
    const late = { ...userMessage('Wait'), createdAt: '2026-01-02T00:00:01.000Z' };
    expect(resultAfter(late)).toContain('ran out');
  });

  it('may have run when the answer that made it was cut, also when that is gone on with', () => {
    const made = { ...part, approval: { decision: 'approved' as const } };
    const cut = assistantMessage([{ type: 'step-start' }, made], 'interrupted', 'a2');
    expect(resultAfter(cut)).toContain('may have run');
    expect(resultAfter(assistantMessage([], 'interrupted', 'a2'))).toContain('may have run');
    expect(resultAfter(cut, userMessage('And?'))).toContain('may have run');
  });
});

test.each([
  ['matches the rule', { to: 'Ada', amount: 100 }, 'ask'],
  ['matches by the default that the tool fills in', { to: 'Ada' }, 'ask'],
  ['does not match', { to: 'Ada', amount: 99 }, 'call'],
  [
    'is none that the tool takes',
    { to: 'Ada', amount: '100' },
    { invalid: expect.stringContaining('amount') },
  ],
  [
    'is larger than what can be shown',
    { to: 'a'.repeat(70_000) },
    { invalid: expect.stringContaining('too large') },
  ],
])('an input that %s is judged as such', (_, input, judged) => {
  expect(judgeCall(refund, input)).toEqual(judged);
});

test('a rule or an input that cannot be read is asked for', () => {
  const unreadable = { type: 'object' as const, if: {} };
  expect(judgeCall({ ...refund, approval: { when: unreadable } }, { to: 'Ada', amount: 1 })).toBe('ask');
  expect(judgeCall({ ...refund, input: unreadable }, { amount: 1 })).toBe('ask');
  expect(judgeCall({ ...refund, approval: { always: true } }, { to: 'Ada', amount: 1 })).toBe('ask');
});
