import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { GetItemCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createStoreClient } from './client.ts';
import { createSigner } from './signature.ts';

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** What the next calls are answered with; 'cut' breaks the connection. Afterwards: an empty success. */
let answers: (readonly [status: number, body: object] | 'cut')[] = [];
let received: Received[] = [];

const server = createServer((request, response) => {
  void text(request).then((body) => {
    received.push({ headers: request.headers, body });
    const answer = answers.shift() ?? ([200, {}] as const);
    if (answer === 'cut') return void response.destroy();
    response
      .writeHead(answer[0], { 'content-type': 'application/x-amz-json-1.0' })
      .end(JSON.stringify(answer[1]));
  });
});

let client: DynamoDBClient;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
beforeEach(async () => {
  client = newClient();
  await get(); // the first call goes the SDK's way
  answers = [];
  return () => client.destroy();
});
afterAll(() => void server.close());

const newClient = () =>
  createStoreClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'for a/while=' },
  });
const get = (from = client) => from.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'ä' } } }));
const put = () => client.send(new PutItemCommand({ TableName: 't', Item: { pk: { S: 'ä' } } }));

/** Only the SDK numbers its calls. */
const isOfSdk = ({ headers }: Received) => headers['amz-sdk-invocation-id'] !== undefined;

describe('the fast path', () => {
  beforeEach(() => {
    received = [];
  });

  it('signs as the SDK does', async () => {
    const ours = await lastCall(get);
    const theirs = await lastCall(() => get(newClient()));
    expect([isOfSdk(ours), isOfSdk(theirs)]).toEqual([false, true]);
    expect(ours.body).toBe(theirs.body);
    for (const each of [ours, theirs]) expect(each.headers.authorization).toBe(signatureOf(each));
  });

  it('takes an answer, bytes included', async () => {
    answers = [[200, { Item: { B: { S: 'x' }, data: { B: 'AQI=' } } }]];
    const { Item } = await get();
    expect(Item?.['B']).toEqual({ S: 'x' });
    expect([...(Item?.['data']?.B ?? [])]).toEqual([1, 2]);
    expect(received.map(isOfSdk)).toEqual([false]);
  });

  it('takes a refused condition', async () => {
    answers = [[400, { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' }]];
    await expect(put()).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(received.map(isOfSdk)).toEqual([false]);
  });

  it('leaves bytes of an item to the SDK', async () => {
    await client.send(new PutItemCommand({ TableName: 't', Item: { data: { B: new Uint8Array([1, 2]) } } }));
    expect(received.map(isOfSdk)).toEqual([true]);
    expect(received[0]?.body).toContain('{"B":"AQI="}');
  });

  it.each([
    ['a broken connection', 'cut'],
    ['a failure of the service', [500, { __type: 'InternalServerError' }]],
    ['throttling', [400, { __type: 'x#ProvisionedThroughputExceededException' }]],
  ] as const)('leaves %s to the SDK, and both together try three times', async (_, fault) => {
    answers = [fault, fault];
    await put();
    expect(received.map(isOfSdk)).toEqual([false, true, true]);
    answers = [fault, fault, fault];
    await expect(put()).rejects.toThrow(/hang up|InternalServerError|ProvisionedThroughput|unknown/i);
    expect(received).toHaveLength(6);
  });

  it('leaves a request that is refused to the SDK, which says why', async () => {
    const refused = [400, { __type: 'x#ValidationException', message: 'no such thing' }] as const;
    answers = [refused, refused];
    await expect(put()).rejects.toThrow('no such thing');
  });
});

async function lastCall(call: () => Promise<unknown>): Promise<Received> {
  await call();
  return received.at(-1)!;
}

/** By our signer, of the headers that were signed. */
function signatureOf({ headers, body }: Received): string {
  const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  return createSigner()(credentials, {
    service: 'dynamodb',
    region: 'eu-west-1',
    headers: Object.fromEntries(signed.map((name) => [name, String(headers[name])])),
    body,
  });
}
