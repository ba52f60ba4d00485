import { ThreadPrimitive, useAui } from '@assistant-ui/react';
import type { MouseEvent, ReactNode } from 'react';
import { Icon } from '../ui/icon.tsx';
import { Problem } from '../ui/problem.tsx';
import { Announcer } from './announcer.tsx';
import { AssistantMessage } from './assistant-message.tsx';
import { Composer, joined } from './composer.tsx';
import { EditComposer } from './edit-composer.tsx';
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
  const { branch } = useThread();
  return (
    <ThreadPrimitive.Root className="thread">
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

function SendProblem(): ReactNode {
  const { sendError, retry, dismiss } = useThread();
  const aui = useAui();
  if (!sendError) return null;
  const takeBack = ({ currentTarget }: MouseEvent<HTMLElement>): void => {
    const composer = aui.composer();
    composer.setText(joined(dismiss() ?? '', composer.getState().text));
    // The button goes away: the focus follows what was taken back.
    currentTarget.closest('.thread')?.querySelector<HTMLElement>('.composer .composer-input')?.focus();
  };
  return (
    <Problem
      title="Your message was not sent"
      message={sendError.message}
      onRetry={retry}
      retryWords="Send again"
    >
      <button type="button" className="button quiet" onClick={takeBack}>
        Take it back
      </button>
    </Problem>
  );
}
