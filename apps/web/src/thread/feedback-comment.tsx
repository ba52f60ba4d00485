import type { Rating } from '@parley/contract/feedback';
import { useRef, useState, type ReactNode } from 'react';
import type { MessageView } from '../conversation/view.ts';
import { NoteForm } from './note-form.tsx';
import { useThread } from './thread-actions.ts';
import './feedback.css';

/** Below an answer that has a thumb: a way to say more about it; and why feedback was not kept, if it was not. */
export function FeedbackComment({ message }: { message: MessageView }): ReactNode {
  const { rate } = useThread();
  // What the comment goes with; kept while it is written, so that a rating that fails does not take it along.
  const [openFor, setOpenFor] = useState<Rating>();
  const toggle = useRef<HTMLButtonElement>(null);
  const { feedback, feedbackError } = message;
  const rating = feedback?.rating ?? openFor;
  if (!feedback && !feedbackError && openFor) setOpenFor(undefined);
  const close = (): void => {
    setOpenFor(undefined);
    toggle.current?.focus();
  };
  const send = async (comment: string): Promise<boolean> => {
    if (!rating) return false;
    const isKept = await rate(message.id, { rating, ...(comment !== '' && { comment }) });
    if (isKept) close();
    return isKept;
  };
  if (!rating && !feedbackError) return null;
  return (
    <div className="feedback">
      {feedbackError && (
        <p className="feedback-problem" role="alert">
          Your feedback was not saved. {mendOf(feedbackError)}
        </p>
      )}
      {rating && (
        <button
          ref={toggle}
          type="button"
          className="link-button"
          aria-expanded={openFor !== undefined}
          onClick={() => setOpenFor(openFor ? undefined : rating)}
        >
          {feedback?.comment === undefined ? 'Add a comment' : 'Change your comment'}
        </button>
      )}
      {openFor && <CommentForm comment={feedback?.comment ?? ''} onSend={send} onCancel={close} />}
    </div>
  );
}

interface CommentFormProps {
  /** What was said before; empty if nothing was. */
  comment: string;
  onSend: (comment: string) => Promise<boolean>;
  onCancel: () => void;
}

function CommentForm({ comment, onSend, onCancel }: CommentFormProps): ReactNode {
  return (
    <NoteForm
      label="Your comment on this answer"
      before={comment}
      rows={3}
      onSend={onSend}
      onCancel={onCancel}
    >
      {({ note, isSending }) => (
        <div className="edit-actions">
          <button type="button" className="button quiet" onClick={onCancel}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={note.trim() === comment}>
            {isSending ? 'Sending…' : 'Send comment'}
          </button>
        </div>
      )}
    </NoteForm>
  );
}

function mendOf({ code, message }: { code: string; message: string }): string {
  return code === 'offline'
    ? 'The server cannot be reached: check your connection, then try again.'
    : message;
}
