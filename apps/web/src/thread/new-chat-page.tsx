import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from 'react';
import { retryMs } from '../api/back-off.ts';
import { asApiError, type ApiError } from '../api/errors.ts';
import { useFirstFiles } from '../files/use-first-files.ts';
import { goTo } from '../site/location.ts';
import { DeadEnd } from '../site/dead-end.tsx';
import { PageHeader } from '../site/page-header.tsx';
import { useServices } from '../site/services.ts';
import { ThreadSkeleton } from '../ui/skeletons.tsx';
import { DemoBanner } from './demo-banner.tsx';
import { draftPlace, keepDraft, readDraft } from './draft.ts';
import { LazyConversation } from './lazy-conversation.tsx';
import { takeSuggestion } from './suggestion.ts';
import type { SendError, Thread } from './thread-actions.ts';
import { ThreadIntro } from './thread-intro.tsx';

/** A chat that has not begun: its session is made when the first message is sent. */
export function NewChatPage({ app: appId, menu }: { app: string; menu: ReactNode }): ReactNode {
  const { chatApps, me } = useServices();
  const app = chatApps?.find(({ id }) => id === appId);
  const place = me && draftPlace(me, `new:${appId}`);
  const takesFiles = app?.features.attachments === true;
  const thread = useNewThread(appId, place, takesFiles);
  if (!app) return chatApps ? <UnknownApp menu={menu} /> : <Loading menu={menu} />;
  return (
    <div className="page">
      <PageHeader menu={menu} title={app.title} icon={app.icon} />
      {app.demo && <DemoBanner />}
      <LazyConversation
        thread={thread}
        draftPlace={place}
        placeholder={`Message ${app.title}`}
        empty={<ThreadIntro app={app} />}
      />
    </div>
  );
}

function useNewThread(appId: string, place: string | undefined, takesFiles: boolean): Thread {
  const { outbox } = useServices();
  const begin = useSession(appId);
  const tray = useFirstFiles(appId, begin);
  const [failed, setFailed] = useState<{ text: string; error: SendError }>();
  const failures = useRef(0);
  const [isSending, setSending] = useState(false);
  const send = async (text: string): Promise<void> => {
    if (isSending) return;
    setSending(true);
    setFailed(undefined);
    try {
      const id = await begin();
      const createdAt = new Date().toISOString();
      outbox.write(id, { key: crypto.randomUUID(), parentId: null, text, createdAt });
      if (place !== undefined && readDraft(place) === text) keepDraft(place, '');
      tray.handOver(id); // those chosen since
      goTo({ page: 'session', sessionId: id });
    } catch (error) {
      // A reload brings it back, unless something else is being written meanwhile.
      if (place !== undefined && readDraft(place) === '') keepDraft(place, text);
      setSending(false);
      failures.current += 1;
      setFailed({ text, error: sendErrorOf(asApiError(error), failures.current) });
    }
  };
  useSuggestion(appId, send);
  useSendingAgain(failed, send);
  return {
    tray: takesFiles ? tray : undefined,
    branch: [],
    status: isSending ? 'submitted' : 'ready',
    sendError: failed?.error,
    canWrite: true,
    canEdit: false,
    canRegenerate: false,
    isOnline: true,
    asker: '',
    send,
    edit: () => undefined,
    answer: () => undefined,
    compact: () => undefined,
    beginNew: () => undefined,
    choose: () => undefined,
    decide: () => undefined,
    rate: async () => false,
    stop: async () => undefined,
    retry: () => void (failed && send(failed.text)),
    dismiss: () => {
      setFailed(undefined);
      return failed?.text;
    },
  };
}

/** What a server that asks for time was sent is sent again by itself, when that is over. */
function sendErrorOf({ code, message, isPassing, retryAfterSeconds }: ApiError, failures: number): SendError {
  if (!isPassing || retryAfterSeconds === undefined) return { code, message };
  return { code, message, retryAt: Date.now() + retryMs(failures, retryAfterSeconds) };
}

function useSendingAgain(
  failed: { text: string; error: SendError } | undefined,
  send: (text: string) => Promise<void>,
): void {
  const sendAgain = useEffectEvent(() => void (failed && send(failed.text)));
  const retryAt = failed?.error.retryAt;
  useEffect(() => {
    if (retryAt === undefined) return;
    const timer = setTimeout(sendAgain, retryAt - Date.now());
    return () => clearTimeout(timer);
  }, [retryAt]);
}

/** Makes the session of this chat; a message and files that are there at the same time begin one together. */
function useSession(appId: string): () => Promise<string> {
  const { api } = useServices();
  const [begin] = useState(() => {
    let begun: Promise<string> | undefined;
    const create = async (): Promise<string> => {
      try {
        return (await api.createSession(appId)).id;
      } catch (error) {
        begun = undefined;
        throw error;
      }
    };
    return () => (begun ??= create());
  });
  return begin;
}

/** Sends the suggestion that this chat was begun with, if it was. */
function useSuggestion(appId: string, send: (text: string) => Promise<void>): void {
  const begin = useEffectEvent(() => {
    const text = takeSuggestion(appId);
    if (text !== undefined) void send(text);
  });
  useEffect(() => begin(), []);
}

function Loading({ menu }: { menu: ReactNode }): ReactNode {
  return (
    <div className="page">
      <PageHeader menu={menu} title="New chat" />
      <ThreadSkeleton />
    </div>
  );
}

function UnknownApp({ menu }: { menu: ReactNode }): ReactNode {
  return (
    <DeadEnd
      menu={menu}
      heading="Not found"
      title="There is no such chat app"
      message="It may have been removed, or you may not be allowed to use it. Choose one of those you can use."
    />
  );
}
