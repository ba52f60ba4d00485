import { createContext, use } from 'react';
import type { Decision } from '@parley/contract/run';
import type { Tray } from '../files/tray-state.ts';
import type { Said } from '../conversation/state.ts';
import type { ConversationStatus, MessageView } from '../conversation/view.ts';

export interface SendError {
  code: string;
  message: string;
  /** When it is sent again by itself; absent when it is not. */
  retryAt?: number;
}

/** What the parts of a thread show and can do. They know nothing of requests or streams. */
export interface Thread {
  branch: readonly MessageView[];
  status: ConversationStatus;
  /** Why a message could not be sent. */
  sendError?: SendError | undefined;
  /** False when the app takes no messages any more. */
  canWrite: boolean;
  canEdit: boolean;
  canRegenerate: boolean;
  /** False while the server cannot be reached. */
  isOnline: boolean;
  /** Who asks when a tool needs approval: the app's name. */
  asker: string;
  send(text: string): void | Promise<void>;
  edit(message: MessageView, text: string): void;
  answer(parentId: string | null): void;
  /** Has the branch that ends at this message summed up. */
  compact(parentId: string): void;
  /** Begins another chat with the same app, this text in its composer. */
  beginNew(text: string): void;
  choose(messageId: string): void;
  /** Decides on the calls that an answer waits with: one decision for each. */
  decide(messageId: string, decisions: readonly Decision[]): void;
  /** Says what the user thinks of an answer; resolves with whether it is kept. */
  rate(messageId: string, said: Said): Promise<boolean>;
  stop(): Promise<void>;
  retry(): void;
  /** The files beside the message that is being written; undefined where the app takes none. */
  tray?: Tray | undefined;
  /** Takes back what could not be sent; its files come back by themselves. @returns what the user wrote */
  dismiss(): string | undefined;
}

export const ThreadContext = createContext<Thread | undefined>(undefined);

export function useThread(): Thread {
  const thread = use(ThreadContext);
  if (!thread)
    throw new Error('useThread: no ThreadContext above this component; render it inside ThreadView.');
  return thread;
}
