import { useRef, useState, type ReactNode } from 'react';
import type { MessageView } from '../conversation/view.ts';
import { CommentForm } from './comment-form.tsx';
import { useThread } from './thread-actions.ts';
import './feedback.css';

/** Below an answer that has a thumb: a way to say more about it; and why feedback was not kept, if it was not. */
export function FeedbackComment({ message }: { message: MessageView }): ReactNode {
  const { rate } = useThread();
  const [isOpen, setOpen] = useState(false);
  const toggle = useRef<HTMLButtonElement>(null);
  const { feedback, feedbackError } = message;
  if (!feedback && isOpen) setOpen(false);
  const close = (): void => {
    setOpen(false);
    toggle.current?.focus();
  };
  const send = async (comment: string): Promise<boolean> => {
    if (!feedback) return false;
    const { rating } = feedback;
    const isKept = await rate(message.id, { rating, ...(comment !== '' && { comment }) });
    if (isKept) close();
    return isKept;
  };
  if (!feedback && !feedbackError) return null;
  return (
    <div className="feedback">
      {feedbackError && (
        <p className="feedback-problem" role="alert">
          Your feedback was not saved. {mendOf(feedbackError)}
        </p>
      )}
      {feedback && (
        <button
          ref={toggle}
          type="button"
          className="link-button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {feedback.comment === undefined ? 'Add a comment' : 'Change your comment'}
        </button>
      )}
      {feedback && isOpen && <CommentForm comment={feedback.comment ?? ''} onSend={send} onCancel={close} />}
    </div>
  );
}

function mendOf({ code, message }: { code: string; message: string }): string {
  return code === 'offline'
    ? 'The server cannot be reached: check your connection, then try again.'
    : message;
}
