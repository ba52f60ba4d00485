import type { Message } from '@parley/contract/message';
import type { ReactNode } from 'react';
import type { MessageView } from '../conversation/view.ts';
import { Problem } from '../ui/problem.tsx';
import { useThread } from './thread-actions.ts';

/** What to do about a run that failed, by its code. */
const mends: Readonly<Record<string, string>> = {
  throttled: 'The model is busy. Wait a moment, then try again.',
  'context-overflow':
    'The conversation is too long for the model. Edit an earlier message, or begin a new chat.',
  refused: 'The model declined to answer. Put the question in another way.',
  'model-failed': 'Try again; if it stays, tell whoever runs this site.',
  'model-unavailable': 'Tell whoever runs this site which chat app this is; they can choose another model.',
  'budget-reached': 'The answer reached its limit. Ask for a smaller step.',
  'app-disabled': 'Ask whoever runs this site to switch the chat app on.',
  internal: 'Try again; if it stays, tell whoever runs this site.',
};

/** How an answer ended, where that is not the ordinary way, and the way on from there. */
export function AnswerEnd({ message }: { message: MessageView }): ReactNode {
  const { branch, answer, canWrite } = useThread();
  // A pending answer's id is this page's own: the server's comes with the messages.
  const canGoOn = canWrite && branch.at(-1)?.id === message.id && !message.isPending;
  const goOn = canGoOn ? () => answer(message.id) : undefined;
  switch (message.status) {
    case 'failed':
      return (
        <Problem
          title="The answer failed"
          message={failureText(message.error)}
          onRetry={canGoOn ? () => answer(message.parentId) : undefined}
        />
      );
    case 'stopped':
    case 'interrupted':
      return (
        <p className="cut">
          {message.status === 'stopped'
            ? 'You stopped this answer.'
            : 'This answer was interrupted; what came is kept.'}
          {goOn && (
            <button type="button" className="link-button" onClick={goOn}>
              Go on
            </button>
          )}
        </p>
      );
    default:
      return null;
  }
}

function failureText(error: Message['error']): string {
  if (!error) return 'No reason was given. Try again.';
  const mend = mends[error.code];
  return mend === undefined ? error.message : `${error.message} ${mend}`;
}
