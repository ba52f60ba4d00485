import type { MessagePart } from '@parley/contract/message';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelToolOutputCharsMax } from './event-size.ts';
import { continueInstruction, modelHistory } from './history.ts';
import { assistantMessage, userMessage } from './testing/run.ts';

const step: MessagePart = { type: 'step-start' };

function text(words: string): MessagePart {
  return { type: 'text', text: words };
}

function call(id: string, more: Partial<Extract<MessagePart, { type: 'dynamic-tool' }>> = {}): MessagePart {
  return {
    type: 'dynamic-tool',
    toolName: 'forecast',
    toolCallId: id,
    state: 'output-available',
    input: {},
    output: 'sunny',
    ...more,
  };
}

/** Each turn as its role and what its blocks are. */
function outline(...history: Parameters<typeof modelHistory>[0]) {
  return modelHistory(history).messages.map(({ role, content }) => [
    role,
    ...content.map((block) => {
      if (block.type === 'textBlock') return block.text;
      if (block.type === 'toolUseBlock') return `call ${block.toolUseId}`;
      return block.type === 'toolResultBlock' ? `${block.status} ${block.toolUseId}` : block.type;
    }),
  ]);
}

describe('a branch of messages, as a model reads it', () => {
  it('has every step’s calls before their results', () => {
    const answer = assistantMessage([
      step,
      text('Looking.'),
      call('1'),
      call('2', { state: 'output-error', errorText: 'No.' }),
      step,
      text('Sunny.'),
    ]);
    expect(outline(userMessage('Weather?'), answer, userMessage('Thanks'))).toEqual([
      ['user', 'Weather?'],
      ['assistant', 'Looking.', 'call 1', 'call 2'],
      ['user', 'success 1', 'error 2'],
      ['assistant', 'Sunny.'],
      ['user', 'Thanks'],
    ]);
  });

  it('has no half characters, which models’ servers refuse', () => {
    const half = 'a\ud83d';
    const answer = assistantMessage([step, text(half), call('1', { output: half })]);
    const read = JSON.stringify(modelHistory([userMessage(half), answer, userMessage('Thanks')]).messages);
    expect(read.match(/a\ufffd/g)).toHaveLength(3);
    expect(read).not.toContain('ud83d');
  });

  it('keeps what was written of an answer that was cut, and of the one that continued it', () => {
    const cut = assistantMessage([step, text('It will be')], 'stopped');
    const rest = assistantMessage([step, text(' sunny.')]);
    expect(outline(userMessage('Weather?'), cut, rest, userMessage('And in Porto?'))).toEqual([
      ['user', 'Weather?'],
      ['assistant', 'It will be', ' sunny.'],
      ['user', 'And in Porto?'],
    ]);
  });

  it('asks to continue an answer that was cut while its tool worked, without the call that has no result', () => {
    const cut = assistantMessage(
      [step, call('1'), step, text('So'), call('2', { state: 'input-available' })],
      'interrupted',
    );
    expect(outline(userMessage('Weather?'), cut)).toEqual([
      ['user', 'Weather?'],
      ['assistant', 'call 1'],
      ['user', 'success 1'],
      ['assistant', 'So'],
      ['user', continueInstruction],
    ]);
  });

  it('leaves such a call out, too, once the answer that continued it was cut itself', () => {
    const cut = assistantMessage([step, call('1', { state: 'input-available' })], 'interrupted');
    const again = assistantMessage([step, call('2'), step, text('It will')], 'interrupted');
    expect(outline(userMessage('Weather?'), cut, again)).toEqual([
      ['user', 'Weather?'],
      ['assistant', 'call 2'],
      ['user', 'success 2'],
      ['assistant', 'It will'],
      ['user', continueInstruction],
    ]);
  });

  it('says of an earlier call without a result that it has none', () => {
    const cut = assistantMessage([step, call('1', { state: 'input-available' })], 'stopped');
    expect(outline(userMessage('Weather?'), cut, userMessage('Well?'))).toEqual([
      ['user', 'Weather?'],
      ['assistant', 'call 1'],
      ['user', 'error 1', 'Well?'],
    ]);
  });

  it('asks to continue only what was begun: an answer without a word is given anew', () => {
    const cut = assistantMessage([step, call('1', { state: 'input-available' })], 'interrupted');
    expect(outline(userMessage('Weather?'), cut)).toEqual([['user', 'Weather?']]);
    const called = assistantMessage([step, call('1')], 'stopped');
    expect(outline(userMessage('Weather?'), called).at(-1)).toEqual([
      'user',
      'success 1',
      continueInstruction,
    ]);
  });

  it('has a summary in place of what was before it, and the message that the summary was made for', () => {
    const first = [userMessage('Weather?'), assistantMessage([text('Sunny.')])];
    const summary = { ...assistantMessage([text('It is sunny.')]), summary: true as const };
    const note = expect.stringMatching(/^\[Summary[^]*It is sunny\.$/) as string;
    expect(outline(...first, summary, userMessage('Thanks'))).toEqual([['user', note, 'Thanks']]);
    expect(outline(...first, userMessage('And in Porto?'), summary)).toEqual([
      ['user', note, 'And in Porto?'],
    ]);
    const later = [assistantMessage([text('You are welcome.')]), userMessage('Bye')];
    expect(outline(...first, summary, userMessage('Thanks'), ...later)).toHaveLength(3);
    expect(modelHistory([...first, summary, userMessage('Thanks'), ...later])).toMatchObject({
      total: 4,
      begins: [0, undefined, 2],
    });
  });

  it('has no summary that was cut', () => {
    const cut = { ...assistantMessage([text('It is')], 'stopped'), summary: true as const };
    const branch = [userMessage('Weather?'), assistantMessage([text('Sunny.')]), cut, userMessage('Thanks')];
    expect(outline(...branch)).toEqual([
      ['user', 'Weather?'],
      ['assistant', 'Sunny.'],
      ['user', 'Thanks'],
    ]);
  });

  it('leaves out an answer that failed before its first word', () => {
    const failed = assistantMessage([step], 'failed');
    expect(outline(userMessage('Weather?'), failed, userMessage('Hello?'))).toEqual([
      ['user', 'Weather?', 'Hello?'],
    ]);
  });

  it('cuts large results', () => {
    const answer = assistantMessage([step, call('1', { output: 'x'.repeat(50_000) })]);
    expect(
      JSON.stringify(modelHistory([userMessage('Go'), answer, userMessage('On')]).messages).length,
    ).toBeLessThan(modelToolOutputCharsMax + 2_000);
  });

  it('always alternates, begins and ends with the user, and answers every call, whatever was stored', () => {
    const part = fc.oneof(
      fc.constant(step),
      fc.string().map(text),
      fc
        .record({
          id: fc.uuid(),
          state: fc.constantFrom('input-available', 'output-available', 'output-error'),
          approval: fc.constantFrom(
            undefined,
            { expiresAt: '2026-01-01T00:00:00Z' },
            { decision: 'approved' as const },
          ),
        })
        .map(({ id, state, approval }) =>
          call(id, { state: state as 'output-error', ...(approval && { approval }) }),
        ),
    );
    const status = fc.constantFrom('finished', 'stopped', 'interrupted', 'failed', 'waiting');
    const message = fc.oneof(
      fc.string({ minLength: 1 }).map((words) => userMessage(`${words}.`)),
      fc
        .tuple(fc.array(part, { maxLength: 8 }), status)
        .map(([parts, each]) => assistantMessage(parts, each as 'failed')),
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), (rest) => {
        const turns = outline(userMessage('First.'), ...rest);
        expect(turns.map(([role]) => role)).toEqual(
          turns.map((_, i) => (i % 2 === 0 ? 'user' : 'assistant')),
        );
        expect(turns.at(-1)![0]).toBe('user');
        const idsOf = (kind: RegExp) =>
          turns
            .flat()
            .filter((each) => kind.test(each!))
            .map((each) => each!.split(' ')[1]);
        expect(idsOf(/^(?:success|error) [\da-f-]{36}$/)).toEqual(idsOf(/^call [\da-f-]{36}$/));
      }),
    );
  });
});
