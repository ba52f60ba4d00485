import type { FilePart, Message } from '@parley/contract/message';
import type { Decision } from '@parley/contract/run';
import type { Session } from '@parley/contract/session';
import { BranchChoice } from './branch-choice.ts';
import { ConversationStore, type Snapshot } from './conversation-store.ts';
import { FeedbackSender } from './feedback-sender.ts';
import { MessageLoader } from './message-loader.ts';
import type { Outbox } from './outbox.ts';
import type { Presence } from './presence.ts';
import { RunFollower } from './run-follower.ts';
import type { ConversationScope } from './scope.ts';
import { Sender } from './sender.ts';
import { SessionFollower } from './session-follower.ts';
import type { Pending, Said } from './state.ts';
import type { Transport } from './transport.ts';

export interface LiveConversationOptions {
  sessionId: string;
  transport: Transport;
  outbox: Outbox;
  presence: Presence;
}

/** One conversation, kept in step with the server: feeds the reducer from the wire, and sends commands. */
export class LiveConversation {
  readonly #closed = new AbortController();
  readonly #scope: ConversationScope;
  readonly #messages: MessageLoader;
  readonly #session: SessionFollower;
  readonly #branch: BranchChoice;
  readonly #sender: Sender;
  readonly #feedback: FeedbackSender;

  constructor({ sessionId, transport, outbox, presence }: LiveConversationOptions) {
    const { signal } = this.#closed;
    this.#scope = { sessionId, transport, presence, signal, store: new ConversationStore(signal) };
    const load = (): Promise<void> => this.#messages.load();
    const runs = new RunFollower(this.#scope, load);
    const onRunStarted = (runId: string): void => void runs.follow(runId);
    this.#messages = new MessageLoader(this.#scope, onRunStarted);
    this.#branch = new BranchChoice(this.#scope);
    const onSession = (session: Session): void => this.#branch.hear(session);
    this.#session = new SessionFollower(this.#scope, { load, onRunStarted, onSession });
    this.#sender = new Sender(this.#scope, { outbox, runs, load });
    this.#feedback = new FeedbackSender(this.#scope);
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#scope.store.subscribe(listener);
  readonly getSnapshot = (): Snapshot => this.#scope.store.getSnapshot();

  /** Loads what is there, takes up what was sent before a reload, and follows what happens. */
  open(): void {
    this.#sender.resume();
    void this.#messages.load();
    void this.#session.follow();
  }

  close(): void {
    this.#closed.abort();
  }

  /** Sends a message below the branch on show; it waits for as long as it is not known where that ends. */
  send(text: string, files?: readonly FilePart[]): void {
    this.#sender.say(text, files);
  }

  /** Puts another version beside a message of the user's, with the same files. */
  edit({ parentId, parts }: Pick<Message, 'parentId' | 'parts'>, text: string): void {
    const files = parts.filter((part) => part.type === 'file');
    this.#sender.submit({ parentId, text, files });
  }

  /** Answers a question again, or goes on with an answer that was cut. */
  answer(parentId: string | null): void {
    this.#sender.submit({ parentId });
  }

  /** Has the branch that ends at this message summed up. */
  compact(parentId: string): void {
    this.#sender.submit({ parentId, compact: true });
  }

  /** Decides on the calls that an answer waits with: one decision for each. */
  decide(messageId: string, decisions: readonly Decision[]): void {
    this.#sender.submit({ parentId: messageId, decisions });
  }

  choose(messageId: string): void {
    void this.#branch.choose(messageId);
  }

  /** Sends again what was refused or could not be sent. */
  retry(): void {
    this.#sender.retry();
  }

  /** Takes back what was refused or could not be sent. @returns what the user wrote and attached, if anything */
  dismiss(): Pick<Pending, 'text' | 'files'> {
    const { text, files } = this.getSnapshot().state.pending ?? {};
    this.#sender.dismiss();
    return { text, files };
  }

  /** Says what the user thinks of an answer; resolves with whether it is kept. */
  rate(messageId: string, said: Said): Promise<boolean> {
    return this.#feedback.rate(messageId, said);
  }

  /** Stops the answer on show, at the server. */
  async stop(): Promise<void> {
    const runId = await this.#runOnShow();
    if (runId === undefined) return;
    await this.#scope.transport.stopRun(runId);
    await this.#messages.load();
  }

  /** The run of the answer on show; of one that was sent a moment ago, as soon as it is known. */
  #runOnShow(): Promise<string | undefined> {
    const { store } = this.#scope;
    return new Promise((resolve) => {
      const look = (): void => {
        const last = store.getSnapshot().branch.at(-1);
        if (last?.status === 'streaming' && last.runId === undefined) return;
        leave();
        resolve(last?.runId);
      };
      const leave = store.subscribe(look);
      look();
    });
  }
}
