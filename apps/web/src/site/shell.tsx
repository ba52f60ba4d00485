import { useEffect, useRef, useState, type MouseEvent, type ReactNode } from 'react';
import { HomePage } from '../home/home-page.tsx';
import { UndoToast } from '../sessions/undo-toast.tsx';
import { prefetchConversationView } from '../thread/lazy-conversation.tsx';
import { NewChatPage } from '../thread/new-chat-page.tsx';
import { SessionPage } from '../thread/session-page.tsx';
import { useMedia } from '../ui/use-media.ts';
import { Icon } from '../ui/icon.tsx';
import { Boundary } from '../ui/boundary.tsx';
import { BrokenPage } from './broken-page.tsx';
import { DeadEnd } from './dead-end.tsx';
import { placeOf, usePath } from './location.ts';
import { useServices } from './services.ts';
import { Sidebar } from './sidebar.tsx';
import './shell.css';

/** After this long at the home page, in milliseconds, its own work is done. */
const restMs = 500;

/** The frame around every page: the list of sessions beside it, or behind a button on a small screen. */
export function Shell(): ReactNode {
  const { list } = useServices();
  const path = usePath();
  const place = placeOf(path);
  const isWide = useMedia('(min-width: 52rem)');
  const drawer = useRef<HTMLDialogElement>(null);
  const [isDrawerOpen, setDrawerOpen] = useState(false);

  useEffect(() => {
    const timer = setTimeout(prefetchConversationView, restMs);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    drawer.current?.close();
    void list.refresh();
  }, [list, path]);
  useEffect(() => {
    const refresh = (): void => void (document.visibilityState === 'visible' && list.refresh());
    const leave = (): void => list.commit();
    document.addEventListener('visibilitychange', refresh);
    addEventListener('pagehide', leave);
    return () => {
      document.removeEventListener('visibilitychange', refresh);
      removeEventListener('pagehide', leave);
    };
  }, [list]);

  const openDrawer = (): void => {
    drawer.current?.showModal();
    setDrawerOpen(true);
  };
  // Over an open drawer only what is in it can be reached.
  const isToastInDrawer = isDrawerOpen && !isWide;
  const menu = isWide ? null : (
    <button type="button" className="icon-button" aria-label="Open the list of chats" onClick={openDrawer}>
      <Icon name="menu" />
    </button>
  );
  return (
    <div className="shell">
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      {isWide ? (
        <nav className="sidebar" aria-label="Chats">
          <Sidebar place={place} />
        </nav>
      ) : (
        <dialog
          className="drawer"
          ref={drawer}
          aria-label="Chats"
          onClick={closeOnBackdrop}
          onClose={() => setDrawerOpen(false)}
        >
          <nav className="sidebar" aria-label="Chats">
            <Sidebar place={place} onClose={() => drawer.current?.close()} />
          </nav>
          {isToastInDrawer && <UndoToast />}
        </dialog>
      )}
      <main id="content" className="content" tabIndex={-1}>
        <Boundary of={path} instead={<BrokenPage menu={menu} />}>
          <Page place={place} menu={menu} />
        </Boundary>
      </main>
      {!isToastInDrawer && <UndoToast />}
    </div>
  );
}

function closeOnBackdrop(event: MouseEvent<HTMLDialogElement>): void {
  if (event.target === event.currentTarget) event.currentTarget.close();
}

function Page({ place, menu }: { place: ReturnType<typeof placeOf>; menu: ReactNode }): ReactNode {
  switch (place.page) {
    case 'home':
      return <HomePage menu={menu} />;
    case 'new-chat':
      return <NewChatPage key={place.app} app={place.app} menu={menu} />;
    case 'session':
      return <SessionPage key={place.sessionId} sessionId={place.sessionId} menu={menu} />;
    case 'unknown':
      return (
        <DeadEnd
          menu={menu}
          heading="No such page"
          title="There is no such page"
          message="The address may be cut short or out of date."
        />
      );
  }
}
