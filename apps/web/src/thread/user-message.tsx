import { ActionBarPrimitive, MessagePrimitive } from '@assistant-ui/react';
import type { ReactNode } from 'react';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icon.tsx';
import { BranchPicker } from './branch-picker.tsx';
import { textOf } from './message-text.ts';
import { useThread } from './thread-actions.ts';
import { useMessage } from './use-message.ts';

export function UserMessage(): ReactNode {
  const message = useMessage();
  const { canEdit, canWrite } = useThread();
  if (!message) return null;
  return (
    <MessagePrimitive.Root className="message user" role="article" aria-label="You">
      <div className="bubble">{textOf(message)}</div>
      {!message.isPending && (
        <div className="message-actions">
          <BranchPicker message={message} what="versions of your message" />
          <CopyButton text={textOf(message)} what="your message" />
          {canEdit && canWrite && (
            <ActionBarPrimitive.Edit className="icon-button" aria-label="Edit your message" title="Edit">
              <Icon name="pencil" />
            </ActionBarPrimitive.Edit>
          )}
        </div>
      )}
    </MessagePrimitive.Root>
  );
}
