import type { ToolPart } from '@parley/contract/message';
import type { Decision } from '@parley/contract/run';
import type { ContextRead, StreamEvent, TokenUsage } from '@parley/contract/stream';
import type { ToolProgress } from '@parley/contract/tool-progress';
import { errorText } from './errors.ts';
import { fitEvent, pieces, type StoreLargeOutput } from './event-size.ts';

/** Receives a run's events one at a time; the next waits until the promise settles. */
export type OnEvent = (event: StreamEvent) => void | Promise<void>;

/** What the user decided of a call. */
export type Decided = Omit<Decision, 'toolCallId'>;

/**
 * Writes a run's events in the order the protocol wants, one after another: text blocks and steps
 * are opened when needed and closed before anything else begins, every tool call is answered once,
 * and nothing follows the end.
 */
export class RunEvents {
  readonly #onEvent: OnEvent;
  readonly #store: StoreLargeOutput | undefined;
  readonly #flush: () => Promise<void>;
  /** What `onEvent` threw. No event follows it. */
  failure: { error: unknown } | undefined;
  #queue: Promise<void> = Promise.resolve();
  /** Writes that are under way or wait. */
  #writing = 0;
  #ended = false;
  #usageTold = 0;
  #readTold: string | undefined;
  #inStep = false;
  #textId: string | undefined;
  #texts = 0;
  #calls = 0;
  /** Ids of calls that wait for an answer: the provider's → ours. Some providers use one id twice. */
  readonly #openCalls = new Map<string, string>();
  readonly #usedIds: Set<string>;
  /** Our ids of calls that are not made before the user approves them, and until when that is possible. */
  readonly #held = new Map<string, string>();

  /** `flush` resolves once what `onEvent` was given is kept for good. Default: it is at once. */
  constructor(
    onEvent: OnEvent,
    usedIds: Iterable<string> = [],
    store?: StoreLargeOutput,
    flush: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.#onEvent = onEvent;
    this.#flush = flush;
    this.#usedIds = new Set(usedIds);
    this.#store = store;
  }

  /** True once any text was written. */
  get hasText(): boolean {
    return this.#texts > 0;
  }

  async start(messageId: string, runId: string, model: string): Promise<void> {
    await this.#write(() => [{ type: 'start', messageId, messageMetadata: { runId, model } }]);
  }

  /** Resolves once all events so far are kept for good. */
  async kept(): Promise<void> {
    await this.#queue;
    try {
      await this.#flush();
    } catch (error) {
      this.failure ??= { error };
      throw error;
    }
  }

