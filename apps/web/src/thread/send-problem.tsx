import { useAui } from '@assistant-ui/react';
import type { MouseEvent, ReactNode } from 'react';
import { Countdown } from '../ui/countdown.tsx';
import { Problem } from '../ui/problem.tsx';
import { useSecondsUntil } from '../ui/use-seconds-until.ts';
import { afterRefusalOf } from './after-error.ts';
import { joined } from './draft.ts';
import { useThread, type SendError } from './thread-actions.ts';

/** Why what was said last did not reach the server, and what to do with it. */
export function SendProblem(): ReactNode {
  const { sendError } = useThread();
  return sendError ? <NotSent error={sendError} /> : null;
}

function NotSent({ error }: { error: SendError }): ReactNode {
  const { retry, dismiss } = useThread();
  const seconds = useSecondsUntil(error.retryAt);
  const aui = useAui();
  const takeBack = ({ currentTarget }: MouseEvent<HTMLElement>): void => {
    const composer = aui.composer();
    composer.setText(joined(dismiss() ?? '', composer.getState().text));
    // The button goes away: the focus follows what was taken back.
    currentTarget.closest('.thread')?.querySelector<HTMLElement>('.composer .composer-input')?.focus();
  };
  const after = afterRefusalOf(error.code);
  return (
    <Problem
      title="Your message was not sent"
      message={
        error.retryAt === undefined ? (
          error.message
        ) : (
          <>
            {error.message} It is sent again by itself
            <Countdown seconds={seconds} />.
          </>
        )
      }
      onRetry={after === 'again' ? retry : after === 'reload' ? () => location.reload() : undefined}
      retryWords={
        after === 'reload' ? 'Load the page again' : error.retryAt !== undefined ? 'Send now' : 'Send again'
      }
    >
      <button type="button" className="button quiet" onClick={takeBack}>
        Take it back
      </button>
    </Problem>
  );
}
