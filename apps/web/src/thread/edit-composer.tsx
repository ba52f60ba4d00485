import { ComposerPrimitive } from '@assistant-ui/react';
import type { ReactNode } from 'react';

/** A message of the user's while it is being edited; sending puts another version beside it. */
export function EditComposer(): ReactNode {
  return (
    <ComposerPrimitive.Root className="edit-composer">
      <ComposerPrimitive.Input
        className="composer-input"
        aria-label="Edit your message"
        autoFocus
        maxRows={14}
      />
      <div className="edit-actions">
        <ComposerPrimitive.Cancel className="button quiet">Cancel</ComposerPrimitive.Cancel>
        <ComposerPrimitive.Send className="button primary">Send</ComposerPrimitive.Send>
      </div>
    </ComposerPrimitive.Root>
  );
}
