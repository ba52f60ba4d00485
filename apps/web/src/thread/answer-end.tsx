import type { ReactNode } from 'react';
import type { MessageView } from '../conversation/view.ts';
import { Problem } from '../ui/problem.tsx';
import { afterFailureOf } from './after-error.ts';
import { useThread } from './thread-actions.ts';
import { isBegun, WaysOn } from './ways-on.tsx';

/** How an answer ended, where that is not the ordinary way, and the way on from there. */
export function AnswerEnd({ message }: { message: MessageView }): ReactNode {
  const { branch, answer, compact, canWrite } = useThread();
  // A pending answer's id is this page's own: the server's comes with the messages.
  const canGoOn = canWrite && branch.at(-1)?.id === message.id && !message.isPending;
  switch (message.status) {
    case 'failed':
      return <Failure message={message} canGoOn={canGoOn} />;
    case 'stopped':
    case 'interrupted': {
      const { id, parentId, summary } = message;
      const goesOn = isBegun(message) && !summary;
      const again = summary && parentId !== null ? () => compact(parentId) : () => answer(parentId);
      return (
        <p className="cut">
          {cutWords(message)}
          {canGoOn && (
            <button type="button" className="link-button" onClick={goesOn ? () => answer(id) : again}>
              {goesOn ? 'Go on' : 'Try again'}
            </button>
          )}
        </p>
      );
    }
    case 'finished':
      return message.summary && canGoOn ? <AfterSummary message={message} /> : null;
    default:
      return null;
  }
}

function Failure({ message, canGoOn }: { message: MessageView; canGoOn: boolean }): ReactNode {
  const { error, summary } = message;
  const { advice, ways } = afterFailureOf(error?.code);
  const words = error
    ? [error.message, advice].filter((each) => each !== '').join(' ')
    : 'No reason was given.';
  return (
    <Problem title={summary ? 'The summary failed' : 'The answer failed'} message={words}>
      {canGoOn && <WaysOn message={message} ways={summary ? ['again'] : ways} retryAt={error?.retryAt} />}
    </Problem>
  );
}

function cutWords({ status, summary, parts }: MessageView): string {
  const what = summary ? 'summary' : 'answer';
  if (status === 'stopped') return `You stopped this ${what}.`;
  const isKept = isBegun({ parts }) && !summary;
  return `This ${what} was interrupted${isKept ? '; what came is kept' : ''}.`;
}

/** A summary that was made so that a message fits: that message is still to be answered. */
function AfterSummary({ message }: { message: MessageView }): ReactNode {
  const { branch, answer } = useThread();
  if (branch.at(-2)?.role !== 'user') return null;
  return (
    <div className="problem-actions">
      <button type="button" className="button" onClick={() => answer(message.id)}>
        Answer my message now
      </button>
    </div>
  );
}
