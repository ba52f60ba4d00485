import type { RegistrationKind } from '@parley/contract/registration';
import type { Batch } from './run-log/batch.ts';

/** What the store refuses. `code` tells the cases apart; the message is for people. */
export abstract class StoreError extends Error {
  abstract readonly code: string;
}

/** What is looked up by an id, and which ids lead to it. */
const expectedIds = {
  session: 'one that you created and have not deleted',
  message: 'one of this session',
  attachment: 'one of this session that was uploaded and looked at',
  run: 'one in a session that you created and have not deleted',
} as const;

/** Nothing there, or not the caller's: both look the same, so that ids cannot be probed. */
export class NotFoundError extends StoreError {
  override readonly name = 'NotFoundError';
  readonly code = 'not-found';
  readonly what: keyof typeof expectedIds;
  readonly id: string;

  constructor(what: keyof typeof expectedIds, id: string) {
    super(`no ${what} "${id}" was found among yours: expected the id of ${expectedIds[what]}`);
    this.what = what;
    this.id = id;
  }
}

export class OwnedByAnotherStackError extends StoreError {
  override readonly name = 'OwnedByAnotherStackError';
  readonly code = 'owned-by-another-stack';
  readonly owner: string;

  constructor(kind: RegistrationKind, id: string, owner: string, asker: string) {
    super(
      `the ${kind} id "${id}" belongs to stack "${owner}", so stack "${asker}" cannot register it: ` +
        `choose another id (the package's name), or remove it from "${owner}" first`,
    );
    this.owner = owner;
  }
}

/** The idempotency key was used before, with another body. */
export class IdempotencyConflictError extends StoreError {
  override readonly name = 'IdempotencyConflictError';
  readonly code = 'conflict';
  readonly runId: string;

  constructor(runId: string) {
    super(
      `this idempotency key already started run "${runId}" with another body: ` +
        'repeat the request unchanged, or use a new key for a new request',
    );
    this.runId = runId;
  }
}

const feedbackRefusals = {
  'not-an-answer': {
    code: 'bad-request',
    words: 'is a message of the user, and only answers take feedback: name the answer below it',
  },
  'still-streaming': {
    code: 'conflict',
    words:
      'is still being written, and only answers that have ended take feedback: try again once its run has ended',
  },
} as const;

/** The message is there, and the caller's, but takes no feedback, or none yet. */
export class FeedbackRefusedError extends StoreError {
  override readonly name = 'FeedbackRefusedError';
  readonly code: 'bad-request' | 'conflict';
  readonly field = 'messageId';

  constructor(messageId: string, because: keyof typeof feedbackRefusals) {
    const { code, words } = feedbackRefusals[because];
    super(`message "${messageId}" ${words}`);
    this.code = code;
  }
}

/** Somebody else's batch stands where this writer's should: the run is no longer this writer's. */
export class LogLostError extends StoreError {
  override readonly name = 'LogLostError';
  readonly code = 'log-lost';
  readonly runId: string;
  readonly standing: Batch;

  constructor(runId: string, standing: Batch) {
    const how = standing.seal ? `sealed it as ${standing.seal}` : 'wrote it';
    super(
      `run "${runId}": writer "${standing.writer}" ${how} at batch ${standing.n}; stop the model and its tools`,
    );
    this.runId = runId;
    this.standing = standing;
  }
}

/**
 * The table did not answer, or not in time, after the SDK's own attempts: throttled, broken off, or failing. A write may
 * have happened all the same; repeating the request settles it.
 */
export class StoreUnavailableError extends StoreError {
  override readonly name = 'StoreUnavailableError';
  readonly code = 'unavailable';
  /** What a client is told besides. */
  readonly headers = { 'retry-after': '2' };

  constructor(cause: unknown) {
    super('What is stored cannot be reached at the moment: try again in a few seconds.', { cause });
  }
}

/** The log could be neither written nor read, so nobody knows what stands in it. */
export class LogUnavailableError extends StoreError {
  override readonly name = 'LogUnavailableError';
  readonly code = 'log-unavailable';

  constructor(runId: string, attempts: number, cause: unknown) {
    super(`run "${runId}": its log did not answer in ${attempts} attempts; the run is abandoned`, { cause });
  }
}

export class EventTooLargeError extends StoreError {
  override readonly name = 'EventTooLargeError';
  readonly code = 'event-too-large';

  constructor(type: string, bytes: number, max: number) {
    super(
      `an event "${type}" of ${bytes} bytes cannot be stored: expected at most ${max} bytes of JSON; ` +
        'shorten the output, or put it in the bucket and send a reference',
    );
  }
}

/** A stored item that is not what this version of the code reads. */
export class UnreadableItemError extends StoreError {
  override readonly name = 'UnreadableItemError';
  readonly code = 'unreadable-item';

  constructor(tableName: string, key: { pk: string; sk: string }, problems: string, cause?: unknown) {
    super(`table "${tableName}", item ${key.pk} / ${key.sk} cannot be read:\n${problems}`, { cause });
  }
}
