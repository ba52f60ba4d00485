import { useAui } from '@assistant-ui/react';
import type { ReactNode } from 'react';
import type { MessageView } from '../conversation/view.ts';
import { Countdown } from '../ui/countdown.tsx';
import { useSecondsUntil } from '../ui/use-seconds-until.ts';
import type { WayOn } from './after-error.ts';
import { textOf } from './message-text.ts';
import { useThread } from './thread-actions.ts';

interface WaysOnProps {
  message: MessageView;
  ways: readonly WayOn[];
  /** Before that another try is of no use. */
  retryAt?: string | undefined;
}

/** The ways on from an answer that did not end well, the best first. Those that cannot be gone are not shown. */
export function WaysOn({ message, ways, retryAt }: WaysOnProps): ReactNode {
  const offers = useOffers(message);
  const possible = [...new Set(ways.map((way) => (way === 'continue' && !offers.continue ? 'again' : way)))];
  return possible
    .filter((way) => offers[way] !== undefined)
    .map((way, i) => {
      const className = i === 0 ? 'button' : 'button quiet';
      return way === 'again' ? (
        <AgainButton key={way} className={className} retryAt={retryAt} onClick={offers[way]} />
      ) : (
        <button key={way} type="button" className={className} onClick={offers[way]}>
          {words[way]}
        </button>
      );
    });
}

const words: Readonly<Record<WayOn, string>> = {
  again: 'Try again',
  continue: 'Continue',
  compact: 'Compact this chat',
  edit: 'Edit your message',
  'new-chat': 'New chat with this text',
};

function useOffers(message: MessageView): Readonly<Record<WayOn, (() => void) | undefined>> {
  const { branch, answer, compact, beginNew, canEdit } = useThread();
  const aui = useAui();
  const at = branch.findIndex(({ id }) => id === message.id);
  const question = branch.slice(0, at).findLast(({ role, isPending }) => role === 'user' && !isPending);
  const { parentId, summary } = message;
  return {
    again: summary ? (parentId === null ? undefined : () => compact(parentId)) : () => answer(parentId),
    continue: isBegun(message) && !summary ? () => answer(message.id) : undefined,
    compact: !summary && question && at > 1 ? () => compact(question.id) : undefined,
    edit:
      canEdit && question && !summary
        ? () => aui.thread().message({ id: question.id }).composer().beginEdit()
        : undefined,
    'new-chat': question ? () => beginNew(textOf(question)) : undefined,
  };
}

/** True of an answer of which something is there that a model can go on from. */
export function isBegun({ parts }: Pick<MessageView, 'parts'>): boolean {
  return parts.some((part) =>
    part.type === 'text'
      ? part.text.trim() !== ''
      : part.type === 'dynamic-tool' && part.state !== 'input-available',
  );
}

interface AgainButtonProps {
  className: string;
  retryAt: string | undefined;
  onClick: (() => void) | undefined;
}

/** Another try; while the server wants to be left alone, how long that lasts. */
function AgainButton({ className, retryAt, onClick }: AgainButtonProps): ReactNode {
  const seconds = useSecondsUntil(retryAt === undefined ? undefined : Date.parse(retryAt));
  return (
    <button
      type="button"
      className={className}
      aria-disabled={seconds > 0}
      onClick={() => seconds === 0 && onClick?.()}
    >
      {words.again}
      <Countdown seconds={seconds} />
    </button>
  );
}
