import type { FeedbackBody } from '@parley/contract/feedback';
import type { FilePart, Message, MessagePart } from '@parley/contract/message';
import type { Decision, Seal } from '@parley/contract/run';
import type { Session, SessionEvent } from '@parley/contract/session';
import type { StreamEvent } from '@parley/contract/stream';

/** What a run's events amount to so far: the growing content of one answer. */
export interface RunContent {
  messageId?: string;
  model?: string;
  parts: readonly MessagePart[];
  /** The text part that each text id of the stream writes to. */
  texts: Readonly<Record<string, number>>;
  error?: Message['error'];
  usage?: Message['usage'];
  context?: Message['context'];
  notice?: Notice | undefined;
  /** How it ended, as the stream itself says. */
  seal?: Seal;
}

export interface Notice {
  code: string;
  message: string;
  retryAfterSeconds?: number | undefined;
}

/** One run: the events 0…next−1 are in `content`, later ones wait in `held` until the gap is filled. */
export interface Run {
  next: number;
  content: RunContent;
  held: Readonly<Record<number, RunEntry>>;
}

/** A message the user sent that the server has not told us about yet. */
export interface Pending {
  key: string;
  parentId: string | null;
  /** Absent when an existing message is answered again, or a cut answer goes on. */
  text?: string | undefined;
  /** What it brings along. */
  files?: readonly FilePart[] | undefined;
  /** True when the branch is to be summed up. */
  compact?: true | undefined;
  /** What the user decided of the calls that the parent waits with. */
  decisions?: readonly Decision[] | undefined;
  createdAt: string;
  /** Known from the answer's first event. */
  runId?: string;
  error?: { code: string; message: string };
}

/** A message that was sent before it is known where it belongs: it goes to the end of the branch once that is. */
export interface Waiting {
  key: string;
  text: string;
  files?: readonly FilePart[] | undefined;
  createdAt: string;
  /** The answer it follows, where that is known already. */
  parentId?: string | undefined;
}

/** What a user says of an answer; undefined withdraws what was said. */
export type Said = FeedbackBody | undefined;

/** What was said of an answer on this page, until the server's messages show it, or why it was refused. */
export interface SentFeedback {
  said: Said;
  error?: { code: string; message: string };
}

export interface Conversation {
  loaded: boolean;
  session?: Session;
  deleted: boolean;
  messages: Readonly<Record<string, Message>>;
  runs: Readonly<Record<string, Run>>;
  ended: Readonly<Record<string, Seal>>;
  /** Runs the server says are open. */
  open: Readonly<Record<string, string>>;
  pending?: Pending | undefined;
  waiting?: Waiting | undefined;
  /** The child that was chosen below a message; `''` stands for the root. The newest, if none was. */
  chosen: Readonly<Record<string, string>>;
  /** By the answer's id. */
  feedback: Readonly<Record<string, SentFeedback>>;
  /** Why what was decided was not taken, by the id of the answer that waits. */
  refusedDecisions: Readonly<Record<string, { code: string; message: string }>>;
}

/** One event of a run, by its number in the log. */
export interface RunEntry {
  type: 'run';
  runId: string;
  n: number;
  event: StreamEvent;
}

/** All that the log of a conversation can say; any of it may come twice, late, or in pieces. */
export type LogEntry =
  RunEntry | { type: 'messages'; messages: readonly Message[] } | { type: 'session'; event: SessionEvent };

/** What the user does on this page. */
export type Command =
  | { type: 'wait'; waiting: Waiting }
  /** Sends; of what waited under this key, the place is known now. */
  | { type: 'submit'; pending: Pending }
  | { type: 'accepted'; key: string; runId: string }
  | { type: 'refused'; key: string; error: { code: string; message: string } }
  | { type: 'dismiss' }
  | { type: 'choose'; messageId: string }
  | { type: 'rate'; messageId: string; said: Said }
  /** The server has it, and the messages before this entry show it. */
  | { type: 'rated'; messageId: string; said: Said }
  | { type: 'rating-refused'; messageId: string; said: Said; error: { code: string; message: string } };

export const emptyConversation: Conversation = {
  loaded: false,
  deleted: false,
  messages: {},
  runs: {},
  ended: {},
  open: {},
  chosen: {},
  feedback: {},
  refusedDecisions: {},
};
