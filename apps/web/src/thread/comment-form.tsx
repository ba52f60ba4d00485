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

/** The contract's figure; its type alone is imported, so that the page does not load the contract's schemas. */
const charsMax: typeof commentCharsMax = 2_000;

interface CommentFormProps {
  /** What was said before; empty if nothing was. */
  comment: string;
  /** Resolves with whether it was sent; if not, the form stays, with what was written. */
  onSend: (comment: string) => Promise<boolean>;
  onCancel: () => void;
}

/** Where a comment on an answer is written. It takes the focus; Escape cancels. */
export function CommentForm({ comment, onSend, onCancel }: CommentFormProps): ReactNode {
  const [text, setText] = useState(comment);
  const [isSending, setSending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  useEffect(() => field.current?.focus(), []);

  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (isSending) return;
    setSending(true);
    // Pasted texts may bring marks along, which nobody sees and the service refuses.
    const isSent = await onSend(withoutReordering(text).trim());
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
    <form className="comment-form" onSubmit={(event) => void send(event)} onKeyDown={onKeyDown}>
      <label htmlFor={id}>Your comment on this answer</label>
      <textarea
        ref={field}
        id={id}
        rows={3}
        maxLength={charsMax}
        value={text}
        readOnly={isSending}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="edit-actions">
        <button type="button" className="button quiet" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="button primary" disabled={text.trim() === comment}>
          {isSending ? 'Sending…' : 'Send comment'}
        </button>
      </div>
    </form>
  );
}
