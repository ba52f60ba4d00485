import { useSyncExternalStore, type ReactNode } from 'react';
import { useServices } from '../site/services.ts';
import { ListSkeleton } from '../ui/skeletons.tsx';
import { groupByDay } from './group-by-day.ts';
import { ThreadRow } from './thread-row.tsx';

/** The user's sessions, under the days they were last used. */
export function ThreadList({ openId }: { openId: string | undefined }): ReactNode {
  const { list } = useServices();
  const { status, sessions, hasMore, problem } = useSyncExternalStore(list.subscribe, list.getSnapshot);
  if (status === 'loading') return <ListSkeleton />;
  if (status === 'error') {
    return (
      <div className="thread-list note">
        <p role="alert">{problem}</p>
        <button type="button" className="button" onClick={() => void list.refresh()}>
          Try again
        </button>
      </div>
    );
  }
  if (sessions.length === 0) return <p className="thread-list note">Your chats will be listed here.</p>;
  return (
    <div className="thread-list">
      {groupByDay(sessions, new Date()).map(({ label, sessions: members }) => (
        <section key={label} aria-label={label}>
          <h2>{label}</h2>
          <ul>
            {members.map((session) => (
              <ThreadRow key={session.id} session={session} isOpen={session.id === openId} />
            ))}
          </ul>
        </section>
      ))}
      {hasMore && (
        <button type="button" className="button more" onClick={() => void list.more()}>
          Show older chats
        </button>
      )}
    </div>
  );
}
