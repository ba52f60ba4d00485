import type { ReactNode } from 'react';
import { Problem } from './problem.tsx';

/** A problem that loading the page again may mend, in the middle of what it stands in. */
export function ReloadProblem({ title, message }: { title: string; message: string }): ReactNode {
  return (
    <div className="page-centre">
      <Problem
        title={title}
        message={message}
        onRetry={() => location.reload()}
        retryWords="Load the page again"
      />
    </div>
  );
}
