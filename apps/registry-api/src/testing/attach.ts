import type { Attachment, Upload } from '@parley/contract/attachment';
import { sendForm } from '@parley/session-files/testing/send-form';
import type { TestUser } from './world.ts';

interface TestFile {
  name: string;
  type?: string;
  content: string;
}

/** Starts an upload of a file like this. */
export async function startUpload(
  user: TestUser,
  sessionId: string,
  { name, type = '', content }: TestFile,
): Promise<Upload> {
  const bytes = Buffer.byteLength(content);
  return user.post<Upload>(`/api/sessions/${sessionId}/attachments`, { name, type, bytes });
}

/** Starts an upload and sends its form. @returns the id of the attachment that it is to be */
export async function sendFile(user: TestUser, sessionId: string, file: TestFile): Promise<string> {
  const upload = await startUpload(user, sessionId, file);
  const answer = await sendForm(upload, file.content);
  if (!answer.ok) throw new Error(`the bucket answered ${answer.status}: ${await answer.text()}`);
  return upload.id;
}

/** Attaches a file to a session. */
export async function attach(user: TestUser, sessionId: string, file: TestFile): Promise<Attachment> {
  const id = await sendFile(user, sessionId, file);
  const response = await user.request('PUT', `/api/sessions/${sessionId}/attachments/${id}`, {
    name: file.name,
  });
  if (!response.ok)
    throw new Error(`the upload was refused with ${response.status}: ${await response.text()}`);
  return (await response.json()) as Attachment;
}
