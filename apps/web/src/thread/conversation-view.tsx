import type { ReactNode } from 'react';
import type { Thread } from './thread-actions.ts';
import { ThreadRuntime } from './thread-runtime.tsx';
import { ThreadView, type ThreadViewProps } from './thread-view.tsx';

export interface ConversationViewProps extends ThreadViewProps {
  thread: Thread;
}

/** A conversation on the screen, and the composer below it. */
export function ConversationView({ thread, ...view }: ConversationViewProps): ReactNode {
  return (
    <ThreadRuntime thread={thread} draftPlace={view.draftPlace}>
      <ThreadView {...view} />
    </ThreadRuntime>
  );
}
