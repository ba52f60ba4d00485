import { ComposerPrimitive, useAuiState } from '@assistant-ui/react';
import type { ReactNode } from 'react';
import { filesOf, MessageFiles } from '../files/message-files.tsx';
import { tooLong } from './text-limit.ts';
import { useMessage } from './use-message.ts';

/** A message of the user's while it is being edited; sending puts another version beside it. */
export function EditComposer(): ReactNode {
  const problem = useAuiState((state) => tooLong(state.composer.text));
  const message = useMessage();
  return (
    <ComposerPrimitive.Root
      className="edit-composer"
      onSubmit={(event) => {
        if (problem !== undefined) event.preventDefault();
      }}
    >
      {message && <MessageFiles files={filesOf(message)} />}
      <ComposerPrimitive.Input
        className="composer-input"
        dir="auto"
        aria-label="Edit your message"
        autoFocus
        maxRows={14}
      />
      <p className="composer-problem" role="alert">
        {problem}
      </p>
      <div className="edit-actions">
        <ComposerPrimitive.Cancel className="button quiet">Cancel</ComposerPrimitive.Cancel>
        <ComposerPrimitive.Send className="button primary" disabled={problem !== undefined}>
          Send
        </ComposerPrimitive.Send>
      </div>
    </ComposerPrimitive.Root>
  );
}
