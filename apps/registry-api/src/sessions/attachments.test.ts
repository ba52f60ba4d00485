import type { Attachment } from '@parley/contract/attachment';
import type { ErrorBody } from '@parley/contract/http-error';
import type { SessionView } from '@parley/contract/session';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { createFilesClient } from '@parley/session-files/client';
import { sendForm } from '@parley/session-files/testing/send-form';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attach, sendFile, startUpload } from '../testing/attach.ts';
import { startWorld, type TestUser, type World } from '../testing/world.ts';

const png = '\x89PNG\r\n\x1a\n picture';

let world: World;
let alice: TestUser;
let session: string;

beforeAll(async () => {
  world = await startWorld();
  await world.registerAgent('agent');
  await world.registerApp('reader', { features: { attachments: true } });
  await world.registerApp('weather');
  alice = world.as('alice');
});
afterAll(() => world.close());
beforeEach(async () => {
  session = (await alice.post<SessionView>('/api/sessions', { app: 'reader' })).id;
});

const pathOf = (id: string, of = session) => `/api/sessions/${of}/attachments/${id}`;

async function refusal(response: Response) {
  return { status: response.status, ...((await response.json()) as ErrorBody).error };
}

async function keys(): Promise<string[]> {
  const { endpoint, credentials, bucket } = world.s3;
  const client = createFilesClient({ endpoint, credentials, region: 'eu-west-1', forcePathStyle: true });
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  client.destroy();
  return Contents.flatMap(({ Key }) => Key ?? []);
}

describe('an attachment', () => {
  it('is uploaded to the bucket, looked at, and downloaded by its owner', async () => {
    const file = await attach(alice, session, { name: 'Größe (1).md', content: '# Größe' });
    expect(file).toEqual({ id: file.id, name: 'Größe (1).md', mediaType: 'text/markdown', bytes: 9 });
    const response = await alice.request('GET', pathOf(file.id));
    expect(await response.text()).toBe('# Größe');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/markdown; charset=utf-8',
      'content-disposition': "attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%281%29.md",
      'content-security-policy': expect.stringContaining('sandbox'),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
  });

  it.each(['page.html', 'drawing.svg', 'script.js'])(
    '%s is saved as plain text, never shown',
    async (name) => {
      const { id } = await attach(alice, session, { name, content: '<svg onload="alert(1)"/>' });
      const { headers } = await alice.request('GET', pathOf(id));
      expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(headers.get('content-disposition')).toMatch(/^attachment;/);
    },
  );

  it('that is an image may be shown', async () => {
    const { id } = await attach(alice, session, { name: 'a.gif', content: 'GIF89a…' });
    const { headers } = await alice.request('GET', pathOf(id));
    expect(headers.get('content-type')).toBe('image/gif');
    expect(headers.get('content-disposition')).toMatch(/^inline;/);
  });

  it('keeps the name of its first look, however often it is looked at', async () => {
    const first = await attach(alice, session, { name: 'a.txt', content: 'a' });
    const again = await alice.request('PUT', pathOf(first.id), { name: 'b.txt' });
    expect((await again.json()) as Attachment).toEqual(first);
  });

  it.each([
    ['another picture', 'GIF89a another'],
    ['what would be refused', 'alert("hello")'],
  ])('stays what it was when its form is sent again with %s', async (_title, other) => {
    const gif = 'GIF89a picture';
    const upload = await startUpload(alice, session, { name: 'a.gif', content: gif });
    const look = async () => (await alice.request('PUT', pathOf(upload.id), { name: 'a.gif' })).json();
    expect((await sendForm(upload, gif)).ok).toBe(true);
    const first = await look();
    expect((await sendForm(upload, other)).ok).toBe(true);
    expect(await look()).toEqual(first);
    expect(await (await alice.request('GET', pathOf(upload.id))).text()).toBe(gif);
  });

  it('is not begun in a chat whose app takes none', async () => {
    const { id } = await alice.post<SessionView>('/api/sessions', { app: 'weather' });
    const body = { name: 'a.txt', bytes: 1, type: '' };
    expect(await refusal(await alice.request('POST', `/api/sessions/${id}/attachments`, body))).toMatchObject(
      {
        status: 403,
        message: expect.stringContaining('takes no attachments'),
      },
    );
  });

  it('that is too large, of no known type or badly named is refused with a sentence before anything is sent', async () => {
    const start = async (body: object) =>
      refusal(
        await alice.request('POST', `/api/sessions/${session}/attachments`, {
          name: 'a.txt',
          bytes: 1,
          type: '',
          ...body,
        }),
      );
    expect(await start({ bytes: 200_001 })).toMatchObject({ status: 413, field: 'bytes' });
    expect(await start({ name: 'a.mov', type: 'video/quicktime' })).toMatchObject({
      status: 400,
      field: 'file',
      message: expect.stringContaining('expected a PNG'),
    });
    expect(await start({ name: 'harmless\u202egnp.exe' })).toMatchObject({ status: 400, field: 'name' });
    expect(await start({ bytes: 0 })).toMatchObject({ status: 400, field: 'bytes' });
  });

  it('whose content lies about its type is refused, and cannot be read', async () => {
    const id = await sendFile(alice, session, { name: 'a.png', content: '<script>alert(1)</script>' });
    const refused = await refusal(await alice.request('PUT', pathOf(id), { name: 'a.png' }));
    expect(refused).toMatchObject({ status: 400, field: 'file' });
    expect(refused.message).toContain('it is text, expected an image');
    expect((await alice.request('GET', pathOf(id))).status).toBe(404);
  });

  it('cannot be read before it was looked at, nor by way of another session', async () => {
    const id = await sendFile(alice, session, { name: 'a.txt', content: 'a' });
    expect((await alice.request('GET', pathOf(id))).status).toBe(404);
    const other = await alice.post<SessionView>('/api/sessions', { app: 'reader' });
    expect((await alice.request('PUT', pathOf(id, other.id), { name: 'a.txt' })).status).toBe(404);
    await alice.request('PUT', pathOf(id), { name: 'a.txt' });
    expect((await alice.request('GET', pathOf(id, other.id))).status).toBe(404);
    expect((await alice.request('GET', pathOf(id))).status).toBe(200);
  });

  it('that was not looked at, of another user or unknown is refused with the same words, which fit', async () => {
    const bob = world.as('bob');
    const bobs = await bob.post<SessionView>('/api/sessions', { app: 'reader' });
    const ids = [
      await sendFile(alice, session, { name: 'a.txt', content: 'a' }),
      (await attach(bob, bobs.id, { name: 'b.txt', content: 'b' })).id,
      '0'.repeat(32),
    ];
    for (const id of ids)
      expect(await refusal(await alice.request('GET', pathOf(id)))).toMatchObject({
        status: 404,
        message: `no attachment "${id}" was found among yours: expected the id of one of this session that was uploaded and looked at`,
      });
  });

  it('whose session is deleted while it is read is not found', async () => {
    const { id } = await attach(alice, session, { name: 'a.txt', content: 'a' });
    world.s3.before.push({
      matching: /^GET [^?]*attachments/,
      act: () => alice.request('DELETE', `/api/sessions/${session}`),
    });
    const refused = await refusal(await alice.request('GET', pathOf(id)));
    expect(refused).toMatchObject({ status: 404, code: 'not-found' });
  });

  it('is 503 with when to try again while the bucket fails', async () => {
    const { id } = await attach(alice, session, { name: 'a.txt', content: 'a' });
    world.s3.faults.push(
      ...Array.from({ length: 3 }, () => ({ matching: /^GET .*attachments/, status: 500 })),
    );
    const response = await alice.request('GET', pathOf(id));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
  });

  it('leaves its content in no log', async () => {
    await attach(alice, session, { name: 'secret-name.txt', content: 'secret content' });
    expect(world.logged.join('\n')).not.toMatch(/secret|X-Amz|policy/i);
  });
});

