import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Upload } from '@parley/contract/attachment';
import { startTestS3, type TestS3 } from '@parley/local/testing/s3';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAttachments, type Attachments } from './attachments.ts';
import { createFilesClient, type FilesBucket } from './client.ts';
import { attachmentKey, sessionKeys } from './keys.ts';
import { createLargeOutputKeeper } from './outputs.ts';
import { createSessionFileRemover } from './remove-session.ts';
import { sendForm } from './testing/send-form.ts';
import { createUploads, uploadSeconds, type Uploads } from './uploads.ts';

const png = Buffer.from('\x89PNG\r\n\x1a\n and what a picture has', 'latin1');

let s3: TestS3;
let files: FilesBucket;
let uploads: Uploads;
let attachments: Attachments;
let places = 0;

beforeAll(async () => {
  s3 = await startTestS3();
  const { endpoint, credentials } = s3;
  const client = createFilesClient({ endpoint, credentials, region: 'eu-west-1', forcePathStyle: true });
  files = { client, bucket: s3.bucket };
  uploads = createUploads(files);
  attachments = createAttachments(files);
});
afterAll(() => s3.close());

function newPlace() {
  places += 1;
  return { owner: 'alice', sessionId: 'session-1', id: `file-${places}` };
}

/** Sends a form as a browser does; answers with what S3 says to it. */
async function send(
  upload: Upload,
  content: Uint8Array | string,
  change: Upload['fields'] = {},
): Promise<string> {
  const answer = await sendForm({ ...upload, fields: { ...upload.fields, ...change } }, content);
  return answer.ok ? 'taken' : (/<Code>(\w+)/.exec(await answer.text())?.[1] ?? String(answer.status));
}

async function attach(name: string, type: string, content: Uint8Array | string, place = newPlace()) {
  const bytes = Buffer.from(content as string).length;
  expect(await send(await uploads.start(place, { name, type, bytes }), content)).toBe('taken');
  return uploads.finish(place, name);
}

async function keys(): Promise<string[]> {
  const { Contents = [] } = await files.client.send(new ListObjectsV2Command({ Bucket: s3.bucket }));
  return Contents.flatMap(({ Key }) => Key ?? []);
}

