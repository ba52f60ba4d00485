import { ComposerPrimitive, useAuiState } from '@assistant-ui/react';
import type { ReactNode } from 'react';
import { tooLong } from './text-limit.ts';

/** A message of the user's while it is being edited; sending puts another version beside it. */
export function EditComposer(): ReactNode {
  const problem = useAuiState((state) => tooLong(state.composer.text));
  return (
    <ComposerPrimitive.Root
      className="edit-composer"
      onSubmit={(event) => {
        if (problem !== undefined) event.preventDefault();
      }}
    >
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
