import type { MessagePart } from '@parley/contract/message';
import type { Message } from '@strands-agents/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelHistory } from '../history.ts';
import { assistantMessage, userMessage } from '../testing/run.ts';
import { fit, type Room } from './fit.ts';

/** A question, a tool's result of about this many tokens, and the answer. */
function exchange(n: number, resultTokens: number) {
  const parts: MessagePart[] = [
    { type: 'step-start' },
    {
      type: 'dynamic-tool',
      toolName: 'look',
      toolCallId: `call-${n}`,
      state: 'output-available',
      input: {},
      output: `${n}`.repeat(resultTokens * 4),
    },
    { type: 'step-start' },
    { type: 'text', text: `Answer ${n}` },
  ];
  return [userMessage(`Question ${n}`), assistantMessage(parts)];
}

/** Every turn as a line: its role, texts, and results with what is left of them. */
function lines(messages: readonly Message[]): string[] {
  return messages.map(({ role, content }) => {
    const blocks = content.map((block) => {
      if (block.type === 'toolUseBlock') return `calls ${block.toolUseId}`;
      if (block.type !== 'toolResultBlock') return block.type === 'textBlock' ? block.text : block.type;
      const text = block.content.map((each) => (each.type === 'textBlock' ? each.text : '')).join('');
      return `${block.toolUseId}: ${/\[trimmed: .*]$/.exec(text)?.[0] ?? 'whole'}`;
    });
    return `${role}: ${blocks.join(' | ')}`;
  });
}

/** Ids of the calls of each answer, and of the results in each turn that follows one. */
function callsOf(messages: readonly Message[]): string[][] {
  return messages
    .filter((_, i) => i % 2 === 1)
    .map(({ content }) =>
      content.flatMap((block) => (block.type === 'toolUseBlock' ? [block.toolUseId] : [])),
    );
}
function resultsAfter(messages: readonly Message[]): string[][] {
  return messages
    .filter((_, i) => i > 0 && i % 2 === 0)
    .map(({ content }) =>
      content.flatMap((block) => (block.type === 'toolResultBlock' ? [block.toolUseId] : [])),
    );
}

function fitted(branch: Parameters<typeof modelHistory>[0], room: Room | number) {
  const history = modelHistory(branch);
  const rooms = typeof room === 'number' ? { wanted: room, most: room } : room;
  return fit(history.messages, history, rooms);
}

