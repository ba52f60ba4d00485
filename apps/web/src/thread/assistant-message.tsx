import { MessagePrimitive } from '@assistant-ui/react';
import type { MessagePart } from '@parley/contract/message';
import type { ReactNode } from 'react';
import type { MessageView } from '../conversation/view.ts';
import { Markdown, PlainText } from '../markdown/markdown.tsx';
import { Boundary } from '../ui/boundary.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icon.tsx';
import { AnswerEnd } from './answer-end.tsx';
import { useApprovals, type Approvals } from './approval.tsx';
import { ContextNote } from './context-note.tsx';
import { BranchPicker } from './branch-picker.tsx';
import { FeedbackComment } from './feedback-comment.tsx';
import { FeedbackThumbs } from './feedback-thumbs.tsx';
import { textOf } from './message-text.ts';
import { useThread } from './thread-actions.ts';
import { ToolCard } from './tool-card.tsx';
import { WaitNotice } from './wait-notice.tsx';
import { useMessage } from './use-message.ts';

export function AssistantMessage(): ReactNode {
  const message = useMessage();
  const ask = useApprovals(message);
  if (!message) return null;
  const isOpen = message.status === 'streaming';
  const isWaiting = message.status === 'waiting';
  return (
    <MessagePrimitive.Root
      className="message assistant"
      role="article"
      aria-label={message.summary ? 'Summary' : 'Answer'}
      aria-busy={isOpen}
    >
      {message.summary && <SummaryHead isOpen={isOpen} />}
      <Boundary of={message.parts} instead={<Undrawn message={message} />}>
        {message.parts.map((part, i) => (
          <Part key={i} part={part} isOpen={isOpen} ask={ask} />
        ))}
      </Boundary>
      {isOpen && <Waiting message={message} />}
      {message.decisionError && (
        <p className="approval-problem" role="alert">
          Your decision was not taken: {message.decisionError.message}
        </p>
      )}
      <AnswerEnd message={message} />
      <ContextNote message={message} />
      {!isOpen && !message.isPending && (
        <>
          <Actions message={message} />
          {!isWaiting && <FeedbackComment message={message} />}
        </>
      )}
    </MessagePrimitive.Root>
  );
}

function SummaryHead({ isOpen }: { isOpen: boolean }): ReactNode {
  return (
    <p className="summary-head">
      <strong>{isOpen ? 'Summing this chat up…' : 'Summary of the chat so far'}</strong>
      The model reads it in place of the messages above, which stay as they are.
    </p>
  );
}

function Undrawn({ message }: { message: MessageView }): ReactNode {
  return (
    <>
      <p className="notice">This answer could not be drawn. Here is its plain text.</p>
      <PlainText text={textOf(message)} />
    </>
  );
}

interface PartProps {
  part: MessagePart;
  isOpen: boolean;
  ask: Approvals;
}

function Part({ part, isOpen, ask }: PartProps): ReactNode {
  switch (part.type) {
    case 'text':
      return <Markdown text={part.text} />;
    case 'dynamic-tool':
      return (
        <ToolCard part={part} isOpen={isOpen}>
          {ask(part)}
        </ToolCard>
      );
    default: // a step; or what only a newer page can draw
      return null;
  }
}

/** What an answer that is being written waits for, if anything is to be said about it. */
function Waiting({ message }: { message: MessageView }): ReactNode {
  const { notice, parts } = message;
  if (notice) return <WaitNotice key={notice.message} notice={notice} />;
  return parts.at(-1)?.type === 'text' ? null : (
    <div className="typing" aria-hidden="true">
      <span />
      <span />
      <span />
    </div>
  );
}

/** A chat that is shorter is hardly longer than its summary. */
const compactableMessages = 4;

function Actions({ message }: { message: MessageView }): ReactNode {
  const { answer, branch, canRegenerate, canWrite, compact } = useThread();
  const isLast = branch.at(-1)?.id === message.id;
  return (
    <div className="message-actions">
      <BranchPicker message={message} what="answers" />
      <CopyButton text={textOf(message)} what="the answer" />
      {message.status !== 'waiting' && <FeedbackThumbs message={message} />}
      {canRegenerate && canWrite && !message.summary && (
        <button
          type="button"
          className="icon-button"
          aria-label="Answer again"
          title="Answer again"
          onClick={() => answer(message.parentId)}
        >
          <Icon name="retry" />
        </button>
      )}
      {isLast &&
        canWrite &&
        message.status === 'finished' &&
        !message.summary &&
        branch.length >= compactableMessages && (
          <button
            type="button"
            className="icon-button"
            aria-label="Compact this chat"
            title="Compact this chat: the model sums it up and goes on from there"
            onClick={() => compact(message.id)}
          >
            <Icon name="compact" />
          </button>
        )}
      {message.model && (
        <span className="model-name">{message.model === 'demo' ? 'demo model' : message.model}</span>
      )}
    </div>
  );
}
