import { useSyncExternalStore } from 'react';

/** Where a link within the site leads. */
export type Place =
  { page: 'home' } | { page: 'new-chat'; app: string } | { page: 'session'; sessionId: string };

/** Where the page is: an address may also lead nowhere. */
export function placeOf(path: string): Place | { page: 'unknown' } {
  const [, kind, id] = /^\/(chat|c)\/([\w-]{1,128})\/?$/.exec(path) ?? [];
  if (kind === 'chat' && id) return { page: 'new-chat', app: id };
  if (kind === 'c' && id) return { page: 'session', sessionId: id };
  return { page: path === '/' ? 'home' : 'unknown' };
}

export function pathTo(place: Place): string {
  switch (place.page) {
    case 'home':
      return '/';
    case 'new-chat':
      return `/chat/${place.app}`;
    case 'session':
      return `/c/${place.sessionId}`;
  }
}

const listeners = new Set<() => void>();

export function goTo(place: Place, { replace = false } = {}): void {
  const path = pathTo(place);
  if (path === location.pathname) return;
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('popstate', listener);
  };
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname);
}
