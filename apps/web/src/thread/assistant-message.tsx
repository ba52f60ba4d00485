import { MessagePrimitive } from '@assistant-ui/react';
import type { MessagePart } from '@parley/contract/message';
import type { ReactNode } from 'react';
import type { MessageView } from '../conversation/view.ts';
import { Markdown, PlainText } from '../markdown/markdown.tsx';
import { Boundary } from '../ui/boundary.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icon.tsx';
import { AnswerEnd } from './answer-end.tsx';
import { BranchPicker } from './branch-picker.tsx';
import { FeedbackComment } from './feedback-comment.tsx';
import { FeedbackThumbs } from './feedback-thumbs.tsx';
import { textOf } from './message-text.ts';
import { useThread } from './thread-actions.ts';
import { ToolCard } from './tool-card.tsx';
import { useMessage } from './use-message.ts';

export function AssistantMessage(): ReactNode {
  const message = useMessage();
  if (!message) return null;
  const isOpen = message.status === 'streaming';
  return (
    <MessagePrimitive.Root
      className="message assistant"
      role="article"
      aria-label="Answer"
      aria-busy={isOpen}
    >
      <Boundary of={message.parts} instead={<Undrawn message={message} />}>
        {message.parts.map((part, i) => (
          <Part key={i} part={part} isOpen={isOpen} />
        ))}
      </Boundary>
      {isOpen && <Waiting message={message} />}
      <AnswerEnd message={message} />
      {!isOpen && !message.isPending && (
        <>
          <Actions message={message} />
          <FeedbackComment message={message} />
        </>
      )}
    </MessagePrimitive.Root>
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
}

function Part({ part, isOpen }: PartProps): ReactNode {
  switch (part.type) {
    case 'text':
      return <Markdown text={part.text} />;
    case 'dynamic-tool':
      return <ToolCard part={part} isOpen={isOpen} />;
    default: // a step; or what only a newer page can draw
      return null;
  }
}

/** What an answer that is being written waits for, if anything is to be said about it. */
function Waiting({ message }: { message: MessageView }): ReactNode {
  const { notice, parts } = message;
  if (notice) return <p className="notice">{notice.message}</p>;
  return parts.at(-1)?.type === 'text' ? null : (
    <div className="typing" aria-hidden="true">
      <span />
      <span />
      <span />
    </div>
  );
}

function Actions({ message }: { message: MessageView }): ReactNode {
  const { answer, canRegenerate, canWrite } = useThread();
  return (
    <div className="message-actions">
      <BranchPicker message={message} what="answers" />
      <CopyButton text={textOf(message)} what="the answer" />
      <FeedbackThumbs message={message} />
      {canRegenerate && canWrite && (
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
      {message.model && (
        <span className="model-name">{message.model === 'demo' ? 'demo model' : message.model}</span>
      )}
    </div>
  );
}
