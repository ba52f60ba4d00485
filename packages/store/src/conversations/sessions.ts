import { randomBytes } from 'node:crypto';
import type { ChangeSessionBody, Session } from '@parley/contract/session';
import { z } from 'zod';
import { timestamp, type Clock } from '../clock.ts';
import { NotFoundError } from '../errors.ts';
import { ifAbsent, type Condition } from '../table/expressions.ts';
import { putOrFind } from '../table/put-or-find.ts';
import type { Item, Key, TableIo } from '../table/table-io.ts';

export interface SessionPage {
  /** Newest first, by when they were created. */
  sessions: Session[];
  /** Pass it to get the next page; absent on the last. */
  cursor?: string;
}

export interface Sessions {
  /** With the `id` of a session that exists, returns that one. */
  createSession(session: { owner: string; app: string; title?: string; id?: string }): Promise<Session>;
  /** `limit` defaults to 50. */
  listSessions(owner: string, page?: { app?: string; limit?: number; cursor?: string }): Promise<SessionPage>;
  /**
   * The ownership guard: the one way from a user and a session id to a session.
   * @throws NotFoundError, the same for an absent, a deleted and somebody else's session.
   */
  ownedSession(owner: string, sessionId: string): Promise<Session>;
  /** Gives it a title, or shows another branch: `shownMessageId` must be one of its messages. @throws NotFoundError */
  changeSession(owner: string, sessionId: string, change: ChangeSessionBody): Promise<Session>;
  /** Also of one that was deleted. @throws NotFoundError when the user never had it. */
  requireOwner(owner: string, sessionId: string): Promise<void>;
  /** Nothing of it can be read afterwards, and runs that are open are stopped. @throws NotFoundError */
  deleteSession(owner: string, sessionId: string): Promise<void>;
  /**
   * Something was said: sets `updatedAt`, raises the revision, gives a title to a session that has none, and shows
   * the branch of a message. @throws NotFoundError
   */
  touchSession(owner: string, sessionId: string, more?: SessionTouch): Promise<Session>;
  /** Something else changed, which other devices have to fetch. @throws NotFoundError */
  raiseRevision(owner: string, sessionId: string): Promise<Session>;
}

export interface SessionTouch {
  titleIfNone?: string;
  shownMessageId?: string;
}

const sessionItem = z.object({
  id: z.string(),
  app: z.string(),
  /** Absent until somebody gives one. */
  title: z.string().optional(),
  createdAt: z.string(),
  updatedAt: z.string(),
  revision: z.number().int(),
  shownMessageId: z.string().optional(),
  deletedAt: z.string().optional(),
});

const ifLive: Condition = { present: ['pk'], absent: ['deletedAt'] };

export function createSessions(table: TableIo, clock: Clock): Sessions {
  async function change(
    owner: string,
    id: string,
    set: ChangeSessionBody & Partial<Item>,
    titleIfNone?: string,
  ) {
    const update = {
      set,
      setIfAbsent: { title: titleIfNone },
      add: { revision: 1 },
    };
    const changed = await table.update(keyOf(owner, id), update, ifLive, sessionItem);
    if (!changed) throw new NotFoundError('session', id);
    return sessionOf(changed);
  }

  async function ownedSession(owner: string, sessionId: string): Promise<Session> {
    const found = await table.get(keyOf(owner, sessionId), sessionItem);
    if (!found || found.deletedAt) throw new NotFoundError('session', sessionId);
    return sessionOf(found);
  }

  return {
    ownedSession,
    requireOwner: async (owner, sessionId) => {
      const found = await table.get(keyOf(owner, sessionId), sessionItem);
      if (!found) throw new NotFoundError('session', sessionId);
    },
    createSession: async ({ owner, app, title, id = newSessionId(clock.now()) }) => {
      const now = timestamp(clock);
      const session = { id, app, title, createdAt: now, updatedAt: now, revision: 1 };
      return putOrFind(
        sessionOf(session),
        () => table.put({ ...keyOf(owner, id), ...session }, ifAbsent),
        () => ownedSession(owner, id),
      );
    },
    listSessions: async (owner, { app, limit = 50, cursor } = {}) => {
      const page: Item[] = [];
      const after = cursor === undefined ? undefined : keyOf(owner, cursor).sk;
      const range = { pk: keyOf(owner, '').pk, prefix: sessionPrefix, after, descending: true };
      for await (const item of table.query({ ...range, pageSize: limit + 1 })) {
        if (item['deletedAt'] || (app !== undefined && item['app'] !== app)) continue;
        if (page.push(item) > limit) break;
      }
      const sessions = page.slice(0, limit).map((item) => sessionOf(table.parse(item, sessionItem)));
      const last = sessions.at(-1);
      return page.length > limit && last ? { sessions, cursor: last.id } : { sessions };
    },
    changeSession: change,
    deleteSession: async (owner, sessionId) => {
      await change(owner, sessionId, { deletedAt: timestamp(clock) });
    },
    touchSession: (owner, sessionId, { titleIfNone, ...more } = {}) =>
      change(owner, sessionId, { updatedAt: timestamp(clock), ...more }, titleIfNone),
    raiseRevision: (owner, sessionId) => change(owner, sessionId, {}),
  };
}

/** 48 bits of time, so that ids sort by age, then 128 random bits, so that none can be guessed. */
export function newSessionId(now: number): string {
  return `${now.toString(16).padStart(12, '0')}-${randomBytes(16).toString('hex')}`;
}

const sessionPrefix = 'session#';

/** The owner is part of the key: another user's request reads another key, where nothing is. */
function keyOf(owner: string, sessionId: string): Key {
  return { pk: `user#${owner}`, sk: `${sessionPrefix}${sessionId}` };
}

function sessionOf({ title = '', ...item }: z.output<typeof sessionItem>): Session {
  const { deletedAt: _, ...session } = item;
  return { ...session, title };
}
