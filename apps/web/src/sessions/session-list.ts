import type { SessionView } from '@parley/contract/session';
import type { ApiClient } from '../api/client.ts';
import { asApiError } from '../api/errors.ts';
import { Observable } from '../ui/observable.ts';
import type { Deletions } from './deletions.ts';

type ListApi = Pick<ApiClient, 'sessions' | 'changeSession' | 'deleteSession'>;

export interface SessionListState {
  status: 'loading' | 'ready' | 'error';
  sessions: readonly SessionView[];
  hasMore: boolean;
  /** Hidden, and deleted for good when the time to think again is over. */
  leaving?: SessionView | undefined;
  /** True if what is leaving was the chat on the screen. */
  wasOpen?: boolean;
  /** The session that was just brought back, until it has the focus: its id. */
  restored?: string | undefined;
  problem?: string | undefined;
}

/** How long a deletion can be undone, in milliseconds. */
export const undoMs = 7_000;

/** The user's sessions: pages of them, renaming, and deleting with a time to undo it. */
export class SessionList extends Observable<SessionListState> {
  readonly #api: ListApi;
  #cursor: string | undefined;
  /** A page that was read a moment earlier may still hold them. */
  readonly #deletions: Deletions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts what was asked and learned, so that a late answer takes back nothing newer. */
  #clock = 0;
  #shownSince = 0;
  readonly #notedAt = new Map<string, number>();

  constructor(api: ListApi, deletions: Deletions) {
    super({ status: 'loading', sessions: [], hasMore: false });
    this.#api = api;
    this.#deletions = deletions;
  }

  /** Reads the newest page; older ones that were read stay. */
  async refresh(): Promise<void> {
    const askedAt = ++this.#clock;
    try {
      const { sessions, cursor } = await this.#api.sessions();
      if (askedAt < this.#shownSince) return;
      this.#shownSince = askedAt;
      const newer = this.getSnapshot().sessions.filter(({ id }) => (this.#notedAt.get(id) ?? 0) > askedAt);
      const isFirst = this.getSnapshot().status !== 'ready';
      if (isFirst) this.#cursor = cursor;
      const kept = isFirst || cursor === undefined ? [] : this.getSnapshot().sessions.slice(sessions.length);
      this.#set({ status: 'ready', sessions: merged(kept, [...sessions, ...newer]), problem: undefined });
    } catch (error) {
      if (this.getSnapshot().status !== 'ready')
        this.#set({ status: 'error', problem: asApiError(error).message });
    }
  }

  async more(): Promise<void> {
    if (this.#cursor === undefined) return;
    await this.#tell(async () => {
      const { sessions, cursor } = await this.#api.sessions(this.#cursor);
      this.#cursor = cursor;
      this.#set({ sessions: merged(this.getSnapshot().sessions, sessions) });
    });
  }

  /** Takes in what is known of one session from elsewhere. */
  note(session: SessionView): void {
    this.#notedAt.set(session.id, ++this.#clock);
    this.#set({ sessions: merged(this.getSnapshot().sessions, [session]) });
  }

  async rename(session: SessionView, title: string): Promise<void> {
    this.note({ ...session, title });
    await this.#tell(
      async () => this.note(await this.#api.changeSession(session.id, { title })),
      () => this.note(session),
    );
  }

  /** Hides a session; it is deleted once it can no longer be brought back. */
  remove(session: SessionView, wasOpen = false): void {
    this.commit();
    this.#set({
      sessions: this.getSnapshot().sessions.filter(({ id }) => id !== session.id),
      leaving: session,
      wasOpen,
      restored: undefined,
    });
    this.#timer = setTimeout(() => this.commit(), undoMs);
  }

  undo(): void {
    clearTimeout(this.#timer);
    const { leaving } = this.getSnapshot();
    if (!leaving) return;
    const sessions = merged(this.getSnapshot().sessions, [leaving]);
    this.#set({ sessions, leaving: undefined, restored: leaving.id });
  }

  /** What was brought back has the focus. */
  settle(): void {
    this.#set({ restored: undefined });
  }

  /** Deletes what is leaving, now: its time is over, or the page is being left. */
  commit(): void {
    clearTimeout(this.#timer);
    const { leaving } = this.getSnapshot();
    if (!leaving) return;
    this.#deletions.add(leaving.id);
    this.#set({ leaving: undefined });
    void this.#tell(
      () => this.#api.deleteSession(leaving.id),
      () => {
        this.#deletions.remove(leaving.id);
        this.note(leaving);
      },
    );
  }

  dismissProblem(): void {
    this.#set({ problem: undefined });
  }

  async #tell(work: () => Promise<void>, undo: () => void = () => undefined): Promise<void> {
    try {
      await work();
    } catch (error) {
      undo();
      this.#set({ problem: asApiError(error).message });
    }
  }

  #set(change: Partial<SessionListState>): void {
    const next = { ...this.getSnapshot(), ...change };
    const sessions = next.sessions.filter(({ id }) => id !== next.leaving?.id && !this.#deletions.has(id));
    this.publish({ ...next, sessions, hasMore: this.#cursor !== undefined });
  }
}

function merged(old: readonly SessionView[], fresh: readonly SessionView[]): SessionView[] {
  const byId = new Map([...old, ...fresh].map((session) => [session.id, session]));
  return [...byId.values()];
}
