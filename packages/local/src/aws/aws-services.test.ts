import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { type DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type PresignedPostOptions, createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { request } from 'node:http';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JsonObject, objectAt } from '@parley/assembly/values';
import { Machine } from '../testing/machine.ts';
import { awsSettings } from '../testing/sample-client.ts';
import { sampleClients } from '../testing/sample-clients.ts';
import { echoProgram, echoService, foundation, registry } from '../testing/sample-stacks.ts';

let machine: Machine;
let clients: { dynamodb: DynamoDBClient; s3: S3Client; ssm: SSMClient };
let table: string;
let bucket: string;

beforeAll(async () => {
  machine = await Machine.create();
  await machine.program('@sample/echo', { 'server.mjs': echoProgram });
  await machine.start([foundation(), registry(), echoService()], { seeds: { '/seeded': 'yes' } });
  clients = await sampleClients(machine);
  table = await parameter('/sample/registry/table');
  bucket = await parameter('/sample/registry/uploads');
});
afterAll(() => machine.remove());

async function parameter(name: string): Promise<string> {
  return (await clients.ssm.send(new GetParameterCommand({ Name: name }))).Parameter?.Value ?? '';
}

describe('SSM', () => {
  test('parameters of stacks and seeds are read alone, together and by path', async () => {
    expect(await parameter('/seeded')).toBe('yes');
    expect(await parameter('/sample/network/vpc-cidr')).toBe('10.0.0.0/16');
    const several = await clients.ssm.send(new GetParametersCommand({ Names: ['/seeded', '/none'] }));
    expect(several.Parameters?.map(({ Value }) => Value)).toEqual(['yes']);
    expect(several.InvalidParameters).toEqual(['/none']);
    const below = await clients.ssm.send(new GetParametersByPathCommand({ Path: '/sample/registry' }));
    expect(below.Parameters?.map(({ Name }) => Name)).toEqual([
      '/sample/registry/table',
      '/sample/registry/uploads',
    ]);
  });

  test('a path with many parameters is read in pages', async () => {
    const names = Array.from({ length: 23 }, (_, index) => `/pages/deep/p${String(index).padStart(2, '0')}`);
    for (const Name of names)
      await clients.ssm.send(new PutParameterCommand({ Name, Value: 'x', Type: 'String' }));
    const found: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await clients.ssm.send(
        new GetParametersByPathCommand({ Path: '/pages', Recursive: true, NextToken }),
      );
      found.push(...(page.Parameters ?? []).map(({ Name }) => Name ?? ''));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(found).toEqual(names);
    expect((await clients.ssm.send(new GetParametersByPathCommand({ Path: '/pages' }))).Parameters).toEqual(
      [],
    );
  });

  test('a parameter is overwritten only when asked to, and its version counts', async () => {
    const put = { Name: '/put', Value: 'one', Type: 'String' as const };
    expect((await clients.ssm.send(new PutParameterCommand(put))).Version).toBe(1);
    await expect(clients.ssm.send(new PutParameterCommand(put))).rejects.toMatchObject({
      name: 'ParameterAlreadyExists',
    });
    const again = { ...put, Value: 'two', Overwrite: true };
    expect((await clients.ssm.send(new PutParameterCommand(again))).Version).toBe(2);
    await clients.ssm.send(new DeleteParameterCommand({ Name: '/put' }));
    await expect(parameter('/put')).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });
});

