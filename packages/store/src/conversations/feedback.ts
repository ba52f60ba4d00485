import type { Feedback, FeedbackBody } from '@parley/contract/feedback';
import type { Message } from '@parley/contract/message';
import type { Session } from '@parley/contract/session';
import { timestamp, type Clock } from '../clock.ts';
import { FeedbackRefusedError, NotFoundError } from '../errors.ts';
import type { Messages } from './messages.ts';
import type { Sessions } from './sessions.ts';

/** Which answer of which session a user says something of. */
export interface RatedAnswer {
  owner: string;
  session: Session;
  messageId: string;
}

export interface FeedbackChange {
  /** The answer as it was before, with the feedback that it had. */
  before: Message;
  /** What stands now; absent when it was withdrawn. */
  feedback?: Feedback;
}

export interface FeedbackStore {
  /**
   * Stores what the owner thinks of an answer that has ended, in place of what was said before.
   * @throws NotFoundError for an unknown message or session, FeedbackRefusedError for a message that takes none.
   */
  giveFeedback(at: RatedAnswer, said: FeedbackBody): Promise<FeedbackChange & { feedback: Feedback }>;
  /** Takes it back; where none stands, none is lost. Throws as `giveFeedback` does. */
  withdrawFeedback(at: RatedAnswer): Promise<FeedbackChange>;
}

interface FeedbackParts {
  /** The message as it counts now. */
  getMessage(session: Session, messageId: string): Promise<Message | undefined>;
  messages: Pick<Messages, 'changeFeedback'>;
  sessions: Pick<Sessions, 'raiseRevision'>;
  clock: Clock;
}

/**
 * The last write wins. The message is changed first and the session's revision raised then, so that whoever
 * sees the revision finds the change; repeating the request completes what a crash cut between the two.
 */
export function createFeedback({ getMessage, messages, sessions, clock }: FeedbackParts): FeedbackStore {
  async function endedAnswer({ session, messageId }: RatedAnswer): Promise<Message> {
    const message = await getMessage(session, messageId);
    if (!message) throw new NotFoundError('message', messageId);
    if (message.role !== 'assistant') throw new FeedbackRefusedError(messageId, 'not-an-answer');
    if (message.status === 'streaming') throw new FeedbackRefusedError(messageId, 'still-streaming');
    return message;
  }

  async function change({ owner, session, messageId }: RatedAnswer, feedback?: Feedback): Promise<void> {
    const isChanged = await messages.changeFeedback(session.id, messageId, feedback);
    if (!isChanged) throw new NotFoundError('message', messageId);
    await sessions.raiseRevision(owner, session.id);
  }

  return {
    giveFeedback: async (at, { rating, comment }) => {
      const before = await endedAnswer(at);
      const updatedAt = timestamp(clock);
      const createdAt = before.feedback?.createdAt ?? updatedAt;
      const feedback = { rating, ...(comment !== undefined && { comment }), createdAt, updatedAt };
      await change(at, feedback);
      return { before, feedback };
    },
    withdrawFeedback: async (at) => {
      const before = await endedAnswer(at);
      await change(at);
      return { before };
    },
  };
}
