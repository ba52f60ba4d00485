import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { eventBytesMax } from '@parley/contract/stream';
import { createLargeOutputKeeper } from '@parley/session-files/outputs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { all, createClient, runIdOf, type Client } from '../testing/client.ts';
import { defaultForecast, startWorld, type World } from '../testing/world.ts';

const question = { parentId: null, text: 'What will the weather be in Lisbon tomorrow?' };

let world: World;
let client: Client;
beforeAll(async () => {
  world = await startWorld();
  client = await createClient((await world.startInstance()).url, world.issuer);
});
afterEach(() => {
  world.forecast.handler = defaultForecast;
});
afterAll(() => world.close());

test('tool output larger than an event is kept whole in the bucket, below the user and the session, with a reference', async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => i);
  world.forecast.handler = () => ({ rows });
  const session = await world.createSession();
  const received = await all(await client.start(session.id, question));
  const output = received.find(({ event }) => event.type === 'tool-output-available')!.event;
  expect(JSON.stringify(output).length).toBeLessThan(eventBytesMax);
  const { reference } = (output as { output: { reference: string } }).output;
  expect(reference).toMatch(
    new RegExp(`^outputs/[0-9a-f]{64}/${session.id}/${runIdOf(received)}/[0-9a-f-]{36}\\.json$`),
  );
  const { client: s3, bucket } = world.files;
  const kept = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: reference }));
  expect(JSON.parse(await kept.Body!.transformToString())).toEqual({ rows });
});

test('a bucket that does not answer costs the reference to a large output, not the answer, and is logged', async () => {
  const hung = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(hung, 'listening');
  const endpoint = `http://127.0.0.1:${(hung.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const s3 = new S3Client({ region: 'us-east-1', credentials, endpoint, forcePathStyle: true });
  const own = await world.startInstance({
    keepLargeOutput: createLargeOutputKeeper({ client: s3, bucket: 'files', timeoutMs: 50 }),
  });
  const alice = await createClient(own.url, world.issuer);
  world.forecast.handler = () => ({ summary: 'x'.repeat(2 * eventBytesMax) });
  const received = await all(await alice.start((await world.createSession()).id, question));
  const { output } = received.find(({ event }) => event.type === 'tool-output-available')!.event as {
    output: object;
  };
  expect(output).toHaveProperty('preview');
  expect(output).not.toHaveProperty('reference');
  expect(received.at(-1)!.event.type).toBe('finish');
  expect(own.lines).toContainEqual(
    expect.objectContaining({ message: 'a large tool output could not be kept' }),
  );
  s3.destroy();
  hung.closeAllConnections();
  hung.close();
});
