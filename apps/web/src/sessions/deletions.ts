/** Chats whose deletion was asked for. */
export interface Deletions {
  /** True for a while after `add`, also on the tab's next page. */
  has(sessionId: string): boolean;
  add(sessionId: string): void;
  remove(sessionId: string): void;
}

const storageKey = 'parley:deletions';

/** For so long a deletion is believed to be under way, in milliseconds: a list that still has the chat is older. */
const believedMs = 30_000;

/** Deletions in this tab's storage: one that is asked for while the page is left may come after the next one's list. */
export function createDeletions(storage: Pick<Storage, 'getItem' | 'setItem'>): Deletions {
  const askedAt = new Map(JSON.parse(storage.getItem(storageKey) ?? '[]') as [string, number][]);
  const isRecent = (at: number): boolean => Date.now() - at < believedMs;
  const keep = (): void => {
    const recent = [...askedAt].filter(([, at]) => isRecent(at));
    storage.setItem(storageKey, JSON.stringify(recent));
  };
  return {
    has: (sessionId) => isRecent(askedAt.get(sessionId) ?? -Infinity),
    add: (sessionId) => {
      askedAt.set(sessionId, Date.now());
      keep();
    },
    remove: (sessionId) => {
      askedAt.delete(sessionId);
      keep();
    },
  };
}
