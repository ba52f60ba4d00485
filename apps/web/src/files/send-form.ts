import type { Upload } from '@parley/contract/attachment';
import { ApiError } from '../api/errors.ts';

export interface SendFormOptions {
  signal: AbortSignal;
  /** Hears how much is sent, from 0 to 1. */
  onProgress: (part: number) => void;
}

/** Sends a file with the form that the server signed for it, straight to the bucket. Rejects with an `ApiError`. */
export function sendForm(
  { url, fields }: Upload,
  file: File,
  { signal, onProgress }: SendFormOptions,
): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', file); // what comes after it is not read
  return new Promise((resolve, reject) => {
    // fetch() does not tell how much is sent.
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => (request.status < 300 ? resolve() : reject(refused(request.status)));
    request.onerror = () => reject(new ApiError('offline', 'The upload was cut. Check your connection.', 0));
    request.onabort = () => reject(new ApiError('aborted', 'The upload was given up.', 0));
    signal.addEventListener('abort', () => request.abort());
    request.open('POST', url);
    request.send(form);
  });
}

function refused(status: number): ApiError {
  const why =
    status >= 500
      ? 'Where files are kept has a problem.'
      : 'The upload was refused: it may have taken too long.';
  return new ApiError('upload-refused', `${why} Try again.`, status);
}
