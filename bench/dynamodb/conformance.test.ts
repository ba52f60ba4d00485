import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startPeer } from '../peer.ts';
import type { DynamoDbDuties } from './process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('what the benches keep their data in passes the tests of the store', async () => {
  const dynamoDb = startPeer<DynamoDbDuties>(new URL('process.ts', import.meta.url));
  try {
    const env = { ...process.env, PARLEY_TEST_DYNAMODB: await dynamoDb.call('listen') };
    const run = spawnSync('vitest', ['run', 'packages/store'], { cwd: root, env, encoding: 'utf8' });
    expect(run.status, `${run.stdout}${run.stderr}`).toBe(0);
  } finally {
    await dynamoDb.stop();
  }
});
