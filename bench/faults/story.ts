/** An event as it stood on the wire. */
export interface SeenEvent {
  /** The whole id, as sent. */
  id: string;
  data: string;
}

/**
 * How a connection ended: `done` in order, `cut` by the client, `broken` without the client's doing, `silent` for longer
 * than the contract allows, or the status with which it was refused.
 */
export type Ending = 'done' | 'cut' | 'broken' | 'silent' | number;

/** What a client saw over one connection. */
export interface Connection {
  /** Number of the event that it said it had seen last; -1: none. */
  after: number;
  events: SeenEvent[];
  ending: Ending;
}

/** All that a client saw of one run. */
export interface RunStory {
  runId: string;
  messageId: string;
  connections: Connection[];
}

/** A session's one question, and the runs that answered it: the first, then those that continued a cut one. */
export interface Story {
  /** Number of the stream. */
  stream: number;
  sessionId: string;
  runs: RunStory[];
  /** True when the client asked for a stop. */
  isStopped: boolean;
  /** Why the client gave up; undefined when it saw the end. */
  gaveUp?: string;
}
