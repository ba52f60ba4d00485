import type { S3ServiceException as ServiceException } from '@aws-sdk/client-s3';
import { attachable, sizeText } from '@parley/contract/file-type';

/** What is refused about a file, or cannot be done. `code` is one of the contract's error codes. */
export abstract class FileError extends Error {
  abstract readonly code: string;
}

/** The form has not been sent yet, or too late, or was refused by the bucket. */
export class NotUploadedError extends FileError {
  override readonly name = 'NotUploadedError';
  readonly code = 'not-found';

  constructor(name: string) {
    super(
      `nothing was uploaded for "${name}" yet: send the form that the start of the upload answered with, ` +
        'before it expires, then ask again',
    );
  }
}

/** Deleted, with its session, by somebody who was a moment earlier. */
export class FileGoneError extends FileError {
  override readonly name = 'FileGoneError';
  readonly code = 'not-found';

  constructor(id: string, options: ErrorOptions) {
    super(`the content of attachment "${id}" was deleted, with the session that it belongs to`, options);
  }
}

/** The content of a file is not what its name and type said, or nothing that models read. */
export class RefusedFileError extends FileError {
  override readonly name = 'RefusedFileError';
  readonly code = 'bad-request';
  readonly field = 'file';

  constructor(name: string, { got, expected = attachable }: { got: string; expected?: string }) {
    super(`"${name}" cannot be attached: it is ${got}, expected ${expected}. Attach another file.`);
  }
}

export class FileTooLargeError extends FileError {
  override readonly name = 'FileTooLargeError';
  readonly code = 'too-large';
  readonly field = 'bytes';

  constructor(name: string, what: string, { bytes, most }: { bytes: number; most: number }) {
    super(
      `"${name}" is too large: it has ${sizeText(bytes)}, expected at most ${sizeText(most)} of ${what}. ` +
        'Make it smaller, or attach a part of it.',
    );
  }
}

/** The bucket does not answer now. */
export class FilesUnavailableError extends FileError {
  override readonly name = 'FilesUnavailableError';
  readonly code = 'unavailable';
  readonly headers = { 'retry-after': '2' };

  constructor(cause: unknown) {
    super('Files cannot be reached at the moment: try again in a few seconds.', { cause });
  }
}

/** S3 met another change of the same key and says to try again. */
const conflict = 409;

/** What a call of the bucket resolves to. A request that S3 read and refused is passed on, anything else is `unavailable`. */
export async function answered<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const { $fault, $retryable, $metadata } = error as Partial<ServiceException>;
    const isRefused = $fault === 'client' && !$retryable && $metadata?.httpStatusCode !== conflict;
    throw isRefused ? error : new FilesUnavailableError(error);
  }
}
