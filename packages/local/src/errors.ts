/** Something the user has to mend: the message says what was wrong, where, and what to do. */
export class LocalError extends Error {
  override readonly name: string = 'LocalError';
}

/** Another process runs on the same data folder. */
export class AlreadyRunningError extends LocalError {
  override readonly name = 'AlreadyRunningError';
  readonly pid: number;
  /** Origin of the running system's gateway, once it has one. */
  readonly url: string | undefined;

  constructor(pid: number, url: string | undefined) {
    super(
      `This checkout already runs as process ${pid}${url ? ` at ${url}` : ''}. ` +
        'Use that one, or stop it (Ctrl-C in its terminal) and start again.',
    );
    this.pid = pid;
    this.url = url;
  }
}

/** A resource that could not be created, updated or removed. */
export class ResourceError extends LocalError {
  override readonly name = 'ResourceError';
}

/** An error answer of one of the imitated AWS services: `code` as AWS names it. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
