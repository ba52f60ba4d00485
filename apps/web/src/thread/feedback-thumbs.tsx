import type { Rating } from '@parley/contract/feedback';
import type { ReactNode } from 'react';
import type { MessageView } from '../conversation/view.ts';
import { Icon } from '../ui/icon.tsx';
import { useThread } from './thread-actions.ts';
import './feedback.css';

const words: Readonly<Record<Rating, string>> = { up: 'Good answer', down: 'Bad answer' };

/** Thumbs up and down. Pressing the one that is pressed takes it back. */
export function FeedbackThumbs({ message }: { message: MessageView }): ReactNode {
  const { rate } = useThread();
  const thumb = (rating: Rating): ReactNode => {
    const isPressed = message.feedback?.rating === rating;
    return (
      <button
        type="button"
        className="icon-button thumb"
        aria-label={words[rating]}
        aria-pressed={isPressed}
        title={isPressed ? `${words[rating]} (press again to take it back)` : words[rating]}
        onClick={() => void rate(message.id, isPressed ? undefined : { rating })}
      >
        <Icon name={`thumb-${rating}`} />
      </button>
    );
  };
  return (
    <span className="thumbs" role="group" aria-label="What you think of this answer">
      {thumb('up')}
      {thumb('down')}
    </span>
  );
}
