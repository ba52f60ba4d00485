import type { ChatAppView } from '@parley/contract/chat-app';
import type { SessionView } from '@parley/contract/session';
import { useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { Connection } from '../conversation/connect.ts';
import { LiveConversation } from '../conversation/live-conversation.ts';
import { useFileTray } from '../files/use-file-tray.ts';
import { DeadEnd } from '../site/dead-end.tsx';
import { goTo } from '../site/location.ts';
import { PageHeader } from '../site/page-header.tsx';
import { useServices } from '../site/services.ts';
import { titleOf } from '../sessions/title.ts';
import { ThreadSkeleton } from '../ui/skeletons.tsx';
import { Countdown } from '../ui/countdown.tsx';
import { useSecondsUntil } from '../ui/use-seconds-until.ts';
import { DemoBanner } from './demo-banner.tsx';
import { draftPlace, joined, keepDraft, readDraft } from './draft.ts';
import { LazyConversation } from './lazy-conversation.tsx';
import type { Thread } from './thread-actions.ts';
import { ThreadIntro } from './thread-intro.tsx';

const closedBecause: Readonly<Record<Exclude<SessionView['appState'], 'usable'>, string>> = {
  'no-access':
    'You may read this chat, but you no longer have access to its app. Ask whoever runs this site.',
  'switched-off': 'This chat app is switched off for now. You can read the chat; ask whoever runs this site.',
  retired: 'This chat app was retired. You can read the chat, but not go on with it.',
};

/** A conversation of the user's, as it stands and as it happens. */
export function SessionPage({ sessionId, menu }: { sessionId: string; menu: ReactNode }): ReactNode {
  const { api, outbox, presence, list, chatApps, me } = useServices();
  const live = (): LiveConversation => new LiveConversation({ sessionId, transport: api, outbox, presence });
  const [conversation, setConversation] = useState(live);
  const [view, setView] = useState<SessionView>();
  const snapshot = useSyncExternalStore(conversation.subscribe, conversation.getSnapshot);
  const { state, branch, status, connection, retryAt, failure } = snapshot;

  const place = me && draftPlace(me, sessionId);
  const tray = useFileTray(sessionId, place);

  // The list knows a new name first: it is given there.
  const listed = useSyncExternalStore(list.subscribe, () =>
    list.getSnapshot().sessions.find(({ id }) => id === sessionId),
  );

  useEffect(() => {
    conversation.open();
    return () => conversation.close();
  }, [conversation]);
  useEffect(() => {
    // Its failure is the conversation's own, which is told below.
    api.session(sessionId).then(setView, () => undefined);
  }, [api, sessionId]);
  const { session } = state;
  useEffect(() => {
    if (view) list.note({ ...view, ...session });
  }, [list, view, session]);

  if (failure) {
    const again = (): void => setConversation(live());
    return failure.code === 'not-found' ? (
      <Unreadable menu={menu} message="It was deleted, or it is not yours. Your chats are in the list." />
    ) : (
      <Unreadable menu={menu} message={failure.message} onRetry={again} />
    );
  }
  if (state.deleted) return <Unreadable menu={menu} message="This chat was deleted." />;
  const app = chatApps?.find(({ id }) => id === (session ?? view)?.app);
  const appState = view?.appState ?? 'usable';
  const thread: Thread = {
    branch,
    status,
    sendError: state.pending?.error,
    canWrite: appState === 'usable',
    canEdit: app?.features.edit ?? true,
    canRegenerate: app?.features.regenerate ?? true,
    isOnline: connection !== 'retrying',
    asker: app?.title ?? 'This chat app',
    send: (text) => conversation.send(text, tray.take()),
    edit: (message, text) => conversation.edit(message, text),
    answer: (parentId) => conversation.answer(parentId),
    compact: (parentId) => conversation.compact(parentId),
    beginNew: (text) => {
      if (!me || !app) return;
      const place = draftPlace(me, `new:${app.id}`);
      keepDraft(place, joined(readDraft(place), text));
      goTo({ page: 'new-chat', app: app.id });
    },
    choose: (messageId) => conversation.choose(messageId),
    decide: (messageId, decisions) => conversation.decide(messageId, decisions),
    rate: (messageId, said) => conversation.rate(messageId, said),
    stop: () => conversation.stop(),
    retry: () => conversation.retry(),
    dismiss: () => {
      const { text, files = [] } = conversation.dismiss();
      tray.restore(files);
      return text;
    },
    tray: app?.features.attachments === true ? tray : undefined,
  };
  const named = listed ?? session ?? view;
  return (
    <div className="page">
      <PageHeader menu={menu} title={named ? titleOf(named) : 'Chat'} icon={app?.icon}>
        <ConnectionState connection={connection} retryAt={retryAt} isLoaded={state.loaded} />
      </PageHeader>
      {app?.demo && <DemoBanner />}
      <LazyConversation
        thread={thread}
        draftPlace={place}
        placeholder={app ? `Message ${app.title}` : 'Message'}
        empty={<Empty app={app} isLoaded={state.loaded} />}
        closed={appState === 'usable' ? undefined : <p className="closed">{closedBecause[appState]}</p>}
      />
    </div>
  );
}

function Empty({ app, isLoaded }: { app: ChatAppView | undefined; isLoaded: boolean }): ReactNode {
  if (isLoaded) return app ? <ThreadIntro app={app} /> : null;
  return <ThreadSkeleton />;
}

interface ConnectionStateProps {
  connection: Connection;
  retryAt: number | undefined;
  isLoaded: boolean;
}

function ConnectionState({ connection, retryAt, isLoaded }: ConnectionStateProps): ReactNode {
  const seconds = useSecondsUntil(retryAt);
  const words = connection === 'retrying' ? 'Reconnecting' : isLoaded ? '' : 'Loading…';
  return (
    <span className={`connection ${connection}`} role="status">
      {words}
      {connection === 'retrying' && (
        <>
          <Countdown seconds={seconds} />…
        </>
      )}
    </span>
  );
}

interface UnreadableProps {
  menu: ReactNode;
  message: string;
  onRetry?: (() => void) | undefined;
}

function Unreadable({ menu, message, onRetry }: UnreadableProps): ReactNode {
  return (
    <DeadEnd
      menu={menu}
      heading="Chat"
      title="This chat cannot be shown"
      message={message}
      onRetry={onRetry}
    />
  );
}
