import type { Attachment, Upload } from '@parley/contract/attachment';
import type { FilePart } from '@parley/contract/message';
import { routePath } from '@parley/contract/routes';
import { sendForm } from '@parley/session-files/testing/send-form';
import { expectThat } from './errors.ts';

const name = 'harbour.md';
const content = '# Harbour\n\nThe ferry to Lisbon leaves at seven.\n';

/** A service and the header that signs somebody in. */
export interface SignedIn {
  url: string;
  authorization: string;
}

/** Attaches a file to a session by the bucket's form, as a browser does, and reads it again. */
export async function attachFile(registry: SignedIn, sessionId: string): Promise<FilePart> {
  const bytes = Buffer.byteLength(content);
  const upload = await answer<Upload>(registry, 'POST', routePath('attachments', { sessionId }), {
    name,
    type: 'text/markdown',
    bytes,
  });
  const sent = await sendForm(upload, content);
  expectThat(sent.ok, `the bucket answered the form with ${sent.status}: ${await sent.text()}`);
  const url = routePath('attachment', { sessionId, attachmentId: upload.id });
  const { mediaType } = await answer<Attachment>(registry, 'PUT', url, { name });
  const read = await ask(registry, 'GET', url);
  expectThat(read.status === 200, `the attachment answered ${read.status}`);
  expectThat((await read.text()) === content, 'the attachment came back other than it was sent');
  return { type: 'file', mediaType, filename: name, url, bytes };
}

/** Deletes a session, and expects its file to be out of reach. */
export async function expectDeletedWith(
  registry: SignedIn,
  sessionId: string,
  file: FilePart,
): Promise<void> {
  const deleted = await ask(registry, 'DELETE', routePath('session', { sessionId }));
  expectThat(deleted.status === 204, `deleting the session answered ${deleted.status}`);
  const gone = await ask(registry, 'GET', file.url);
  expectThat(gone.status === 404, `a file of a deleted session answered ${gone.status}`);
}

/** As a question names it. */
export function attachmentIdOf({ url }: FilePart): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

async function answer<T>(service: SignedIn, method: string, path: string, body: object): Promise<T> {
  const response = await ask(service, method, path, body);
  const text = await response.text();
  expectThat(response.ok, `${method} ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

function ask(
  { url, authorization }: SignedIn,
  method: string,
  path: string,
  body?: object,
): Promise<Response> {
  const headers = { authorization, 'content-type': 'application/json' };
  return fetch(new URL(path, url), { method, headers, ...(body && { body: JSON.stringify(body) }) });
}
