import type { ReactNode } from 'react';
import { ThreadList } from '../sessions/thread-list.tsx';
import { ThemeSwitch } from '../theme/theme-switch.tsx';
import { Brand } from '../ui/brand.tsx';
import { Icon } from '../ui/icon.tsx';
import { PlaceLink } from '../ui/place-link.tsx';
import type { placeOf } from './location.ts';
import { useServices } from './services.ts';

interface SidebarProps {
  place: ReturnType<typeof placeOf>;
  onClose?: () => void;
}

/** Brand, new chat, the list of sessions, and who is signed in. */
export function Sidebar({ place, onClose }: SidebarProps): ReactNode {
  const { me, signIn, chatApps } = useServices();
  const only = chatApps?.length === 1 ? chatApps[0] : undefined;
  return (
    <>
      <div className="sidebar-top">
        <PlaceLink to={{ page: 'home' }} className="brand-link" aria-label="Parley, all chat apps">
          <Brand />
        </PlaceLink>
        {onClose && (
          <button
            type="button"
            className="icon-button"
            aria-label="Close the list of chats"
            onClick={onClose}
          >
            <Icon name="close" />
          </button>
        )}
      </div>
      <PlaceLink
        className="button new-chat"
        to={only ? { page: 'new-chat', app: only.id } : { page: 'home' }}
      >
        <Icon name="plus" /> New chat
      </PlaceLink>
      <ThreadList openId={place.page === 'session' ? place.sessionId : undefined} />
      <div className="sidebar-bottom">
        <ThemeSwitch />
        <div className="account">
          {me ? (
            <span className="avatar" aria-hidden="true">
              {me.name.slice(0, 1).toUpperCase()}
            </span>
          ) : (
            <span className="skeleton avatar-shape" />
          )}
          <span className="account-name">{me?.name}</span>
          <button
            type="button"
            className="icon-button"
            aria-label="Sign out"
            title="Sign out"
            onClick={() => void signIn.end()}
          >
            <Icon name="out" />
          </button>
        </div>
      </div>
    </>
  );
}
