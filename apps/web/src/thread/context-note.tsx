import type { ReactNode } from 'react';
import type { MessageView } from '../conversation/view.ts';
import { useThread } from './thread-actions.ts';

/** What of a long chat the model read, where that was not all; below the last answer, the way to keep the rest. */
export function ContextNote({ message }: { message: MessageView }): ReactNode {
  const { branch, canWrite, compact } = useThread();
  const { context, id, isPending, status } = message;
  if (!context) return null;
  const { read, of, trimmed } = context;
  const isLast = branch.at(-1)?.id === id && status === 'finished' && !isPending;
  return (
    <p className="context-note">
      {read < of && `The model read ${read === 1 ? 'only the last' : `the last ${read}`} of ${of} messages. `}
      {trimmed > 0 &&
        `It read only the beginning of ${trimmed === 1 ? 'one tool result' : `${trimmed} tool results`}. `}
      {isLast && canWrite && read < of && (
        <button type="button" className="link-button" onClick={() => compact(id)}>
          Compact this chat
        </button>
      )}
    </p>
  );
}
