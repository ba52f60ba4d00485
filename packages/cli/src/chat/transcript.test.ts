import { expect, test } from 'vitest';
import { jsonTranscript, textTranscript } from './transcript.ts';
import type { StreamEvent } from '@parley/contract/stream';

function shown(events: StreamEvent[]): string {
  let text = '';
  const transcript = textTranscript((more) => (text += more));
  events.forEach((event) => transcript.show(event));
  return text;
}
const call = { toolCallId: 'c', dynamic: true as const };
const took = (toolCallId: string, durationMs: number): StreamEvent => ({
  type: 'data-tool-duration',
  id: toolCallId,
  data: { toolCallId, durationMs },
});

test('an answer shows its tool call with input, output and duration, then its text', () => {
  const text = shown([
    { type: 'tool-input-available', ...call, toolName: 'forecast', input: { city: 'Lisbon' } },
    { type: 'tool-output-available', ...call, output: { sky: 'clear' } },
    took('c', 480),
    { type: 'text-start', id: 't' },
    { type: 'text-delta', id: 't', delta: 'Clear ' },
    { type: 'text-delta', id: 't', delta: 'sky.' },
    { type: 'text-end', id: 't' },
  ]);
  expect(text).toBe('  → forecast {"city":"Lisbon"}\n  ← forecast (0.5 s) {"sky":"clear"}\nClear sky.\n\n');
});

test('each call ends with its own duration, or with none where the log has none', () => {
  const other = { ...call, toolCallId: 'd' };
  const text = shown([
    { type: 'tool-input-available', ...call, toolName: 'forecast', input: {} },
    { type: 'tool-input-available', ...other, toolName: 'tides', input: {} },
    { type: 'tool-output-error', ...other, errorText: 'timed out' },
    took('d', 3_040),
    { type: 'tool-output-available', ...call, output: 1 },
    took('d', 9_000),
  ]);
  expect(text.split('\n').slice(2)).toEqual(['  ✗ tides (3.0 s) timed out', '  ← forecast 1', '']);
});

test('a failed tool, a notice, an error and a stop each get a line of their own', () => {
  const text = shown([
    { type: 'text-delta', id: 't', delta: 'Half' },
    { type: 'tool-output-error', ...call, errorText: 'timed out' },
    { type: 'data-notice', transient: true, data: { code: 'throttled', message: 'The model is busy.' } },
    { type: 'error', errorText: 'It failed.' },
    { type: 'abort', reason: 'stopped' },
  ]);
  expect(text.split('\n')).toEqual([
    'Half',
    '  ✗ tool timed out',
    '  … The model is busy.',
    '  ! It failed.',
    '  (stopped)',
    '',
  ]);
});

test('events of a newer server are passed over in text, and are there for programs', () => {
  const confetti = { type: 'data-confetti', data: 1 } as unknown as StreamEvent;
  const delta = { type: 'text-delta', id: 't', delta: 'Hi', language: 'en' } as StreamEvent;
  expect(shown([confetti, delta, confetti])).toBe('Hi');
  let lines = '';
  const transcript = jsonTranscript((more) => (lines += more));
  for (const event of [confetti, delta]) transcript.show(event);
  expect(lines).toBe(`${JSON.stringify(confetti)}\n${JSON.stringify(delta)}\n`);
});

test('no text of a model or a tool can command the terminal', () => {
  const text = shown([
    { type: 'text-delta', id: 't', delta: 'a\u001b[2Jb\u009b31mc\rd\u0007' },
    { type: 'tool-output-error', ...call, errorText: '\u001b]0;title\u0007' },
    { type: 'finish' },
  ]);
  expect(text).toContain('0;title');
  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test('what is approved shows the characters nobody would see, other lines lack the marks that reorder them', () => {
  const text = shown([
    { type: 'tool-input-available', ...call, toolName: 'pay', input: { to: 'a\u202eb\u200bc\u0085' } },
    { type: 'data-tool-approval', id: 'c', data: { toolCallId: 'c', expiresAt: '2026-01-02T00:00:00Z' } },
    { type: 'text-delta', id: 't', delta: 'a\u202eb' },
  ]);
  expect(text).toContain(String.raw`"to": "a\u202Eb\u200Bc\u0085"`);
  expect(text).toMatch(/\nab$/);
  expect(text).not.toContain('\u202e');
});