describe('an upload', () => {
  it('is kept with the type that its content has, and read again as it came', async () => {
    const place = newPlace();
    expect(await attach('photo.png', '', png, place)).toEqual({
      id: place.id,
      name: 'photo.png',
      mediaType: 'image/png',
      bytes: png.length,
    });
    expect(Buffer.from(await attachments.read(place))).toEqual(png);
  });

  it.each([
    ['notes.md', '', '# Größe\n', 'text/markdown'],
    ['page.html', 'text/html', '<script>alert(1)</script>', 'text/plain'],
    ['paper.pdf', 'application/pdf', '%PDF-1.7\n…', 'application/pdf'],
    ['moving', 'image/gif', 'GIF89a…', 'image/gif'],
    ['photo.webp', '', 'RIFF1234WEBPVP8 ', 'image/webp'],
    ['really-a-png.jpg', 'image/jpeg', png, 'image/png'],
  ])('%s of type "%s" is kept as what it is', async (name, type, content, mediaType) => {
    expect(await attach(name, type, content)).toMatchObject({ mediaType });
  });

  it.each([
    [
      'picture.png',
      '<svg xmlns="http://www.w3.org/2000/svg"/>',
      /"picture.png".*it is text, expected an image/,
    ],
    ['paper.pdf', png, /it is an image \(image\/png\), expected a PDF/],
    ['notes.txt', 'a\0b', /of no kind that is known here, expected text in UTF-8/],
    ['latin-1.txt', Buffer.from('Gr\xf6\xdfe', 'latin1'), /expected text in UTF-8/],
    ['notes.md', '%PDF-1.7', /it is a PDF \(application\/pdf\), expected text/],
  ])('%s whose content is something else is refused', async (name, content, message) => {
    await expect(attach(name, '', content)).rejects.toThrow(
      expect.objectContaining({
        code: 'bad-request',
        field: 'file',
        message: expect.stringMatching(message),
      }),
    );
  });

  it('is refused before it begins when it is of a type that no model reads, or too large', async () => {
    const start = (name: string, type: string, bytes: number) =>
      uploads.start(newPlace(), { name, type, bytes });
    await expect(start('a.zip', 'application/zip', 1)).rejects.toThrow(
      /"a.zip" cannot be attached: it is called "application\/zip", expected a PNG/,
    );
    await expect(start('a.png', 'image/png', 3_750_001)).rejects.toThrow(
      /"a.png" is too large: it has 3.8 MB, expected at most 3.8 MB of an image/,
    );
    await expect(start('a.txt', '', 200_001)).rejects.toThrow(expect.objectContaining({ code: 'too-large' }));
    await expect(start('a.pdf', '', 4_500_000)).resolves.toBeDefined();
  });

  it('takes no other size, key or type than it was started for', async () => {
    const place = newPlace();
    const started = await uploads.start(place, { name: 'a.txt', type: 'text/plain', bytes: 5 });
    const bobs = attachmentKey('uploads', { ...place, owner: 'bob' });
    expect(await send(started, '123456')).toBe('EntityTooLarge');
    expect(await send(started, '1234')).toBe('EntityTooSmall');
    expect(await send(started, '12345', { key: bobs })).toBe('AccessDenied');
    expect(await send(started, '12345', { key: attachmentKey('attachments', place) })).toBe('AccessDenied');
    expect(await send(started, '12345', { 'Content-Type': 'text/html' })).toBe('AccessDenied');
    await expect(uploads.finish(place, 'a.txt')).rejects.toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
  });

  it('is refused by the bucket once its form has expired', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - uploadSeconds * 1_000 - 1_000 });
    onTestFinished(() => void vi.useRealTimers());
    const started = await uploads.start(newPlace(), { name: 'a.txt', type: '', bytes: 1 });
    vi.useRealTimers();
    expect(Date.parse(started.expiresAt)).toBeLessThan(Date.now());
    expect(await send(started, '1')).toBe('AccessDenied');
  });

  it('that was looked at does not change when its form is sent again', async () => {
    const place = newPlace();
    const started = await uploads.start(place, { name: 'a.txt', type: '', bytes: 5 });
    await send(started, 'first');
    await uploads.finish(place, 'a.txt');
    expect(await send(started, 'other')).toBe('taken');
    expect(Buffer.from(await attachments.read(place)).toString()).toBe('first');
  });

  it('that was looked at does not change when it is looked at again after other bytes were sent', async () => {
    const place = newPlace();
    const started = await uploads.start(place, { name: 'a.png', type: '', bytes: png.length });
    await send(started, png);
    const first = await uploads.finish(place, 'a.png');
    await send(started, `GIF89a${'.'.repeat(png.length - 6)}`);
    expect(await uploads.finish(place, 'a.png')).toEqual(first);
    expect(Buffer.from(await attachments.read(place))).toEqual(png);
  });

  it('that is looked at twice at once, with other bytes sent in between, is for both what is kept', async () => {
    const place = newPlace();
    const started = await uploads.start(place, { name: 'a.png', type: '', bytes: png.length });
    await send(started, png);
    const gif = `GIF89a${'.'.repeat(png.length - 6)}`;
    const answers: unknown[] = [];
    s3.before.push({
      matching: /^PUT .*attachments/,
      act: async () => {
        await send(started, gif);
        answers.push(await uploads.finish(place, 'a.png'));
      },
    });
    answers.push(await uploads.finish(place, 'a.png'));
    const kept = { id: place.id, name: 'a.png', mediaType: 'image/gif', bytes: png.length };
    expect(answers).toEqual([kept, kept]);
    expect(Buffer.from(await attachments.read(place)).toString()).toBe(gif);
  });

  // S3 tells a role that may not list the whole bucket "access denied" of an object that is missing.
  it.each([undefined, 403])(
    'that is deleted while it is looked at was not uploaded (status %s)',
    async (status) => {
      const place = newPlace();
      await send(await uploads.start(place, { name: 'a.txt', type: '', bytes: 1 }), '1');
      const matching = /^GET [^?]*uploads/;
      const Key = attachmentKey('uploads', place);
      const gone = new DeleteObjectCommand({ Bucket: s3.bucket, Key });
      s3.before.push({ matching, act: () => files.client.send(gone) });
      if (status !== undefined) s3.faults.push({ matching, status });
      await expect(uploads.finish(place, 'a.txt')).rejects.toThrow(
        expect.objectContaining({ code: 'not-found' }),
      );
      expect(s3.faults).toEqual([]);
    },
  );

  it('that may not be read stays an error of the service', async () => {
    const place = newPlace();
    await send(await uploads.start(place, { name: 'a.txt', type: '', bytes: 1 }), '1');
    s3.faults.push({ matching: /^GET [^?]*uploads/, status: 403 });
    await expect(uploads.finish(place, 'a.txt')).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('is to be tried again when the bucket sees a conflict', async () => {
    const place = newPlace();
    await send(await uploads.start(place, { name: 'a.txt', type: '', bytes: 1 }), '1');
    s3.faults.push({ matching: /^PUT .*attachments/, status: 409 });
    await expect(uploads.finish(place, 'a.txt')).rejects.toThrow(
      expect.objectContaining({ code: 'unavailable' }),
    );
    expect(await uploads.finish(place, 'a.txt')).toMatchObject({ id: place.id });
  });

  it('says that files cannot be reached while the bucket fails', async () => {
    const place = newPlace();
    s3.faults.push(...Array.from({ length: 3 }, () => ({ matching: /list-type=2/, status: 503 })));
    await expect(uploads.finish(place, 'a.txt')).rejects.toThrow(
      expect.objectContaining({ code: 'unavailable' }),
    );
    await expect(uploads.finish(place, 'a.txt')).rejects.toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
  });
});

