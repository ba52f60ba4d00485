import type { StreamEvent } from '@parley/contract/stream';
import { expect, test } from 'vitest';
import { EventBuffer } from './event-buffer.ts';

const progress = (id: string, percent: number): StreamEvent => ({
  type: 'data-tool-progress',
  id,
  data: { toolCallId: id, percent },
});
const output = (toolCallId: string): StreamEvent => ({
  type: 'tool-output-available',
  toolCallId,
  dynamic: true,
  output: 1,
});

function batchOf(...events: StreamEvent[]): StreamEvent[] {
  const buffer = new EventBuffer();
  for (const event of events) buffer.add(event);
  const batch = buffer.take();
  expect(buffer.bytes).toBe(0);
  return batch;
}

test('of a chatty call, a batch holds the newest progress, after what came before it', () => {
  const said = Array.from({ length: 1_000 }, (_, i) => progress('a', i / 10));
  expect(batchOf(...said, progress('b', 1), { type: 'start-step' }, progress('a', 100))).toEqual([
    progress('b', 1),
    { type: 'start-step' },
    progress('a', 100),
  ]);
});

test('a call that has its answer needs no progress any more, but others do', () => {
  expect(batchOf(progress('a', 1), progress('b', 2), output('a'))).toEqual([progress('b', 2), output('a')]);
  const error = { type: 'tool-output-error', toolCallId: 'b', dynamic: true, errorText: 'No.' } as const;
  expect(batchOf(progress('b', 2), error)).toEqual([error]);
});
