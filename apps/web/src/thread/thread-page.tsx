import type { ReactNode } from 'react';
import type { Place } from '../site/location.ts';
import { NewChatPage } from './new-chat-page.tsx';
import { SessionPage } from './session-page.tsx';

export interface ThreadPageProps {
  place: Exclude<Place, { page: 'home' }>;
  menu: ReactNode;
}

/** A conversation, or one that has not begun. */
export function ThreadPage({ place, menu }: ThreadPageProps): ReactNode {
  return place.page === 'new-chat' ? (
    <NewChatPage key={place.app} app={place.app} menu={menu} />
  ) : (
    <SessionPage key={place.sessionId} sessionId={place.sessionId} menu={menu} />
  );
}