describe('keys', () => {
  it('of two users never meet, whatever is in their names', () => {
    const names = [
      'alice',
      'alice/x',
      'alice%2Fx',
      '..',
      '../alice',
      'ALICE',
      '',
      'a'.repeat(2_000),
      'ålice',
    ];
    const of = (owner: string) => sessionKeys('attachments', { owner, sessionId: 's' });
    expect(new Set(names.map(of)).size).toBe(names.length);
    for (const key of names.map(of)) expect(key).toMatch(/^attachments\/[0-9a-f]{64}\/s\/$/);
  });

  it.each(['', '..', '../bob', 'a/b', 'a b'])('are not made of the id %j', (id) => {
    expect(() => attachmentKey('uploads', { owner: 'alice', sessionId: 's', id })).toThrow(RangeError);
    expect(() => attachmentKey('uploads', { owner: 'alice', sessionId: id, id: 'x' })).toThrow(RangeError);
  });
});

describe('removing a session', () => {
  const remove = (place: { owner: string; sessionId: string }) => createSessionFileRemover(files)(place);

  it('deletes its uploads, attachments and outputs, and nothing of another session or user', async () => {
    const place = { owner: 'alice', sessionId: 'gone', id: 'file' };
    await attach('a.txt', '', 'text', place);
    await createLargeOutputKeeper(files)({ owner: 'alice', sessionId: 'gone', runId: 'run' }, '{}');
    await attach('b.txt', '', 'text', { ...place, sessionId: 'gone-not' });
    await attach('c.txt', '', 'text', { ...place, owner: 'bob' });
    const before = await keys();
    await remove(place);
    const mine = (key: string) => key.includes(sessionKeys('uploads', place).slice('uploads/'.length));
    expect(before.filter(mine)).toHaveLength(3);
    expect(await keys()).toEqual(before.filter((key) => !mine(key)));
    await remove(place);
  });

  it('goes on where it was cut', async () => {
    const place = { owner: 'alice', sessionId: 'cut' };
    const prefix = sessionKeys('attachments', place);
    await Promise.all(
      Array.from({ length: 120 }, (_, i) =>
        files.client.send(new PutObjectCommand({ Bucket: s3.bucket, Key: `${prefix}${i}`, Body: 'x' })),
      ),
    );
    s3.faults.push(...Array.from({ length: 3 }, () => ({ matching: /^DELETE .*\/50$/, status: 500 })));
    await expect(remove(place)).rejects.toThrow(expect.objectContaining({ code: 'unavailable' }));
    expect((await keys()).some((key) => key.startsWith(prefix))).toBe(true);
    await remove(place);
    expect((await keys()).some((key) => key.startsWith(prefix))).toBe(false);
  });
});
