import type { Pending, Waiting } from './state.ts';

/** Keeps what was sent until the server has it, so that a reload in between loses nothing. */
export interface Outbox {
  read(sessionId: string): Pending | Waiting | undefined;
  write(sessionId: string, sent: Pending | Waiting | undefined): void;
}

const storageKey = (sessionId: string) => `parley:outbox:${sessionId}`;

/** An outbox in this tab's storage: another tab must not send the same again. */
export function createOutbox(storage: Storage): Outbox {
  return {
    read: (sessionId) => {
      const text = storage.getItem(storageKey(sessionId));
      return text === null ? undefined : (JSON.parse(text) as Pending | Waiting);
    },
    write: (sessionId, sent) => {
      if (sent) storage.setItem(storageKey(sessionId), JSON.stringify(sent));
      else storage.removeItem(storageKey(sessionId));
    },
  };
}
