import { eventBytesMax } from '@parley/contract/stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deltaCharsMax, fitEvent, fitModel, modelToolOutputCharsMax, pieces } from './event-size.ts';

describe('a value in an event', () => {
  it('is itself as long as it fits', async () => {
    expect(await fitEvent({ a: [1, 'two'] })).toEqual({ a: [1, 'two'] });
    expect(await fitEvent(undefined)).toBeNull();
  });

  it.each(['x', '"', '\n', '€', '😀', '\u0000', '\uD800'])(
    'fits when it is a long text of %j',
    async (unit) => {
      const shown = await fitEvent({ text: unit.repeat(eventBytesMax) });
      const event = {
        type: 'tool-output-available',
        toolCallId: 'x'.repeat(200),
        dynamic: true,
        output: shown,
      };
      expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(eventBytesMax);
    },
  );
});

describe('a text in pieces', () => {
  it('is the same text, and no piece is too long for an event or splits a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.integer({ min: 2, max: 9 }),
        (text, max) => {
          const all = [...pieces(text, max)];
          expect(all.join('')).toBe(text);
          expect(
            all.every((piece) => piece.length <= max && piece.isWellFormed() === text.isWellFormed()),
          ).toBe(true);
        },
      ),
    );
    const [longest] = pieces('\u0001'.repeat(100_000));
    expect(longest!.length).toBe(deltaCharsMax);
    expect(
      Buffer.byteLength(JSON.stringify({ type: 'text-delta', id: 'text-1', delta: longest })),
    ).toBeLessThan(eventBytesMax);
  });
});

describe('a tool’s output for the model', () => {
  it('is its JSON, or its text, cut with a note past the limit', () => {
    expect(fitModel({ sky: 'sunny' })).toBe('{"sky":"sunny"}');
    expect(fitModel('sunny')).toBe('sunny');
    expect(fitModel('x'.repeat(30_000))).toMatch(
      /x\n\[Cut here: these are the first 20000 of 30000 characters/,
    );
    expect(fitModel('😀'.repeat(modelToolOutputCharsMax)).isWellFormed()).toBe(true);
  });
});
