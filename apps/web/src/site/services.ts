import { createContext, use } from 'react';
import type { ChatAppView } from '@parley/contract/chat-app';
import type { ApiClient, Me } from '../api/client.ts';
import type { Outbox } from '../conversation/outbox.ts';
import type { Presence } from '../conversation/presence.ts';
import type { SessionList } from '../sessions/session-list.ts';
import type { SignIn } from '../sign-in/sign-in.ts';

/** What the pages work with; made once by the site, replaced as a whole in tests. */
export interface Services {
  api: ApiClient;
  signIn: SignIn;
  list: SessionList;
  outbox: Outbox;
  presence: Presence;
  /** Undefined while it is being fetched, as are the chat apps. */
  me?: Me;
  chatApps?: readonly ChatAppView[];
}

export const ServicesContext = createContext<Services | undefined>(undefined);

export function useServices(): Services {
  const services = use(ServicesContext);
  if (!services)
    throw new Error('useServices: no ServicesContext above this component; render it inside Site.');
  return services;
}