describe('deleting a session', () => {
  it('deletes its files, whether a message named them or not, and those of no other session', async () => {
    const other = await alice.post<SessionView>('/api/sessions', { app: 'reader' });
    await attach(alice, other.id, { name: 'kept.txt', content: 'kept' });
    const before = await keys();
    const { id } = await attach(alice, session, { name: 'a.txt', content: 'a' });
    await sendFile(alice, session, { name: 'b.png', content: png });
    expect((await keys()).length).toBe(before.length + 3);
    expect((await alice.request('DELETE', `/api/sessions/${session}`)).status).toBe(204);
    expect(await keys()).toEqual(before);
    expect((await alice.request('GET', pathOf(id))).status).toBe(404);
    expect((await alice.request('PUT', pathOf(id), { name: 'a.txt' })).status).toBe(404);
  });

  it('while a file of it is looked at leaves nothing of it, and the look finds nothing', async () => {
    const before = await keys();
    const id = await sendFile(alice, session, { name: 'a.txt', content: 'a' });
    world.s3.before.push({
      matching: /^GET [^?]*uploads/,
      act: () => alice.request('DELETE', `/api/sessions/${session}`),
    });
    const refused = await refusal(await alice.request('PUT', pathOf(id), { name: 'a.txt' }));
    expect(refused).toMatchObject({ status: 404, code: 'not-found' });
    expect(await keys()).toEqual(before);
  });

  it('that is cut in between leaves the session in sight, and is completed by a repetition', async () => {
    const before = await keys();
    await attach(alice, session, { name: 'a.txt', content: 'a' });
    world.s3.faults.push(
      ...Array.from({ length: 3 }, () => ({ matching: /^DELETE .*attachments/, status: 500 })),
    );
    expect((await alice.request('DELETE', `/api/sessions/${session}`)).status).toBe(503);
    expect((await alice.request('GET', `/api/sessions/${session}`)).status).toBe(200);
    expect((await alice.request('DELETE', `/api/sessions/${session}`)).status).toBe(204);
    expect(await keys()).toEqual(before);
  });
});