describe('what a model reads of a conversation', () => {
  const branch = [
    ...exchange(1, 2_000),
    ...exchange(2, 2_000),
    ...exchange(3, 2_000),
    userMessage('And now?'),
  ];

  it('is all of it, while there is room', () => {
    const { messages, leftOut, trimmed } = fitted(branch, 10_000);
    expect(lines(messages)).toEqual(lines(modelHistory(branch).messages));
    expect({ leftOut, trimmed }).toEqual({ leftOut: 0, trimmed: 0 });
  });

  it('has only the beginning of older tool results, the oldest before the others', () => {
    const { messages, trimmed } = fitted(branch, 5_000);
    expect(trimmed).toBe(1);
    expect(lines(messages).filter((line) => line.includes('call-') && line.startsWith('user'))).toEqual([
      'user: call-1: [trimmed: 7,500 more characters; call the tool again if needed]',
      'user: call-2: whole',
      'user: call-3: whole',
    ]);
  });

  it('leaves out whole turns from the beginning when that is not enough, and says how many messages', () => {
    const { messages, leftOut } = fitted(branch, 300);
    expect(leftOut).toBe(4);
    expect(lines(messages)).toEqual([
      expect.stringMatching(/^user: \[Left out: the first 4 messages .*] \| Question 3$/),
      'assistant: calls call-3',
      expect.stringMatching(/^user: call-3: \[trimmed: /),
      'assistant: Answer 3',
      'user: And now?',
    ]);
  });

  it('keeps the summary at its beginning, whatever is left out', () => {
    const summary = {
      ...assistantMessage([{ type: 'text', text: 'All was well.' }]),
      summary: true as const,
    };
    const { messages, leftOut } = fitted([userMessage('First'), summary, ...branch], 300);
    expect(leftOut).toBe(5);
    expect(lines(messages)[0]).toMatch(
      /^user: \[Left out: .* \| \[Summary [^|]*All was well\. \| Question 3$/,
    );
  });

  it('reads the newest turn, though more is wanted than there is, and trims its results only at the model’s limit', () => {
    const running = [...exchange(1, 2_000), ...exchange(2, 2_000)].slice(0, -1);
    const last = assistantMessage(
      [1, 2, 3].flatMap((n) => exchange(n, 2_000)[1]!.parts.slice(0, 2)),
      'interrupted',
    );
    const branchOfOne = [...running, last];
    const wanted = fitted(branchOfOne, { wanted: 100, most: 20_000 });
    expect(lines(wanted.messages).filter((line) => line.includes('whole'))).toHaveLength(3);
    const { messages, tokens } = fitted(branchOfOne, { wanted: 100, most: 3_000 });
    expect(tokens).toBeLessThanOrEqual(3_000);
    expect(lines(messages).filter((line) => line.includes('call-') && line.startsWith('user'))).toEqual([
      expect.stringContaining('[trimmed: 7,500 '),
      expect.stringContaining('[trimmed: 7,500 '),
      'user: call-3: whole | Your last answer was cut off. Continue it from exactly where it ends. Do not repeat any of it and do not mention the cut.',
    ]);
    const tight = fitted(branchOfOne, { wanted: 100, most: 1_000 });
    expect(tight.tokens).toBeLessThanOrEqual(1_000);
    expect(lines(tight.messages).at(-1)).toMatch(/call-3: \[trimmed: [4-7],\d{3} more/);
  });

  it('is a conversation that every provider takes, whatever is trimmed and left out, and changes nothing', () => {
    const part = fc.oneof(
      fc.constant<MessagePart>({ type: 'step-start' }),
      fc.string().map((text): MessagePart => ({ type: 'text', text })),
      fc.tuple(fc.uuid(), fc.nat(3_000)).map(([id, length]): MessagePart => ({
        type: 'dynamic-tool',
        toolName: 'look',
        toolCallId: id,
        state: 'output-available',
        input: {},
        output: '語'.repeat(length),
      })),
    );
    const message = fc.oneof(
      fc.string({ minLength: 1 }).map((words) => userMessage(`${words}.`)),
      fc
        .tuple(fc.array(part, { maxLength: 6 }), fc.boolean(), fc.constantFrom('finished', 'stopped'))
        .map(([parts, isSummary, status]) => ({
          ...assistantMessage(parts, status as 'finished'),
          ...(isSummary && { summary: true as const }),
        })),
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), fc.nat(8_000), fc.nat(8_000), (rest, a, b) => {
        const history = modelHistory([userMessage('First.'), ...rest]);
        const before = JSON.stringify(history.messages);
        const room = { wanted: Math.min(a, b), most: Math.max(a, b) };
        const { messages, tokens, leftOut } = fit(history.messages, history, room);
        expect(JSON.stringify(history.messages)).toBe(before);
        expect(messages.map(({ role }) => role)).toEqual(
          messages.map((_, i) => (i % 2 === 0 ? 'user' : 'assistant')),
        );
        expect(messages.at(-1)!.role).toBe('user');
        expect(resultsAfter(messages)).toEqual(callsOf(messages));
        // In the first turn there is nothing to leave out, though an empty answer may stand before its message.
        const newest = history.begins.findLast((each, turn) => each !== undefined && turn > 0) ?? 0;
        expect(tokens <= room.wanted || leftOut === newest).toBe(true);
        expect(leftOut).toBeLessThan(history.total);
      }),
    );
  });
});
