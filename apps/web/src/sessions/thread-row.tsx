import { onOneLine } from '@parley/contract/marks';
import type { SessionView } from '@parley/contract/session';
import { useEffect, useRef, useState, useSyncExternalStore, type KeyboardEvent, type ReactNode } from 'react';
import { goTo } from '../site/location.ts';
import { useServices } from '../site/services.ts';
import { badgeOf } from '../ui/badge.ts';
import { Icon } from '../ui/icon.tsx';
import { PlaceLink } from '../ui/place-link.tsx';
import { titleOf } from './title.ts';

/** One session of the list, with renaming in place and deleting. */
export function ThreadRow({ session, isOpen }: { session: SessionView; isOpen: boolean }): ReactNode {
  const { list, chatApps } = useServices();
  const [isRenaming, setRenaming] = useState(false);
  const renameButton = useRef<HTMLButtonElement>(null);
  const link = useRef<HTMLAnchorElement>(null);
  const title = titleOf(session);
  const isRestored = useSyncExternalStore(list.subscribe, () => list.getSnapshot().restored === session.id);
  useEffect(() => {
    // What brought it back is gone, and the focus was on that.
    if (!isRestored) return;
    link.current?.focus();
    list.settle();
  }, [isRestored, list]);
  const app = chatApps?.find(({ id }) => id === session.app);

  if (isRenaming) {
    const end = (name?: string): void => {
      if (name && name !== session.title) void list.rename(session, name);
      setRenaming(false);
      requestAnimationFrame(() => renameButton.current?.focus());
    };
    return (
      <li className="thread-row">
        <RenameField title={session.title} onEnd={end} />
      </li>
    );
  }
  const remove = (): void => {
    list.remove(session, isOpen);
    if (isOpen) goTo({ page: 'home' });
  };
  return (
    <li className={isOpen ? 'thread-row open' : 'thread-row'}>
      <PlaceLink
        ref={link}
        to={{ page: 'session', sessionId: session.id }}
        aria-current={isOpen ? 'page' : undefined}
      >
        <span className="row-icon" aria-hidden="true">
          {app?.icon ? badgeOf(app.icon, 1).text : chatApps && '·'}
        </span>
        <span className="row-title" dir="auto">
          {title}
        </span>
      </PlaceLink>
      <span className="row-actions">
        <button
          ref={renameButton}
          type="button"
          className="icon-button"
          aria-label={`Rename “${title}”`}
          title="Rename"
          onClick={() => setRenaming(true)}
        >
          <Icon name="pencil" />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={`Delete “${title}”`}
          title="Delete"
          onClick={remove}
        >
          <Icon name="trash" />
        </button>
      </span>
    </li>
  );
}

function RenameField({ title, onEnd }: { title: string; onEnd: (name?: string) => void }): ReactNode {
  const field = useRef<HTMLInputElement>(null);
  const isDone = useRef(false);
  useEffect(() => field.current?.select(), []);
  const end = (name?: string): void => {
    if (isDone.current) return;
    isDone.current = true;
    // Pasted texts may bring marks along, which nobody sees and the service refuses.
    onEnd(name && onOneLine(name));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    // Enter and Escape belong to the input method while it composes.
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') end(event.currentTarget.value);
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      end();
    }
  };
  return (
    <input
      ref={field}
      className="rename-field"
      dir="auto"
      aria-label="New name of this chat"
      defaultValue={title}
      maxLength={200}
      onKeyDown={onKeyDown}
      onBlur={(event) => end(event.currentTarget.value)}
    />
  );
}
