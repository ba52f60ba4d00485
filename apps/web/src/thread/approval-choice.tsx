import type { Decision } from '@parley/contract/run';
import { useId, useRef, useState, type ReactNode } from 'react';
import { NoteForm } from './note-form.tsx';

interface ApprovalChoiceProps {
  toolCallId: string;
  /** What was chosen, while other calls are undecided. */
  chosen: Decision | undefined;
  /** Why nothing can be chosen now. */
  hindrance: string | undefined;
  onChoose: (decision: Decision | undefined) => void;
}

/** Approve, or decline with a reason if one likes. */
export function ApprovalChoice(props: ApprovalChoiceProps): ReactNode {
  const { toolCallId, chosen, hindrance, onChoose } = props;
  const [isDeclining, setDeclining] = useState(false);
  const declineButton = useRef<HTMLButtonElement>(null);
  const hindranceId = useId();
  if (chosen) return <Chosen {...chosen} onChange={() => onChoose(undefined)} />;
  const choose = (decision: Omit<Decision, 'toolCallId'>): void => onChoose({ toolCallId, ...decision });
  const unlessHindered = (act: () => void) => (): void => {
    if (hindrance === undefined) act();
  };
  const cancel = (): void => {
    setDeclining(false);
    requestAnimationFrame(() => declineButton.current?.focus());
  };
  const button = {
    type: 'button',
    'aria-disabled': hindrance !== undefined,
    'aria-describedby': hindranceId,
  } as const;
  return (
    <>
      <p id={hindranceId} className="approval-hindrance">
        {hindrance}
      </p>
      {isDeclining ? (
        <DeclineForm
          hindranceId={hindrance === undefined ? undefined : hindranceId}
          onDecline={(reason) => choose({ decision: 'declined', ...(reason !== '' && { reason }) })}
          onCancel={cancel}
        />
      ) : (
        <div className="approval-actions">
          <button
            {...button}
            className="button primary"
            onClick={unlessHindered(() => choose({ decision: 'approved' }))}
          >
            Approve
          </button>
          <button
            {...button}
            ref={declineButton}
            className="button"
            onClick={unlessHindered(() => setDeclining(true))}
          >
            Decline
          </button>
        </div>
      )}
    </>
  );
}

function Chosen({ decision, onChange }: Decision & { onChange: () => void }): ReactNode {
  return (
    <p className="approval-chosen">
      {decision === 'approved' ? 'You approve this.' : 'You decline this.'} It is sent once the other calls
      are decided.{' '}
      <button type="button" className="link-button" onClick={onChange}>
        Change
      </button>
    </p>
  );
}

interface DeclineFormProps {
  /** Id of what says why it cannot be sent now. */
  hindranceId: string | undefined;
  onDecline: (reason: string) => void;
  onCancel: () => void;
}

function DeclineForm({ hindranceId, onDecline, onCancel }: DeclineFormProps): ReactNode {
  const send = async (reason: string): Promise<boolean> => {
    if (hindranceId === undefined) onDecline(reason);
    return true;
  };
  return (
    <NoteForm
      label="Why not? The model is told; you can leave it empty."
      rows={2}
      onSend={send}
      onCancel={onCancel}
    >
      {() => (
        <div className="approval-actions">
          <button
            type="submit"
            className="button primary"
            aria-disabled={hindranceId !== undefined}
            aria-describedby={hindranceId}
          >
            Decline
          </button>
          <button type="button" className="button quiet" onClick={onCancel}>
            Back
          </button>
        </div>
      )}
    </NoteForm>
  );
}
