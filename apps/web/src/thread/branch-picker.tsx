import type { ReactNode } from 'react';
import type { MessageView } from '../conversation/view.ts';
import { Icon } from '../ui/icon.tsx';
import { useThread } from './thread-actions.ts';

/** Goes between the versions of a message. `what` names them. */
export function BranchPicker({ message, what }: { message: MessageView; what: string }): ReactNode {
  const { choose } = useThread();
  const { siblings } = message;
  if (siblings.length < 2) return null;
  const at = siblings.indexOf(message.id);
  const button = (target: number, icon: 'left' | 'right', words: string): ReactNode => {
    const id = siblings[target];
    return (
      <button
        type="button"
        className="icon-button"
        aria-label={`${words} of the ${what}`}
        aria-disabled={id === undefined}
        onClick={() => id !== undefined && choose(id)}
      >
        <Icon name={icon} />
      </button>
    );
  };
  return (
    <span className="branch-picker" role="group" aria-label={`The ${what}`}>
      {button(at - 1, 'left', 'Previous')}
      <span aria-live="polite">
        {at + 1} / {siblings.length}
      </span>
      {button(at + 1, 'right', 'Next')}
    </span>
  );
}
