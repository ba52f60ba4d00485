import type { Budget } from '@parley/contract/model';
import type { TokenUsage } from '@parley/contract/stream';
import { RunError } from './errors.ts';

/**
 * No tokenizer makes tokens this long on average. A model that streams more characters than this per
 * token it has left is stopped in the middle of its answer, also when its server never counts tokens.
 */
const charsPerTokenMax = 16;

/** What one run has used of its budget. Nested agents spend from the budget of the run they are in. */
export class BudgetMeter {
  readonly usage: TokenUsage = { inputTokens: 0, outputTokens: 0 };
  readonly #budget: Budget;
  readonly #endsAt: number;
  #turns = 0;
  #streamedChars = 0;

  constructor(budget: Budget, now = Date.now()) {
    this.#budget = budget;
    this.#endsAt = now + budget.seconds * 1_000;
  }

  /** Tokens of the whole run. */
  get tokens(): number {
    return this.#budget.tokens;
  }

  /** Model calls of the whole run. */
  get turns(): number {
    return this.#budget.turns;
  }

  get millisecondsLeft(): number {
    return Math.max(0, this.#endsAt - Date.now());
  }

  /** Counts one model call. Throws `budget-reached` when the turns or tokens are spent. */
  startTurn(): void {
    if (this.#turns >= this.#budget.turns) throw budgetReached(`${this.#budget.turns} model calls`);
    if (this.#tokensLeft <= 0) throw budgetReached(`${this.#budget.tokens} tokens`);
    this.#turns += 1;
    this.#streamedChars = 0;
  }

  /** Counts characters as they stream. Throws `budget-reached` when they cannot fit the tokens left. */
  addStreamed(chars: number): void {
    this.#streamedChars += chars;
    if (this.#streamedChars > this.#tokensLeft * charsPerTokenMax) {
      throw budgetReached(`${this.#budget.tokens} tokens`);
    }
  }

  /** Adds what the provider counted for the current turn. */
  addUsage({ inputTokens, outputTokens }: TokenUsage): void {
    this.usage.inputTokens += inputTokens;
    this.usage.outputTokens += outputTokens;
  }

  timeReached(): RunError {
    return budgetReached(`${this.#budget.seconds} seconds`);
  }

  get #tokensLeft(): number {
    return this.#budget.tokens - this.usage.inputTokens - this.usage.outputTokens;
  }
}

function budgetReached(bound: string): RunError {
  return new RunError(
    'budget-reached',
    `This answer reached its limit of ${bound} and was ended. Continue it, or ask for less at once.`,
  );
}
