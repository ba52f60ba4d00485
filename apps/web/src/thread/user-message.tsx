import { ActionBarPrimitive, MessagePrimitive } from '@assistant-ui/react';
import { useId, useState, type ReactNode } from 'react';
import { filesOf, MessageFiles } from '../files/message-files.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icon.tsx';
import { BranchPicker } from './branch-picker.tsx';
import { textOf } from './message-text.ts';
import { useThread } from './thread-actions.ts';
import { useMessage } from './use-message.ts';

/** A message beyond either is folded, so that the answer below it is in sight. */
const foldedPast = { lines: 20, chars: 3_000 };

export function UserMessage(): ReactNode {
  const message = useMessage();
  const { canEdit, canWrite } = useThread();
  if (!message) return null;
  return (
    <MessagePrimitive.Root className="message user" role="article" aria-label="You">
      <MessageFiles files={filesOf(message)} />
      <Bubble text={textOf(message)} />
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

function Bubble({ text }: { text: string }): ReactNode {
  const id = useId();
  const [isWhole, setWhole] = useState(false);
  const isLong =
    text.length > foldedPast.chars || text.split('\n', foldedPast.lines + 1).length > foldedPast.lines;
  return (
    <>
      <div id={id} className={isLong && !isWhole ? 'bubble folded' : 'bubble'} dir="auto">
        {text}
      </div>
      {isLong && (
        <button
          type="button"
          className="link-button"
          aria-expanded={isWhole}
          aria-controls={id}
          onClick={() => setWhole(!isWhole)}
        >
          {isWhole ? 'Show less' : 'Show all'}
        </button>
      )}
    </>
  );
}
