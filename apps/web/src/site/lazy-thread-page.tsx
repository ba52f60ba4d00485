import { lazy, Suspense, type ReactNode } from 'react';
import type { ThreadPageProps } from '../thread/thread-page.tsx';
import { Problem } from '../ui/problem.tsx';
import { ThreadSkeleton } from '../ui/skeletons.tsx';
import { PageHeader } from './page-header.tsx';

const fetchThreadPage = () => import('../thread/thread-page.tsx');

const ThreadPage = lazy(() =>
  fetchThreadPage().then(
    (module) => ({ default: module.ThreadPage }),
    () => ({ default: NotFetched }),
  ),
);

/** Fetches what shows conversations before somebody asks for it. A failure is told when they do. */
export function prefetchThreadPage(): void {
  fetchThreadPage().catch(() => undefined);
}

/** A conversation; what shows it is fetched apart, since the home page needs none of it. */
export function LazyThreadPage(props: ThreadPageProps): ReactNode {
  return (
    <Suspense fallback={<Fetching {...props} />}>
      <ThreadPage {...props} />
    </Suspense>
  );
}

function Fetching({ menu }: ThreadPageProps): ReactNode {
  return (
    <div className="page">
      <PageHeader menu={menu} title="Chat" />
      <ThreadSkeleton />
      <div className="skeleton composer-shape" />
    </div>
  );
}

function NotFetched({ menu }: ThreadPageProps): ReactNode {
  return (
    <div className="page">
      <PageHeader menu={menu} title="Chat" />
      <div className="page-centre">
        <Problem
          title="A part of this page could not be fetched"
          message="The line may be down, or the site was replaced while this page was open."
          onRetry={() => location.reload()}
          retryWords="Load the page again"
        />
      </div>
    </div>
  );
}
