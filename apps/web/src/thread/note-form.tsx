import type { commentCharsMax } from '@parley/contract/feedback';
import { withoutReordering } from '@parley/contract/marks';
import {
  useEffect,
  useId,
  useRef,
  useState,
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import './note-form.css';

/** The contract's figure; its type alone is imported, so that the page does not load the contract's schemas. */
const noteCharsMax: typeof commentCharsMax = 2_000;

interface NoteFormProps {
  label: string;
  /** What was written before. Default: nothing. */
  before?: string;
  rows: number;
  /** Gets what was written. Resolves with whether it was sent; if not, the form stays, with what was written. */
  onSend: (note: string) => Promise<boolean>;
  onCancel: () => void;
  /** The buttons. */
  children: (state: { note: string; isSending: boolean }) => ReactNode;
}

/** Where a few words are written about something above. It takes the focus; Escape cancels. */
export function NoteForm({ label, before = '', rows, onSend, onCancel, children }: NoteFormProps): ReactNode {
  const [note, setNote] = useState(before);
  const [isSending, setSending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  useEffect(() => field.current?.focus(), []);

  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (isSending) return;
    setSending(true);
    // Pasted texts may bring marks along, which nobody sees and the service refuses.
    const isSent = await onSend(withoutReordering(note).trim());
    setSending(false);
    if (!isSent) field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // Escape belongs to the input method while it composes.
    if (event.key !== 'Escape' || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    onCancel();
  };
  return (
    <form className="note-form" onSubmit={(event) => void send(event)} onKeyDown={onKeyDown}>
      <label htmlFor={id}>{label}</label>
      <textarea
        ref={field}
        id={id}
        rows={rows}
        maxLength={noteCharsMax}
        value={note}
        readOnly={isSending}
        onChange={(event) => setNote(event.target.value)}
      />
      {children({ note, isSending })}
    </form>
  );
}
