import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';

interface ProblemProps {
  title: string;
  /** What was wrong and what to do. */
  message: ReactNode;
  onRetry?: (() => void) | undefined;
  retryWords?: string;
  children?: ReactNode;
}

/** Something that did not work, in words, with what can be done about it. */
export function Problem({
  title,
  message,
  onRetry,
  retryWords = 'Try again',
  children,
}: ProblemProps): ReactNode {
  return (
    <div className="problem" role="alert">
      <Icon name="alert" />
      <div>
        <strong>{title}</strong>
        <p>{message}</p>
        {(onRetry ?? children) && (
          <div className="problem-actions">
            {onRetry && (
              <button type="button" className="button" onClick={onRetry}>
                {retryWords}
              </button>
            )}
            {children}
          </div>
        )}
      </div>
    </div>
  );
}
