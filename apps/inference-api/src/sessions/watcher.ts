import type { SessionEvent } from '@parley/contract/session';
import { changesBetween, firstEvents, type SessionView } from './changes.ts';
import { SessionPoller, type SessionPollerOptions } from './poller.ts';

/** Tells readers what happens in sessions, from one poll per session however many read. */
export interface SessionWatcher {
  /**
   * Events of a session, beginning with where it stands, until `signal` aborts or it is deleted.
   * A reader that is slow gets the sum of what it missed, never a backlog.
   */
  watch(owner: string, sessionId: string, signal: AbortSignal): AsyncGenerator<SessionEvent[]>;
  /** Something happened in a session on this process: look now. */
  nudge(owner: string, sessionId: string): void;
}

export function createSessionWatcher(options: SessionPollerOptions): SessionWatcher {
  const pollers = new Map<string, SessionPoller>();
  return {
    async *watch(owner, sessionId, signal) {
      const poller = pollers.get(key(owner, sessionId)) ?? new SessionPoller(options, owner, sessionId);
      pollers.set(key(owner, sessionId), poller);
      poller.readers += 1;
      try {
        yield* readViews(poller, signal);
      } finally {
        poller.readers -= 1;
        if (poller.readers === 0) {
          pollers.delete(key(owner, sessionId));
          poller.stop();
        }
      }
    },
    nudge: (owner, sessionId) => pollers.get(key(owner, sessionId))?.lookNow(),
  };
}

async function* readViews(poller: SessionPoller, signal: AbortSignal): AsyncGenerator<SessionEvent[]> {
  let seen: SessionView | undefined;
  while (!signal.aborted) {
    const view = poller.view;
    if (view === 'deleted') {
      yield [{ type: 'session-deleted' }];
      return;
    }
    if (view === undefined || view === seen) {
      await poller.changed.next(signal);
      continue;
    }
    const events = seen ? changesBetween(seen, view) : firstEvents(view);
    seen = view;
    if (events.length > 0) yield events;
  }
}

/** The owner is part of it, so that no reader can share a poller of somebody else. */
function key(owner: string, sessionId: string): string {
  return JSON.stringify([owner, sessionId]);
}
