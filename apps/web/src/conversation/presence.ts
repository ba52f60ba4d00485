/** Whether somebody looks at the page, or did until a moment ago. */
export interface Presence {
  readonly isHere: boolean;
  /** Calls `listener` at each change. @returns what ends that */
  subscribe(listener: () => void): () => void;
}

/** A tab that is hidden for less than this, in milliseconds, is one that was passed over. */
const graceMs = 2_000;

/** The presence of whoever has this page before them: a hidden tab counts as left after two seconds. */
export function createPresence(page: Document): Presence {
  const listeners = new Set<() => void>();
  let isHere = page.visibilityState === 'visible';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const set = (value: boolean): void => {
    if (value === isHere) return;
    isHere = value;
    for (const listener of listeners) listener();
  };
  page.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (page.visibilityState === 'visible') set(true);
    else timer = setTimeout(() => set(false), graceMs);
  });
  return {
    get isHere() {
      return isHere;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Aborts `line` when nobody is here, or no longer. @returns what ends that */
export function abortWhenLeft(presence: Presence, line: AbortController): () => void {
  const look = (): void => {
    if (!presence.isHere) line.abort();
  };
  look();
  return presence.subscribe(look);
}

/** Waits until somebody is here, or the signal aborts. */
export function untilHere(presence: Presence, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!presence.isHere && !signal.aborted) return;
      end();
      signal.removeEventListener('abort', look);
      resolve();
    };
    const end = presence.subscribe(look);
    signal.addEventListener('abort', look);
    look();
  });
}
