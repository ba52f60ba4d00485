import { foldRun, type Message } from '@parley/contract/message';
import { describe, expect, it } from 'vitest';
import { modelHistory } from '../history.ts';
import {
  startOpenAiServer,
  streamReply,
  textReply,
  chunk,
  usageChunk,
  done,
} from '../testing/openai-server.ts';
import { agentWith, assistantMessage, invokerOf, record, toolNamed, userMessage } from '../testing/run.ts';
import { inPieces } from './transcript.ts';

const look = toolNamed('look', 'Looks it up');
const call = {
  type: 'dynamic-tool' as const,
  toolName: 'look',
  toolCallId: 'c1',
  state: 'output-available' as const,
  input: { where: 'Porto' },
  output: 'z'.repeat(50_000),
};
const branch: Message[] = [
  userMessage('I am in Porto.'),
  assistantMessage([{ type: 'step-start' }, call, { type: 'step-start' }, { type: 'text', text: 'Noted.' }]),
];
const long = (count: number) =>
  Array.from({ length: count }, (_, i) => [
    userMessage(`Question ${i} ${'x'.repeat(3_000)}`),
    assistantMessage([{ type: 'text', text: `Answer ${i}` }]),
  ]).flat();

/** The last thing that a request says. */
function asked(request: { messages: { role: string; content?: unknown }[] }): string {
  return String(request.messages.at(-1)?.content);
}

async function compact(history: Message[], server: { baseUrl: string }, more: object = {}) {
  return record({
    history,
    compact: true,
    agent: agentWith([look]),
    tools: invokerOf(() => 'unused'),
    model: { provider: 'openai-compatible', baseUrl: server.baseUrl, model: 'm', contextTokens: 4_000 },
    ...more,
  });
}

describe('summing a branch up', () => {
  it('gives the model all that was said, tools’ answers shortened, no tool to call, and shows its summary', async () => {
    await using server = await startOpenAiServer(textReply('The user is in Porto.'));
    const run = await compact(branch, server);
    expect(run.outcome.finish).toBe('finished');
    expect(run.text).toBe('The user is in Porto.');
    const [request] = server.requests;
    expect(request!.tools).toBeUndefined();
    expect(request!.messages[0]!.content).toMatch(/^You sum up a conversation/);
    expect(asked(request!)).toMatch(
      /^Sum up this conversation\.[^]*User: I am in Porto\.\n\nAssistant: \[called look with {"where":"Porto"}, which answered z{1000}…]\nNoted\.$/,
    );
  });

  it('begins at the summary before, and leaves a question at the end to be answered', async () => {
    await using server = await startOpenAiServer(textReply('Both.'));
    const before = {
      ...assistantMessage([{ type: 'text', text: 'First summary.' }]),
      summary: true as const,
    };
    await compact(
      [...branch, before, userMessage('And now?'), ...branch.slice(1), userMessage('Open')],
      server,
    );
    expect(asked(server.requests[0]!)).toMatch(/takes the place of:\n\nFirst summary\.\n\n/);
    expect(asked(server.requests[0]!)).toMatch(/conversation:\n\nUser: And now\?\n\nAssistant: [^]*Noted\.$/);
  });

  it('reads a branch that is longer than the window in pieces, and shows only the last summary', async () => {
    await using server = await startOpenAiServer(
      textReply('Piece one.'),
      textReply('Piece two.'),
      textReply('All of it.'),
    );
    const run = await compact(long(5), server);
    expect(run.text).toBe('All of it.');
    expect(server.requests).toHaveLength(3);
    expect(asked(server.requests[1]!)).toContain('Piece one.');
    expect(asked(server.requests[2]!)).toContain('Piece two.');
    const all = server.requests.map(asked).join('\n');
    for (let i = 0; i < 5; i += 1) expect(all).toContain(`User: Question ${i} `);
    expect(run.events.filter(({ type }) => type === 'data-notice')).toMatchObject([
      { data: { code: 'compacting', message: 'Reading part 1 of 3.' } },
      { data: { message: 'Reading part 2 of 3.' } },
      { data: { message: 'Reading part 3 of 3.' } },
    ]);
    expect(run.usage).toEqual({ inputTokens: 60, outputTokens: 15 });
  });

  it('reads no more than the run’s budget, the newest of it, and has the summary say so', async () => {
    await using server = await startOpenAiServer(textReply('The end of it.'));
    const budget = { turns: 5, tokens: 3_000, seconds: 60 };
    const run = await compact(long(5), server, { budget });
    expect(run.text).toBe('The end of it.');
    expect(server.requests).toHaveLength(1);
    expect(asked(server.requests[0]!)).toMatch(/Its beginning is left out[^]*Question 4/);
  });

  it('fails when the model writes nothing', async () => {
    await using server = await startOpenAiServer(streamReply(chunk({}, 'stop'), usageChunk(5, 0), done));
    const { outcome } = await compact(branch, server);
    expect(outcome.error).toMatchObject({
      code: 'model-failed',
      message: expect.stringMatching(/no summary/),
    });
  });

  it('works offline, with the demo model, which reads its summary as none of the user’s words', async () => {
    const run = await record({ history: branch, compact: true });
    expect(run.text).toBe('The user asked:\n- I am in Porto.');
    const summary = { ...assistantMessage(foldRun(run.events).parts), summary: true as const };
    const next = [...branch, summary, userMessage('What can you do?')];
    expect(modelHistory(next).messages).toHaveLength(1);
    expect((await record({ history: next })).text).toMatch(/^I am the built-in demo model/);
  });
});

it('pieces hold every entry in order, and none is longer than asked for', () => {
  const entries = ['a'.repeat(4_000), 'b', '語'.repeat(900), 'c'];
  const pieces = inPieces(entries, 500);
  expect(pieces.join('').replaceAll('\n\n', '')).toBe(entries.join(''));
  for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(2_000);
});