describe('DynamoDB', () => {
  test('the table of the stack takes conditional writes and answers queries', async () => {
    const documents = DynamoDBDocumentClient.from(clients.dynamodb);
    const put = {
      TableName: table,
      Item: { pk: 'a', sk: '1', n: 1 },
      ConditionExpression: 'attribute_not_exists(pk)',
    };
    await documents.send(new PutCommand(put));
    await expect(documents.send(new PutCommand(put))).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
    });
    const query = {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': 'a' },
    };
    expect((await documents.send(new QueryCommand(query))).Items).toEqual([{ pk: 'a', sk: '1', n: 1 }]);
  });

  test('a client that leaves in the middle of its request does no harm', async () => {
    const { dynamodb } = await awsSettings(machine);
    const headers = { 'x-amz-target': 'DynamoDB_20120810.PutItem', 'content-length': '1000' };
    const cut = request(dynamodb, { method: 'POST', headers });
    cut.on('error', () => undefined);
    cut.write('{"half":');
    await once(cut, 'socket');
    cut.destroy();
    expect((await clients.dynamodb.send(new ListTablesCommand({}))).TableNames).toContain(table);
  });

  test('an index is added to and taken from a table with items in it', async () => {
    const stack = registry();
    const properties = objectAt(stack.Resources['Table'], 'Properties');
    const tableOf = (extra: JsonObject) => {
      const Table = { Type: 'AWS::DynamoDB::Table', Properties: { ...properties, ...extra } };
      return { ...stack, Resources: { ...stack.Resources, Table } };
    };
    const withIndex = tableOf({
      AttributeDefinitions: ['pk', 'sk', 'kind'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-kind',
          KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
    const documents = DynamoDBDocumentClient.from(clients.dynamodb);
    await documents.send(new PutCommand({ TableName: table, Item: { pk: 'i', sk: '1', kind: 'k' } }));
    const added = await machine.update([foundation(), withIndex, echoService()]);
    expect(added.stacks.find(({ stack: name }) => name === 'sample-registry')).toMatchObject({
      outcome: 'updated',
    });
    const query = {
      TableName: await parameter('/sample/registry/table'),
      IndexName: 'by-kind',
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': 'k' },
    };
    expect((await documents.send(new QueryCommand(query))).Items).toHaveLength(1);
    await machine.update([foundation(), registry(), echoService()]);
    await expect(documents.send(new QueryCommand(query))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    const back = await documents.send(
      new QueryCommand({
        TableName: await parameter('/sample/registry/table'),
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': 'i' },
      }),
    );
    expect(back.Items).toEqual([{ pk: 'i', sk: '1', kind: 'k' }]);
  });
});

describe('S3', () => {
  test('an object is put, read whole and in part, described, listed and deleted', async () => {
    const Key = 'users/a b/ü&.txt';
    const about = { Bucket: bucket, Key };
    const Metadata = { who: 'me' };
    await clients.s3.send(
      new PutObjectCommand({ ...about, Body: 'hello world', ContentType: 'text/plain', Metadata }),
    );
    const whole = await clients.s3.send(new GetObjectCommand(about));
    expect(await whole.Body?.transformToString()).toBe('hello world');
    expect(whole).toMatchObject({ ContentType: 'text/plain', Metadata });
    const part = await clients.s3.send(new GetObjectCommand({ ...about, Range: 'bytes=6-8' }));
    expect(await part.Body?.transformToString()).toBe('wor');
    expect(await clients.s3.send(new HeadObjectCommand(about))).toMatchObject({ ContentLength: 11 });
    const listed = await clients.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'users/' }));
    expect(listed.Contents?.map((item) => item.Key)).toEqual([Key]);
    await clients.s3.send(new DeleteObjectCommand(about));
    await expect(clients.s3.send(new GetObjectCommand(about))).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(clients.s3.send(new HeadObjectCommand(about))).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('an object that is put only if there is none never replaces one, and of several at once one is taken', async () => {
    const about = { Bucket: bucket, Key: 'once', IfNoneMatch: '*' };
    const bodies = ['a', 'b', 'c', 'd'];
    const put = (Body: string) =>
      clients.s3.send(new PutObjectCommand({ ...about, Body })).then(
        () => Body,
        (error: unknown) => error,
      );
    const answers = await Promise.all(bodies.map(put));
    const taken = answers.filter((answer) => typeof answer === 'string');
    expect(taken).toHaveLength(1);
    const refusal = { name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } };
    expect(answers.filter((answer) => answer instanceof Error)).toMatchObject([refusal, refusal, refusal]);
    expect(await put('e')).toMatchObject(refusal);
    const got = await clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'once' }));
    expect(await got.Body?.transformToString()).toBe(taken[0]);
    await clients.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'once' }));
    expect(await put('f')).toBe('f');
    await clients.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'once' }));
  });

  test('another condition than that there is none is not offered', async () => {
    const put = new PutObjectCommand({ Bucket: bucket, Key: 'once', Body: 'x', IfNoneMatch: '"etag"' });
    await expect(clients.s3.send(put)).rejects.toMatchObject({ name: 'NotImplemented' });
  });

  test('a stream in chunks is stored as its content, and many objects are deleted at once', async () => {
    const Body = Readable.from(['part one, ', 'part two']);
    await clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'x', Body, ContentLength: 18 }));
    const got = await clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'x' }));
    expect(await got.Body?.transformToString()).toBe('part one, part two');
    await clients.s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: 'x' }] } }));
    expect((await clients.s3.send(new ListObjectsV2Command({ Bucket: bucket }))).KeyCount).toBe(0);
  });

  test('a bucket that does not exist, and a request without a signature, are refused', async () => {
    const missing = new GetObjectCommand({ Bucket: 'no-such-bucket', Key: 'x' });
    await expect(clients.s3.send(missing)).rejects.toMatchObject({ name: 'NoSuchBucket' });
    const bare = await fetch(`${machine.system.url}/local/s3/${bucket}/x`);
    expect(bare.status).toBe(403);
    expect(bare.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('presigned addresses', () => {
  const Key = 'users/alice/note (1).txt';
  const sign = (command: GetObjectCommand | PutObjectCommand, expiresIn = 60): Promise<string> =>
    getSignedUrl(clients.s3, command, { expiresIn });

  test('an object is put and read through the gateway without any other right', async () => {
    const put = await sign(new PutObjectCommand({ Bucket: bucket, Key }));
    expect(new URL(put).origin).toBe(machine.system.url);
    expect((await fetch(put, { method: 'PUT', body: 'by address' })).status).toBe(200);
    const got = await fetch(await sign(new GetObjectCommand({ Bucket: bucket, Key })));
    expect(await got.text()).toBe('by address');
    expect(got.headers.get('content-security-policy')).toBe('sandbox');
  });

  test('an address that was changed, is used for something else, or is too old, is refused', async () => {
    const address = await sign(new GetObjectCommand({ Bucket: bucket, Key }));
    expect((await fetch(address.replace('alice', 'bob'))).status).toBe(403);
    expect((await fetch(address, { method: 'DELETE' })).status).toBe(403);
    const longer = address.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000');
    expect((await fetch(longer)).status).toBe(403);
    const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000);
    const old = await getSignedUrl(clients.s3, new GetObjectCommand({ Bucket: bucket, Key }), {
      signingDate: yesterday,
    });
    expect(await (await fetch(old)).text()).toContain('Request has expired');
  });
});

describe('uploads by presigned form', () => {
  const options = (): PresignedPostOptions => ({
    Bucket: bucket,
    Key: 'users/alice/photo.png',
    Conditions: [['content-length-range', 1, 10]],
    Fields: { 'content-type': 'image/png' },
    Expires: 60,
  });

  async function upload(content: string, change: Record<string, string> = {}, presigned = options()) {
    const { url, fields } = await createPresignedPost(clients.s3, presigned);
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...fields, ...change })) form.set(name, value);
    form.set('file', new Blob([content]), 'photo.png');
    const answer = await fetch(url, { method: 'POST', body: form });
    return { url, status: answer.status, text: await answer.text() };
  }

  test('a form within its policy is stored, at the origin of the gateway', async () => {
    const { url, status } = await upload('12345');
    expect(new URL(url).origin).toBe(machine.system.url);
    expect(status).toBe(204);
    const got = await clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'users/alice/photo.png' }));
    expect(await got.Body?.transformToString()).toBe('12345');
    expect(got.ContentType).toBe('image/png');
  });

  test.each<[string, string, Record<string, string>, RegExp]>([
    ['a file above the size range', 'x'.repeat(11), {}, /EntityTooLarge/],
    ['an empty file', '', {}, /EntityTooSmall/],
    ['the key of another user', 'x', { key: 'users/bob/photo.png' }, /Policy Condition failed/],
    ['another content type', 'x', { 'content-type': 'text/html' }, /Policy Condition failed/],
    ['a field the policy does not name', 'x', { acl: 'public-read' }, /Extra input fields: acl/],
    [
      'another policy',
      'x',
      { Policy: Buffer.from('{"expiration":"2999-01-01T00:00:00Z","conditions":[]}').toString('base64') },
      /SignatureDoesNotMatch/,
    ],
    ['no signature', 'x', { 'X-Amz-Signature': '' }, /SignatureDoesNotMatch/],
  ])('%s is refused', async (_title, content, change, message) => {
    const { status, text } = await upload(content, change);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).toMatch(message);
  });

  test('a form whose time is over is refused', async () => {
    const { status, text } = await upload('x', {}, { ...options(), Expires: 0 });
    expect([status, text]).toEqual([403, expect.stringContaining('Policy expired')]);
  });

  test('a page of another origin cannot use it', async () => {
    const { url } = await createPresignedPost(clients.s3, options());
    const answer = await fetch(url, { method: 'OPTIONS', headers: { origin: 'https://attacker.example' } });
    expect(answer.status).toBe(403);
  });
});

