import {
  AssistantRuntimeProvider,
  useExternalStoreRuntime,
  type AppendMessage,
  type ThreadMessageLike,
} from '@assistant-ui/react';
import { useState, type ReactNode } from 'react';
import type { MessageView } from '../conversation/view.ts';
import { readDraft } from './draft.ts';
import { ThreadContext, type Thread } from './thread-actions.ts';

interface ThreadRuntimeProps {
  thread: Thread;
  /** Of the draft that the composer begins with; undefined while it is not known whose it is. */
  draftPlace: string | undefined;
  children: ReactNode;
}

/**
 * Puts the branch that the reducer shows behind assistant-ui's primitives, which bring scrolling,
 * composing, editing and their keyboard behaviour. They hold nothing of the conversation.
 */
export function ThreadRuntime({ thread, draftPlace, children }: ThreadRuntimeProps): ReactNode {
  const runtime = useExternalStoreRuntime<MessageView>({
    messages: thread.branch,
    isRunning: thread.status === 'submitted' || thread.status === 'streaming',
    isDisabled: !thread.canWrite,
    convertMessage,
    onNew: async (message) => thread.send(textOf(message)),
    onEdit: async (message) => {
      const edited = thread.branch.find(({ id }) => id === message.sourceId);
      if (edited) thread.edit(edited, textOf(message));
    },
    onReload: async (parentId) => thread.answer(parentId),
    onCancel: () => thread.stop(),
  });
  // Before anything is rendered: a key that is pressed before the composer shows the draft would replace it.
  useState(() => draftPlace !== undefined && runtime.thread.composer.setText(readDraft(draftPlace)));
  return (
    <ThreadContext value={thread}>
      <AssistantRuntimeProvider runtime={runtime}>{children}</AssistantRuntimeProvider>
    </ThreadContext>
  );
}

function textOf({ content }: Pick<AppendMessage, 'content'>): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function convertMessage({ id, role, parts, createdAt }: MessageView): ThreadMessageLike {
  const content = parts.flatMap((part) =>
    part.type === 'text' ? [{ type: 'text' as const, text: part.text }] : [],
  );
  return { id, role, content, createdAt: new Date(createdAt) };
}
