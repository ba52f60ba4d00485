import type { ToolPart } from '@parley/contract/message';
import type { Decision } from '@parley/contract/run';
import { isWaiting, waitingCalls } from '@parley/contract/waiting-calls';
import { useId, useState, type ReactNode } from 'react';
import type { MessageView } from '../conversation/view.ts';
import { ApprovalChoice } from './approval-choice.tsx';
import { useThread } from './thread-actions.ts';
import { timeLeftText, useTimeLeft } from './time-left.ts';
import { ForeignText, ValueText } from './value-text.tsx';
import './approval.css';

/** What to show of a call below its name: the question whether it may be made, or nothing. */
export type Approvals = (part: ToolPart) => ReactNode;

/** Asks for each call that an answer waits with, and sends the decisions once there is one for each. */
export function useApprovals(message: MessageView | undefined): Approvals {
  const { decide, branch } = useThread();
  const [chosen, setChosen] = useState<Readonly<Record<string, Decision>>>({});
  const isEnd = message?.status === 'waiting' && branch.at(-1)?.id === message.id;
  if (!message || !isEnd) return () => null;
  const calls = waitingCalls(message);
  const choose = (toolCallId: string, decision: Decision | undefined): void => {
    const { [toolCallId]: _, ...others } = chosen;
    const all = decision ? { ...others, [toolCallId]: decision } : others;
    setChosen(all);
    if (calls.every((call) => all[call.toolCallId])) decide(message.id, Object.values(all));
  };
  return (part) =>
    isWaiting(part) && (
      <Approval
        part={part}
        chosen={chosen[part.toolCallId]}
        isPending={message.isPending ?? false}
        onChoose={(decision) => choose(part.toolCallId, decision)}
      />
    );
}

interface ApprovalProps {
  part: ToolPart;
  /** What the user said to this call, while others wait too. */
  chosen: Decision | undefined;
  /** True while this page does not know the answer's id: that comes with the messages. */
  isPending: boolean;
  onChoose: (decision: Decision | undefined) => void;
}

/** A call that waits: who asks for what, until when, and the answers. */
function Approval({ part, chosen, isPending, onChoose }: ApprovalProps): ReactNode {
  const { asker, isOnline, canWrite } = useThread();
  const id = useId();
  const expiresAt = part.approval?.expiresAt ?? '';
  const msLeft = useTimeLeft(expiresAt);
  const hindrance = hindranceOf({ isExpired: msLeft <= 0, isPending, isOnline, canWrite });
  return (
    <div className="approval" role="group" aria-labelledby={id}>
      <p id={id} className="approval-question">
        <strong>{asker}</strong> asks to use{' '}
        <strong>
          <ForeignText text={part.toolName} />
        </strong>{' '}
        with this input:
      </p>
      <Input value={part.input} />
      {msLeft > 0 && (
        <p className="approval-time">
          <time dateTime={expiresAt}>{timeLeftText(msLeft)}</time>
        </p>
      )}
      <ApprovalChoice
        toolCallId={part.toolCallId}
        chosen={chosen}
        hindrance={hindrance}
        onChoose={onChoose}
      />
    </div>
  );
}

/** Why nothing can be decided now; undefined when it can. */
function hindranceOf(now: {
  isExpired: boolean;
  isPending: boolean;
  isOnline: boolean;
  canWrite: boolean;
}): string | undefined {
  if (now.isExpired) {
    return 'The time to approve this ran out, so it was not done. Write on, and it can be asked for again.';
  }
  if (!now.canWrite) return 'This chat app takes no answers at the moment.';
  if (now.isPending) return 'One moment…';
  return now.isOnline ? undefined : 'The server cannot be reached: you can answer once it is back.';
}

/**
 * All of the input: what is approved must be in sight, even what nobody would see. So it never scrolls within the card:
 * the answers stand below its last line.
 */
function Input({ value }: { value: unknown }): ReactNode {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [['input', value]];
  if (entries.length === 0) return <p className="approval-input">No input.</p>;
  return (
    <dl className="approval-input" aria-label="Input of the call">
      {entries.map(([name, each]) => (
        <div key={String(name)}>
          <dt>
            <ForeignText text={String(name)} />
          </dt>
          <dd>
            <ValueText value={each} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
