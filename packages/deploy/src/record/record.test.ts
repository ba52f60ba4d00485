import { expect, test } from 'vitest';
import { type DeployRecord, parseRecord, recordBytesMax, serializeRecord } from './record.ts';

const hash = '0123456789abcdef';

function record(names: number): DeployRecord {
  const hashes = (kind: string) =>
    Object.fromEntries(Array.from({ length: names }, (_, i) => [`${kind}-with-a-name-${i}`, hash]));
  return {
    v: 1,
    stack: 'weather',
    outcome: 'succeeded',
    at: '2026-11-21T09:30:00.000Z',
    who: 'alice',
    commit: 'f'.repeat(40),
    dirty: false,
    version: '0.1.0',
    fingerprint: {
      digest: hash,
      template: hash,
      assets: hashes('tool'),
      images: { api: 'abcd' },
      inputs: hashes('network'),
      settings: { network: hash },
    },
  };
}

test('a record is read as it was written', () => {
  expect(parseRecord(serializeRecord(record(20)))).toEqual({ record: record(20) });
});

test('a record with too much in it keeps what decides and drops the longest list of details', () => {
  const text = serializeRecord(record(60));
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(recordBytesMax);
  const { inputs: _dropped, ...kept } = record(60).fingerprint;
  expect(parseRecord(text)).toEqual({ record: { ...record(60), fingerprint: kept } });
  const none = parseRecord(serializeRecord(record(500)));
  expect(none).toMatchObject({ record: { fingerprint: { digest: hash, images: { api: 'abcd' } } } });
});

test('what cannot be read says why, and is no error', () => {
  expect(parseRecord('not JSON at all')).toEqual({ unreadable: 'expected JSON, got "not JSON at all"' });
  expect(parseRecord(JSON.stringify({ ...record(1), v: 2 }))).toEqual({
    unreadable: 'v: Invalid input: expected 1',
  });
  expect(parseRecord(JSON.stringify({ ...record(1), later: true }))).toEqual({
    unreadable: 'Unrecognized key: "later"',
  });
});
