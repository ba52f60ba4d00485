import { id } from '@parley/contract/id';
import { routePath, routePattern } from '@parley/contract/routes';
import {
  createSessionBody,
  changeSessionBody,
  type Session,
  type SessionView,
} from '@parley/contract/session';
import { readJson, readQuery } from '@parley/service/input';
import type { ServiceEnv } from '@parley/service/service-env';
import type { User } from '@parley/service/service-env';
import type { RemoveSessionFiles } from '@parley/session-files/remove-session';
import type { ConversationStore } from '@parley/store/conversations';
import type { Hono } from 'hono';
import { z } from 'zod';
import type { AppDirectory } from '../chat-apps/directory.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { sessionId } from './path-ids.ts';

export interface SessionRoutesOptions {
  conversations: ConversationStore;
  directory: AppDirectory;
  removeFiles: RemoveSessionFiles;
}

const limitText = z
  .string()
  .regex(/^([1-9]\d?|100)$/, 'expected a whole number from 1 to 100')
  .transform(Number);

const listQuery = z.strictObject({
  app: id.optional(),
  limit: limitText.optional(),
  cursor: z.string().max(400).optional(),
});

/** `/api/sessions` and below. Whose a session is, the store's `ownedSession` alone decides. */
export function addSessionRoutes(
  app: Hono<ServiceEnv>,
  { conversations, directory, removeFiles }: SessionRoutesOptions,
): void {
  const view = async (user: User, sessions: readonly Session[]): Promise<SessionView[]> => {
    if (sessions.length === 0) return [];
    const stateOf = await directory.states(
      user,
      sessions.map((session) => session.app),
    );
    return sessions.map((session) => ({ ...session, appState: stateOf(session.app) }));
  };
  const viewOne = async (user: User, session: Session) => (await view(user, [session]))[0]!;

  app.post(routePattern('sessions'), async (c) => {
    const user = c.get('user');
    const { app: appId, title } = await readJson(c, createSessionBody);
    await directory.get(user, appId);
    const session = await conversations.createSession({
      owner: user.sub,
      app: appId,
      ...(title !== undefined && { title }),
    });
    const location = routePath('session', { sessionId: session.id });
    return c.json({ ...session, appState: 'usable' } satisfies SessionView, 201, { location });
  });

  app.get(routePattern('sessions'), async (c) => {
    const user = c.get('user');
    const { app: appId, limit = 50, cursor } = readQuery(c, listQuery);
    const page = await conversations.listSessions(user.sub, {
      limit,
      ...(appId !== undefined && { app: appId }),
      ...(cursor !== undefined && { cursor: decodeCursor(cursor) }),
    });
    const next = page.cursor === undefined ? {} : { cursor: encodeCursor(page.cursor) };
    return c.json({ sessions: await view(user, page.sessions), ...next });
  });

  app.get(routePattern('session'), async (c) => {
    const user = c.get('user');
    return c.json(await viewOne(user, await conversations.ownedSession(user.sub, sessionId(c))));
  });

  app.patch(routePattern('session'), async (c) => {
    const user = c.get('user');
    const { id: owned } = await conversations.ownedSession(user.sub, sessionId(c));
    const change = await readJson(c, changeSessionBody);
    return c.json(await viewOne(user, await conversations.changeSession(user.sub, owned, change)));
  });

  app.delete(routePattern('session'), async (c) => {
    const place = { owner: c.get('user').sub, sessionId: sessionId(c) };
    await conversations.requireOwner(place.owner, place.sessionId);
    // Files go before the session: of a delete that is cut in between the user sees what to delete again. Then
    // those that came meanwhile; a repeated delete sees to them too.
    await removeFiles(place);
    await conversations.deleteSession(place.owner, place.sessionId);
    await removeFiles(place);
    return c.body(null, 204);
  });

  app.get(routePattern('messages'), async (c) => {
    const session = await conversations.ownedSession(c.get('user').sub, sessionId(c));
    return c.json({ messages: await conversations.listMessages(session) });
  });
}
