import { lazy, Suspense, type ReactNode } from 'react';
import { ReloadProblem } from '../ui/reload-problem.tsx';
import { ThreadSkeleton } from '../ui/skeletons.tsx';
import type { ConversationViewProps } from './conversation-view.tsx';

const fetchView = () => import('./conversation-view.tsx');

const ConversationView = lazy(() =>
  fetchView().then(
    (module) => ({ default: module.ConversationView }),
    () => ({ default: NotFetched }),
  ),
);

/** Fetches what draws conversations before somebody asks for it. A failure is told when they do. */
export function prefetchConversationView(): void {
  fetchView().catch(() => undefined);
}

/**
 * A conversation on the screen. What draws it is most of the site's code and is fetched apart: the home page does
 * without, and a chat asks for its messages meanwhile.
 */
export function LazyConversation(props: ConversationViewProps): ReactNode {
  return (
    <Suspense fallback={<Fetching />}>
      <ConversationView {...props} />
    </Suspense>
  );
}

function Fetching(): ReactNode {
  return (
    <>
      <ThreadSkeleton />
      <div className="skeleton composer-shape" />
    </>
  );
}

function NotFetched(): ReactNode {
  return (
    <ReloadProblem
      title="A part of this page could not be fetched"
      message="The line may be down, or the site was replaced while this page was open."
    />
  );
}
