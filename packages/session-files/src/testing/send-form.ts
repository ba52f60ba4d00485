import type { Upload } from '@parley/contract/attachment';

/** Sends the form of an upload with this content, as a browser does. Resolves to the bucket's answer. */
export function sendForm({ url, fields }: Upload, content: Uint8Array | string): Promise<Response> {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), 'name.bin');
  return fetch(url, { method: 'POST', body: form });
}
