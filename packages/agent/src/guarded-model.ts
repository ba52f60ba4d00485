import {
  Model,
  type BaseModelConfig,
  type Message,
  type ModelStreamEvent,
  type StreamOptions,
} from '@strands-agents/sdk';
import type { ContextRead } from '@parley/contract/stream';
import type { BudgetMeter } from './budget.ts';
import type { ContextWindow } from './context/context-window.ts';
import { busyFault, busyRunError, overflowWords, type BusyFault } from './model-faults.ts';
import { pause, raceSignal } from './race.ts';
import { wholeCalls } from './whole-calls.ts';

/** Events after which an answer can still begin anew: none of them shows anything. */
const beforeText = new Set<ModelStreamEvent['type']>([
  'modelMessageStartEvent',
  'modelContentBlockStartEvent',
]);

/** How a busy model is tried again. */
export interface Backoff {
  /** Calls at most, the first included. Default 5. */
  tries: number;
  /** First wait; each further one is twice as long, at most `maxMs`. Default 1,000. */
  baseMs: number;
  /** Default 30,000. */
  maxMs: number;
  /** Jitter: a number from 0 to 1. Default Math.random. */
  random: () => number;
}

export const defaultBackoff: Backoff = { tries: 5, baseMs: 1_000, maxMs: 30_000, random: Math.random };

export interface Wait {
  seconds: number;
  /** The try that follows the wait, from 2. */
  nextTry: number;
  tries: number;
}

interface Guards {
  budget: BudgetMeter;
  signal: AbortSignal;
  backoff: Backoff;
  onWait: (wait: Wait) => Promise<void>;
  /** What of a conversation the model is sent. */
  window: ContextWindow;
  onRead: (read: ContextRead) => Promise<void>;
}

/**
 * A model that obeys a run: it spends from the run's budget, is sent no more than it reads, waits and tries again
 * when the provider is busy, gives up at once when the signal aborts, even if the provider hangs, and calls tools only
 * in an answer that is whole. The framework only looks at the signal between events, retries without
 * telling anybody, and shows calls before their answer is whole.
 */
export class GuardedModel extends Model {
  readonly #model: Model;
  readonly #guards: Guards;

  constructor(model: Model, guards: Guards) {
    super();
    this.#model = model;
    this.#guards = guards;
  }

  override updateConfig(config: BaseModelConfig): void {
    this.#model.updateConfig(config);
  }

  override getConfig(): BaseModelConfig {
    return this.#model.getConfig();
  }

  override async *stream(messages: Message[], options?: StreamOptions): AsyncGenerator<ModelStreamEvent> {
    const { budget, window } = this.#guards;
    budget.startTurn();
    let sent = await this.#fit(messages, options);
    let narrowed = false;
    for (let attempt = 1; ; attempt += 1) {
      let started = false;
      try {
        for await (const event of wholeCalls(this.#events(sent, options))) {
          started ||= !beforeText.has(event.type);
          yield event;
        }
        return;
      } catch (error) {
        if (started) throw error; // text that was shown cannot be taken back
        const busy = busyFault(error);
        const words = overflowWords(error);
        if (busy) {
          await this.#waitFor(busy, attempt, error);
        } else if (words !== undefined && !narrowed) {
          narrowed = true;
          window.narrow(words);
          sent = await this.#fit(messages, options, error);
        } else throw error;
      }
    }
  }

  /** What is sent of these messages. Throws `error`, if there is one, instead of saying that nothing fits. */
  async #fit(messages: Message[], options?: StreamOptions, error?: unknown): Promise<Message[]> {
    const { window, onRead } = this.#guards;
    let fitted;
    try {
      fitted = window.fit(messages, options);
    } catch (cause) {
      throw error ?? cause;
    }
    await onRead(fitted.read);
    return fitted.messages;
  }

  async *#events(messages: Message[], options?: StreamOptions): AsyncGenerator<ModelStreamEvent> {
    const { signal } = this.#guards;
    const events = this.#model.stream(messages, { ...options, cancelSignal: signal })[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await raceSignal(events.next(), signal);
        if (next.done) return;
        this.#meter(next.value); // before calls are held back: their input counts as it streams
        yield next.value;
      }
    } finally {
      // Not awaited: an iterator that hangs in next() never answers return().
      events.return?.().then(undefined, () => undefined);
    }
  }

  #meter(event: ModelStreamEvent): void {
    const { budget, window } = this.#guards;
    if (event.type === 'modelContentBlockDeltaEvent') {
      const { delta } = event;
      if (delta.type === 'textDelta') budget.addStreamed(delta.text.length);
      if (delta.type === 'toolUseInputDelta') budget.addStreamed(delta.input.length);
      if (delta.type === 'reasoningContentDelta') budget.addStreamed(delta.text?.length ?? 0);
    }
    if (event.type === 'modelMetadataEvent' && event.usage) {
      budget.addUsage(event.usage);
      window.counted(event.usage.inputTokens);
    }
  }

  async #waitFor(busy: BusyFault, attempt: number, error: unknown): Promise<void> {
    const { backoff, budget, signal, onWait } = this.#guards;
    const ms = waitMs(busy, attempt, backoff);
    if (attempt >= backoff.tries || ms > budget.millisecondsLeft) throw busyRunError(busy, error);
    await onWait({ seconds: Math.ceil(ms / 100) / 10, nextTry: attempt + 1, tries: backoff.tries });
    await pause(ms, signal);
  }
}

/** The server's wish wins; without one, exponential waits of which half is jitter. */
function waitMs(
  { retryAfterSeconds }: BusyFault,
  attempt: number,
  { baseMs, maxMs, random }: Backoff,
): number {
  if (retryAfterSeconds !== undefined) return retryAfterSeconds * 1_000;
  const full = Math.min(maxMs, baseMs * 2 ** (attempt - 1));
  return full / 2 + (full / 2) * random();
}
