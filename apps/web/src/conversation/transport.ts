import type { FeedbackBody } from '@parley/contract/feedback';
import type { Message } from '@parley/contract/message';
import type { StartRunBody } from '@parley/contract/run';
import type { ChangeSessionBody, SessionView } from '@parley/contract/session';

/** The part of the API that one conversation lives on. */
export interface Transport {
  session(sessionId: string): Promise<SessionView>;
  changeSession(sessionId: string, change: ChangeSessionBody): Promise<SessionView>;
  messages(sessionId: string): Promise<Message[]>;
  startRun(sessionId: string, key: string, body: StartRunBody, signal: AbortSignal): Promise<Response>;
  runEvents(runId: string, lastEventId: string | undefined, signal: AbortSignal): Promise<Response>;
  stopRun(runId: string): Promise<void>;
  giveFeedback(sessionId: string, messageId: string, said: FeedbackBody): Promise<void>;
  withdrawFeedback(sessionId: string, messageId: string): Promise<void>;
  sessionEvents(sessionId: string, signal: AbortSignal): Promise<Response>;
}
