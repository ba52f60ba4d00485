import type { Pending } from './state.ts';

/** Keeps what was sent until the server has it, so that a reload in between loses nothing. */
export interface Outbox {
  read(sessionId: string): Pending | undefined;
  write(sessionId: string, pending: Pending | undefined): void;
}

const storageKey = (sessionId: string) => `parley:outbox:${sessionId}`;

/** An outbox in this tab's storage: another tab must not send the same again. */
export function createOutbox(storage: Storage): Outbox {
  return {
    read: (sessionId) => {
      const text = storage.getItem(storageKey(sessionId));
      return text === null ? undefined : (JSON.parse(text) as Pending);
    },
    write: (sessionId, pending) => {
      if (pending) storage.setItem(storageKey(sessionId), JSON.stringify(pending));
      else storage.removeItem(storageKey(sessionId));
    },
  };
}
