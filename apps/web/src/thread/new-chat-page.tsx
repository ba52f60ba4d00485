import { useState, type ReactNode } from 'react';
import { asApiError } from '../api/errors.ts';
import { goTo } from '../site/location.ts';
import { PageHeader } from '../site/page-header.tsx';
import { useServices } from '../site/services.ts';
import { PlaceLink } from '../ui/place-link.tsx';
import { Problem } from '../ui/problem.tsx';
import { ThreadSkeleton } from '../ui/skeletons.tsx';
import { DemoBanner } from './demo-banner.tsx';
import { keepDraft } from './draft.ts';
import { LazyConversation } from './lazy-conversation.tsx';
import type { Thread } from './thread-actions.ts';
import { ThreadIntro } from './thread-intro.tsx';

/** A chat that has not begun: its session is made when the first message is sent. */
export function NewChatPage({ app: appId, menu }: { app: string; menu: ReactNode }): ReactNode {
  const { chatApps } = useServices();
  const app = chatApps?.find(({ id }) => id === appId);
  const thread = useNewThread(appId);
  if (!app) return chatApps ? <UnknownApp menu={menu} /> : <Loading menu={menu} />;
  return (
    <div className="page">
      <PageHeader menu={menu} title={app.title} icon={app.icon} />
      {app.demo && <DemoBanner />}
      <LazyConversation
        thread={thread}
        draftPlace={`new:${appId}`}
        placeholder={`Message ${app.title}`}
        empty={<ThreadIntro app={app} />}
      />
    </div>
  );
}

function useNewThread(appId: string): Thread {
  const { api, outbox } = useServices();
  const [sendError, setSendError] = useState<Thread['sendError']>();
  const [isSending, setSending] = useState(false);
  const send = async (text: string): Promise<void> => {
    if (isSending) return;
    setSending(true);
    setSendError(undefined);
    try {
      const { id } = await api.createSession(appId);
      const createdAt = new Date().toISOString();
      outbox.write(id, { key: crypto.randomUUID(), parentId: null, text, createdAt });
      keepDraft(`new:${appId}`, '');
      goTo({ page: 'session', sessionId: id });
    } catch (error) {
      keepDraft(`new:${appId}`, text);
      setSending(false);
      const { code, message } = asApiError(error);
      setSendError({ code, message });
    }
  };
  return {
    branch: [],
    status: isSending ? 'submitted' : 'ready',
    sendError,
    canWrite: true,
    canEdit: false,
    canRegenerate: false,
    send,
    edit: () => undefined,
    answer: () => undefined,
    choose: () => undefined,
    rate: async () => false,
    stop: async () => undefined,
    retry: () => location.reload(),
    dismiss: () => setSendError(undefined),
  };
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
    <div className="page">
      <PageHeader menu={menu} title="Not found" />
      <div className="page-centre">
        <Problem
          title="There is no such chat app"
          message="It may have been removed, or you may not be allowed to use it. Choose one of those you can use."
        >
          <PlaceLink to={{ page: 'home' }} className="button">
            All chat apps
          </PlaceLink>
        </Problem>
      </div>
    </div>
  );
}
