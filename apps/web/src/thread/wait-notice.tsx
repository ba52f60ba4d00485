import { useState, type ReactNode } from 'react';
import type { Notice } from '../conversation/state.ts';
import { useSecondsUntil } from '../ui/use-seconds-until.ts';

/** What an answer waits for, in words; with the seconds that are left, where the server said how long it waits. */
export function WaitNotice({ notice }: { notice: Notice }): ReactNode {
  const { message, retryAfterSeconds } = notice;
  const [until] = useState(() =>
    retryAfterSeconds === undefined ? undefined : Date.now() + retryAfterSeconds * 1_000,
  );
  const seconds = useSecondsUntil(until);
  const left = until === undefined ? '' : seconds > 0 ? ` ${seconds} s left.` : ' Now.';
  return (
    <p className="notice">
      {message}
      <span aria-hidden="true">{left}</span>
    </p>
  );
}
