import { ThreadPrimitive } from '@assistant-ui/react';
import type { ReactNode } from 'react';
import { useFileDrop } from '../files/drop.ts';
import { Icon } from '../ui/icon.tsx';
import { Announcer } from './announcer.tsx';
import { AssistantMessage } from './assistant-message.tsx';
import { Composer } from './composer.tsx';
import { EditComposer } from './edit-composer.tsx';
import { SendProblem } from './send-problem.tsx';
import { useThread } from './thread-actions.ts';
import { UserMessage } from './user-message.tsx';
import './thread.css';

export interface ThreadViewProps {
  /** Where the draft belongs; undefined until it is known whose it is. */
  draftPlace: string | undefined;
  placeholder: string;
  /** Shown while there is no message. */
  empty: ReactNode;
  /** Shown instead of the composer when nothing can be written. */
  closed?: ReactNode;
}

/** A conversation with its composer. */
export function ThreadView({ draftPlace, placeholder, empty, closed }: ThreadViewProps): ReactNode {
  const { branch, tray } = useThread();
  const { isOver, listeners } = useFileDrop(tray);
  return (
    <ThreadPrimitive.Root className={isOver ? 'thread dropping' : 'thread'} {...listeners}>
      <ThreadPrimitive.Viewport
        className="thread-viewport"
        tabIndex={0}
        role="region"
        aria-label="Conversation"
      >
        <div className="thread-column">
          {branch.length === 0 && empty}
          <ThreadPrimitive.Messages
            components={{ UserMessage, AssistantMessage, UserEditComposer: EditComposer }}
          />
          <SendProblem />
        </div>
      </ThreadPrimitive.Viewport>
      <div className="thread-foot">
        <ThreadPrimitive.ScrollToBottom className="icon-button to-bottom" aria-label="Scroll to the end">
          <Icon name="down" />
        </ThreadPrimitive.ScrollToBottom>
        {closed ?? <Composer draftPlace={draftPlace} placeholder={placeholder} />}
      </div>
      <Announcer />
    </ThreadPrimitive.Root>
  );
}