  async startStep(): Promise<void> {
    await this.#write(() => {
      const closing = this.#closeStep();
      this.#inStep = true;
      return [...closing, { type: 'start-step' }];
    });
  }

  async finishStep(): Promise<void> {
    await this.#write(() => this.#closeStep());
  }

  async text(delta: string): Promise<void> {
    if (delta === '') return;
    await this.#write(() => {
      const opening: StreamEvent[] = this.#textId === undefined ? [this.#openText()] : [];
      const id = this.#textId!;
      return [
        ...opening,
        ...Array.from(pieces(delta), (piece) => ({ type: 'text-delta' as const, id, delta: piece })),
      ];
    });
  }

  async endText(): Promise<void> {
    await this.#write(() => this.#closeText());
  }

  async toolCall(callId: string, toolName: string, input: unknown): Promise<void> {
    const shown = await fitEvent(input);
    await this.#write(() => {
      const toolCallId = this.#ownId(callId);
      this.#openCalls.set(callId, toolCallId);
      return [
        ...this.#closeText(),
        { type: 'tool-input-available', toolCallId, toolName, dynamic: true, input: shown },
      ];
    });
  }

  /** Of a call that has no answer yet. */
  async toolProgress(callId: string, progress: ToolProgress): Promise<void> {
    await this.#write(() => {
      const toolCallId = this.#openCalls.get(callId);
      if (toolCallId === undefined) return [];
      return [{ type: 'data-tool-progress', id: toolCallId, data: { toolCallId, ...progress } }];
    });
  }

  async toolOutput(callId: string, output: unknown, durationMs: number): Promise<void> {
    const shown = await fitEvent(output, this.#store);
    await this.#answer(callId, (toolCallId) => [
      { type: 'tool-output-available', toolCallId, dynamic: true, output: shown },
      toolDuration(toolCallId, durationMs),
    ]);
  }

  /** Opens a call that an earlier run held, under its id, and tells what the user decided of it. */
  async decidedCall({ toolCallId, toolName, input }: ToolPart, { decision, reason }: Decided): Promise<void> {
    await this.#write(() => {
      this.#openCalls.set(toolCallId, toolCallId);
      const data = { toolCallId, decision, ...(reason !== undefined && { reason }) };
      return [
        { type: 'tool-input-available', toolCallId, toolName, dynamic: true, input },
        { type: 'data-tool-decision', id: toolCallId, data },
      ];
    });
  }

  /** Leaves a call without an answer: the run ends once the other calls of its step have theirs. */
  hold(callId: string, expiresAt: string): void {
    this.#held.set(this.openCallId(callId), expiresAt);
    this.#openCalls.delete(callId);
  }

  /** How many calls are held. */
  get held(): number {
    return this.#held.size;
  }

  /** Without a duration where no tool worked. */
  async toolError(callId: string, message: string, durationMs?: number): Promise<void> {
    await this.#answer(callId, (toolCallId) => [
      { type: 'tool-output-error', toolCallId, dynamic: true, errorText: errorText(message) },
      ...(durationMs === undefined ? [] : [toolDuration(toolCallId, durationMs)]),
    ]);
  }

  /** Our id of an open call: what a tool is told, and what its events carry. */
  openCallId(callId: string): string {
    return this.#openCalls.get(callId) ?? callId;
  }

  async notice(code: string, message: string, retryAfterSeconds?: number): Promise<void> {
    const data = { code, message, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
    await this.#write(() => [{ type: 'data-notice', transient: true, data }]);
  }

  /** Tells what the model read of the branch, once it is not all of it, and whenever that changes. */
  async contextRead(data: ContextRead): Promise<void> {
    await this.#write(() => {
      const told = JSON.stringify(data);
      if (
        told === this.#readTold ||
        (this.#readTold === undefined && data.read === data.of && data.trimmed === 0)
      )
        return [];
      this.#readTold = told;
      return [{ type: 'data-context', id: 'context', data }];
    });
  }

  /** Tells what the run has used, unless it has been told: read when it is this event's turn. */
  async usage(usage: Readonly<TokenUsage>): Promise<void> {
    await this.#write(() => {
      const total = usage.inputTokens + usage.outputTokens;
      if (total === this.#usageTold) return [];
      this.#usageTold = total;
      return [{ type: 'message-metadata', messageMetadata: { usage: { ...usage } } }];
    });
  }

  /** Ends a run that holds calls: says of each until when it can be approved. */
  async wait(last: StreamEvent): Promise<void> {
    const held = Array.from(this.#held, ([toolCallId, expiresAt]): StreamEvent => {
      return { type: 'data-tool-approval', id: toolCallId, data: { toolCallId, expiresAt } };
    });
    await this.end(...held, last);
  }

  /** Closes what is open and writes the last events. Later ones are dropped. */
  async end(...last: StreamEvent[]): Promise<void> {
    await this.#write(() => {
      const closing = this.#closeStep();
      this.#ended = true;
      return [...closing, ...last];
    });
  }

  async #answer(callId: string, events: (toolCallId: string) => StreamEvent[]): Promise<void> {
    await this.#write(() => {
      const toolCallId = this.#openCalls.get(callId);
      if (toolCallId === undefined) return [];
      this.#openCalls.delete(callId);
      return events(toolCallId);
    });
  }

  /** Tools answer at the same time, so writes queue up. A failed write fails all later ones too. */
  async #write(events: () => StreamEvent[]): Promise<void> {
    const written = this.#writing === 0 ? this.#tell(events) : this.#queue.then(() => this.#tell(events));
    this.#queue = written;
    this.#writing += 1;
    try {
      await written;
    } catch (error) {
      this.failure ??= { error };
      throw error;
    } finally {
      this.#writing -= 1;
    }
  }

  async #tell(events: () => StreamEvent[]): Promise<void> {
    if (this.failure) throw this.failure.error;
    if (this.#ended) return;
    for (const event of events()) await this.#onEvent(event);
  }

  #openText(): StreamEvent {
    this.#texts += 1;
    this.#textId = `text-${this.#texts}`;
    return { type: 'text-start', id: this.#textId };
  }

  #closeText(): StreamEvent[] {
    const id = this.#textId;
    this.#textId = undefined;
    return id === undefined ? [] : [{ type: 'text-end', id }];
  }

  #closeStep(): StreamEvent[] {
    const closing = this.#closeText();
    if (this.#inStep) closing.push({ type: 'finish-step' });
    this.#inStep = false;
    return closing;
  }

  /**
   * The provider's id, so that logs agree; but one that every other provider would take too, as the branch may
   * go on with another model: Bedrock and Anthropic take 64 of these characters.
   */
  #ownId(callId: string): string {
    const wanted = callId.replaceAll(/[^\w-]/g, '_').slice(0, 56) || 'call';
    let own = callId === '' ? '' : wanted;
    while (own === '' || this.#usedIds.has(own)) {
      this.#calls += 1;
      own = `${wanted}-${this.#calls}`;
    }
    this.#usedIds.add(own);
    return own;
  }
}

function toolDuration(toolCallId: string, durationMs: number): StreamEvent {
  return { type: 'data-tool-duration', id: toolCallId, data: { toolCallId, durationMs } };
}
