import { routePattern } from '@parley/contract/routes';
import type { ServiceEnv } from '@parley/service/service-env';
import type { ConversationStore } from '@parley/store/conversations';
import type { Hono } from 'hono';
import { eventStreamResponse, sseRecord, type EventStreamTimes } from '../sse/event-stream.ts';
import { leavingSignal } from '../sse/leaving.ts';
import type { SessionWatcher } from './watcher.ts';

export interface SessionRoutesOptions {
  conversations: Pick<ConversationStore, 'ownedSession'>;
  watcher: SessionWatcher;
  stopping: AbortSignal;
  times: EventStreamTimes;
}

/** Tells a user's other tabs and devices what happens in a session. */
export function addSessionRoutes(app: Hono<ServiceEnv>, options: SessionRoutesOptions): void {
  const { conversations, watcher, stopping, times } = options;
  app.get(routePattern('sessionEvents'), async (c) => {
    const { sub } = c.get('user');
    const { id } = await conversations.ownedSession(sub, c.req.param('sessionId') ?? '');
    return eventStreamResponse(c, times, async (stream) => {
      for await (const events of watcher.watch(sub, id, leavingSignal(stream.gone, stopping))) {
        await stream.write(events.map((event) => sseRecord(event)).join(''));
      }
    });
  });
}
