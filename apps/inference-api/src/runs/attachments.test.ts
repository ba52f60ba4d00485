import { randomBytes, randomUUID } from 'node:crypto';
import { createUploads } from '@parley/session-files/uploads';
import type { Session } from '@parley/contract/session';
import type { MediaType } from '@parley/contract/file-type';
import { chatAppDefinition } from '@parley/contract/chat-app';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { all, createClient, errorOf, textOf, type Client } from '../testing/client.ts';
import { startWorld, type World } from '../testing/world.ts';

let world: World;
let url: string;
let client: Client;
let session: Session;
beforeAll(async () => {
  world = await startWorld();
  url = (await world.startInstance()).url;
  client = await createClient(url, world.issuer);
});
afterAll(() => world.close());
beforeEach(async () => {
  session = await world.createSession();
});

/** What registry-api does when a file is uploaded. @returns the id of the attachment */
async function attach(
  name: string,
  content: string,
  { of = session, owner = 'alice' } = {},
): Promise<string> {
  const id = randomBytes(16).toString('hex');
  const place = { owner, sessionId: of.id, id };
  const uploads = createUploads(world.files);
  const { fields } = await uploads.start(place, { name, type: '', bytes: Buffer.byteLength(content) });
  const { client: s3, bucket } = world.files;
  const upload = { Bucket: bucket, Key: fields['key'], Body: content, ContentType: fields['Content-Type'] };
  await s3.send(new PutObjectCommand(upload));
  await world.conversations.addAttachment(of, await uploads.finish(place, name));
  return id;
}

const ask = (attachments: string[], more: object = {}) =>
  client.start(session.id, { parentId: null, text: 'What is the budget?', attachments, ...more });

test('a file that a message names is read by the model, and stands in the message as the AI SDK has it', async () => {
  const id = await attach('plan.md', 'The budget is 300 EUR.');
  expect(textOf(await all(await ask([id, id])))).toContain('The budget is 300 EUR.');
  const [question] = await world.conversations.listMessages(session);
  expect(question!.parts).toEqual([
    {
      type: 'file',
      mediaType: 'text/markdown',
      filename: 'plan.md',
      url: `/api/sessions/${session.id}/attachments/${id}`,
      bytes: 22,
    },
    { type: 'text', text: 'What is the budget?' },
  ]);
});

test('the files of a message are read again for another answer, and may go with another version of it', async () => {
  const id = await attach('plan.md', 'The budget is 300 EUR.');
  await all(await ask([id]));
  const [question] = await world.conversations.listMessages(session);
  const again = await all(await client.start(session.id, { parentId: question!.id }));
  expect(textOf(again)).toContain('300 EUR');
  expect(textOf(await all(await ask([id], { text: 'Who pays the budget?' })))).toContain('300 EUR');
});

test('a file of another session, of another user, or of nobody is refused alike', async () => {
  const other = await world.createSession();
  const bobs = await world.createSession({ owner: 'bob' });
  const absent = '0'.repeat(32);
  const message = (id: string) => `no attachment "${id}" in this session`;
  for (const id of [
    await attach('a.txt', 'a', { of: other }),
    await attach('a.txt', 'a', { of: bobs, owner: 'bob' }),
    absent,
  ])
    expect(await errorOf(await ask([id]))).toMatchObject({
      status: 400,
      field: 'attachments',
      message: expect.stringContaining(message(id)),
    });
  expect(await world.conversations.listMessages(session)).toEqual([]);
});

test('attachments without a text, too many of them, and ids that are none are refused', async () => {
  const id = await attach('a.txt', 'a');
  await all(await ask([id]));
  const [question] = await world.conversations.listMessages(session);
  const bare = await client.start(session.id, { parentId: question!.id, attachments: [id] });
  expect(await errorOf(bare)).toMatchObject({ status: 400, field: 'attachments' });
  for (const ids of [Array.from({ length: 6 }, () => id), ['../x'], []])
    expect(await errorOf(await ask(ids))).toMatchObject({
      status: 400,
      field: expect.stringMatching(/^attachments/),
    });
});

test('files that are too large together are refused', async () => {
  const place = (id: string) => ({
    id,
    name: 'a.pdf',
    mediaType: 'application/pdf' as MediaType,
    bytes: 4_500_000,
  });
  const ids = ['1', '2', '3'].map((digit) => digit.repeat(32));
  for (const id of ids) await world.conversations.addAttachment(session, place(id));
  expect(await errorOf(await ask(ids))).toMatchObject({
    status: 413,
    message: expect.stringContaining('have 13.5 MB together, expected at most 10 MB'),
  });
});

test('an app that takes no attachments takes none by its API either', async () => {
  const by = {
    owner: 'stack',
    stackId: 'stack/4',
    logicalResourceId: 'App',
    toolCode: {},
    requestId: 'plain',
  };
  const definition = chatAppDefinition.parse({ id: 'plain', title: 'Plain', agent: 'weather' });
  const issuedAt = new Date().toISOString();
  await world.catalog.register({ ...by, issuedAt, kind: 'app', id: 'plain', definition });
  session = await world.createSession({ app: 'plain' });
  expect(await errorOf(await ask([await attach('a.txt', 'a')]))).toMatchObject({
    status: 403,
    code: 'not-allowed',
  });
});

test('the same start with other files is another request', async () => {
  const key = randomUUID();
  const [one, two] = [await attach('a.txt', 'a'), await attach('b.txt', 'b')];
  const start = (id: string) =>
    client.start(session.id, { parentId: null, text: 'Hello', attachments: [id] }, { key });
  const first = await all(await start(one));
  expect(await all(await start(one))).toEqual(first);
  expect((await start(two)).status).toBe(409);
});

test('a file that cannot be read fails the run with a sentence, and another try reads it', async () => {
  const id = await attach('plan.md', 'The budget is 300 EUR.');
  world.s3.faults.push(...Array.from({ length: 3 }, () => ({ matching: /^GET .*attachments/, status: 500 })));
  const events = (await all(await ask([id]))).map(({ event }) => event);
  expect(events).toContainEqual({
    type: 'data-problem',
    data: { code: 'internal', message: 'The file "plan.md" could not be read on our side. Ask again.' },
  });
  const [question] = await world.conversations.listMessages(session);
  const again = await all(await client.start(session.id, { parentId: question!.id }));
  expect(textOf(again)).toContain('300 EUR');
});