test('a page that cannot sign can neither call functions nor read data', async () => {
  const { lambda, dynamodb } = await awsSettings(machine);
  const call = `${lambda}/2015-03-31/functions/sample-registrar/invocations`;
  expect((await fetch(call, { method: 'POST', body: '{}' })).status).toBe(403);
  const headers = { 'x-amz-target': 'DynamoDB_20120810.ListTables' };
  expect((await fetch(dynamodb, { method: 'POST', headers, body: '{}' })).status).toBe(403);
});

describe('an address with broken percent-encoding', () => {
  const broken = ['%', '%zz', '%E0%A4%A', 'a%ff'];

  test.each(broken)('is refused by S3 as S3 does: %s', async (part) => {
    for (const path of [`/local/s3/${bucket}/${part}`, `/local/s3/${part}`]) {
      const answer = await fetch(machine.system.url + path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/xml']);
      expect(await answer.text()).toContain(
        '<Error><Code>InvalidURI</Code><Message>Couldn&apos;t parse the specified URI.</Message></Error>',
      );
    }
  });

  test.each(broken)('is refused by Lambda as a wrong parameter: %s', async (part) => {
    const { lambda, credentials } = await awsSettings(machine);
    const answer = await fetch(`${lambda}/2015-03-31/functions/${part}/invocations`, {
      method: 'POST',
      headers: { authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/a` },
      body: '{}',
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-amzn-errortype')).toBe('InvalidParameterValueException');
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining(part) as string });
  });
});

test('the imitated services refuse a host name that is not their address', async () => {
  const { dynamodb } = await awsSettings(machine);
  const call = request(dynamodb, { headers: { host: 'attacker.example' } });
  call.end();
  const [answer] = await once(call, 'response');
  expect(answer.statusCode).toBe(403);
  answer.resume();
});
