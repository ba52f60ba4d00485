import { waitingCalls } from '@parley/contract/waiting-calls';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { MessageView } from '../conversation/view.ts';
import { textOf } from './message-text.ts';
import { useThread } from './thread-actions.ts';

function asks(answer: MessageView): string {
  const names = answer.status === 'waiting' ? waitingCalls(answer).map(({ toolName }) => toolName) : [];
  return names.length > 0 ? ` It waits for you to approve or decline: ${names.join(', ')}.` : '';
}

/** Tells screen readers when an answer begins and, once and whole, what it says. */
export function Announcer(): ReactNode {
  const { branch, status } = useThread();
  const [words, setWords] = useState('');
  const before = useRef(status);
  const last = branch.at(-1);
  useEffect(() => {
    const was = before.current;
    before.current = status;
    const wasRunning = was === 'submitted' || was === 'streaming';
    if (status === 'submitted') setWords('Waiting for the answer.');
    else if (status === 'streaming' && !wasRunning) setWords('The answer is being written.');
    else if (wasRunning && status === 'ready' && last) setWords(`Answer: ${textOf(last)}${asks(last)}`);
    else if (wasRunning && status === 'error') setWords('The answer failed.');
  }, [status, last]);
  return (
    <div className="visually-hidden" aria-live="polite">
      {words}
    </div>
  );
}
