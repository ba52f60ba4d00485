import type { ModelSettings } from '@parley/contract/model';
import type { ContextRead } from '@parley/contract/stream';
import type { Message, StreamOptions } from '@strands-agents/sdk';
import type { History } from '../history.ts';
import { overheadTokens } from './estimate.ts';
import { fit, type Fitted } from './fit.ts';
import { modelWindow } from './model-window.ts';
import { saidTokens, tooLongError } from './overflow.ts';

/** Kept free for what the estimate misses. */
const marginShare = 0.05;

/** What is taken off what was sent, when a provider found that too long and named no limit. */
const narrowedShare = 0.75;

interface Sent {
  messages: Message[];
  /** Messages and what goes with every call, as estimated. */
  tokens: number;
  read: ContextRead;
}

/**
 * Keeps what one agent's model reads within the model's limit, and within half of the run's token budget, so that a
 * run can read it and still call a tool and answer. Its estimate is corrected by what the provider counts.
 */
export class ContextWindow {
  readonly #history: History;
  readonly #answer: number;
  readonly #budgetTokens: number;
  /** The model's window, and what may be sent of it, as the provider counts. */
  #window: number;
  #limit: number;
  /** Tokens that the provider counts for one that is estimated; never below 1. */
  #ratio = 1;
  #sentTokens = 0;

  constructor(settings: ModelSettings, history: History, budgetTokens: number) {
    const { tokens, answer } = modelWindow(settings);
    this.#history = history;
    this.#window = tokens;
    this.#answer = answer;
    this.#limit = sendable(tokens, answer);
    this.#budgetTokens = budgetTokens;
  }

  /** What the model is sent of these messages. Throws `context-overflow` when even the newest does not fit. */
  fit(messages: readonly Message[], options?: StreamOptions): Sent {
    const overhead = overheadTokens(options);
    const most = Math.floor(this.#limit / this.#ratio) - overhead;
    const wanted = Math.min(most, Math.floor(this.#budgetTokens / 2 / this.#ratio) - overhead);
    const fitted = fit(messages, this.#history, { wanted, most });
    if (fitted.tokens > most) {
      const isOfTools = messages.length > this.#history.messages.length;
      const scaled = (tokens: number) => Math.ceil(tokens * this.#ratio);
      throw tooLongError({
        overhead: scaled(overhead),
        tokens: scaled(fitted.tokens + overhead),
        room: Math.floor(this.#limit),
        window: this.#window,
        isOfTools,
      });
    }
    this.#sentTokens = fitted.tokens + overhead;
    return { messages: fitted.messages, tokens: this.#sentTokens, read: this.#readOf(fitted) };
  }

  /** Learns what the provider counted of what was sent last. */
  counted(inputTokens: number): void {
    if (this.#sentTokens > 0)
      this.#ratio = Math.max(this.#ratio, Math.min(4, inputTokens / this.#sentTokens));
  }

  /**
   * Learns that what was sent last was too long: the next `fit` sends what the provider's words say it reads, and
   * three quarters of the last at most where they do not say by how much it was too long.
   */
  narrow(words: string): void {
    const { limit, sent } = saidTokens(words);
    if (sent !== undefined) this.counted(sent);
    if (limit !== undefined) this.#window = Math.min(this.#window, limit);
    const share = limit !== undefined && sent !== undefined ? 1 - marginShare : narrowedShare;
    this.#limit = Math.min(sendable(this.#window, this.#answer), this.#sentTokens * this.#ratio * share);
  }

  #readOf({ leftOut, trimmed }: Fitted): ContextRead {
    const { total } = this.#history;
    return { read: total - leftOut, of: total, trimmed };
  }
}

/** What of a window may be sent: without what is kept free for the answer, and a margin. */
function sendable(window: number, answer: number): number {
  return (window - Math.min(answer, window / 2)) * (1 - marginShare);
}
