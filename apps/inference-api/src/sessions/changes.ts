import type { Message } from '@parley/contract/message';
import type { Session, SessionEvent } from '@parley/contract/session';

/** What is remembered of a message between two looks: each slow reader may hold on to a view, so never its text. */
export type MessageHead = Pick<Message, 'id' | 'parentId' | 'role' | 'status' | 'runId' | 'feedbackRevision'>;

export function headOf({ id, parentId, role, status, runId, feedbackRevision }: Message): MessageHead {
  return {
    id,
    parentId,
    role,
    status,
    ...(runId !== undefined && { runId }),
    ...(feedbackRevision !== undefined && { feedbackRevision }),
  };
}

/** A session as one look at it found it. */
export interface SessionView {
  session: Session;
  messages: readonly MessageHead[];
}

/** What a new reader is told first: the session, and the runs open in it. */
export function firstEvents({ session, messages }: SessionView): SessionEvent[] {
  return [{ type: 'session', session }, ...messages.filter(isOpen).map(runStarted)];
}

/** What happened between two looks at a session, in the order a reader can apply it. */
export function changesBetween(before: SessionView, after: SessionView): SessionEvent[] {
  const known = new Map(before.messages.map((message) => [message.id, message]));
  const changed =
    before.session.revision !== after.session.revision || before.session.title !== after.session.title;
  return [
    ...(changed ? [{ type: 'session' as const, session: after.session }] : []),
    ...after.messages.flatMap((message) => messageEvents(known.get(message.id), message)),
  ];
}

/** True while somebody is writing a message of the session. */
export function hasOpenRun({ messages }: SessionView): boolean {
  return messages.some(isOpen);
}

function messageEvents(before: MessageHead | undefined, after: MessageHead): SessionEvent[] {
  const events: SessionEvent[] = [];
  if (!before) {
    events.push({ type: 'message-added', messageId: after.id, parentId: after.parentId, role: after.role });
  }
  if (after.runId === undefined) return events;
  if (!before) events.push(runStarted(after));
  if (after.status !== 'streaming' && (!before || isOpen(before))) {
    events.push({ type: 'run-ended', runId: after.runId, messageId: after.id, status: after.status });
  }
  const { feedbackRevision: revision = 0 } = after;
  if (before && revision !== (before.feedbackRevision ?? 0)) {
    events.push({ type: 'feedback-changed', messageId: after.id, revision });
  }
  return events;
}

function isOpen({ status }: MessageHead): boolean {
  return status === 'streaming';
}

function runStarted({ id, runId }: MessageHead): SessionEvent {
  return { type: 'run-started', runId: runId ?? '', messageId: id };
}
