import { RunError } from '../errors.ts';

/**
 * What the providers' words for a prompt that is too long say in numbers, where they do:
 * "210000 tokens > 200000 maximum", "maximum context length is 8192 tokens. However, you requested 9000 tokens",
 * "`max_tokens` exceed context limit: 199000 + 32000 > 200000", "(9000 tokens) exceeds the available context size (8192 tokens)".
 */
export function saidTokens(words: string): { limit?: number; sent?: number } {
  const plain = words.replace(/(?<=\d)[,_](?=\d{3})/g, '');
  const limit = first(plain, [
    />\s*(\d{3,9})/,
    /(?:context (?:length|size|window|limit)|maximum)\D{0,40}?(\d{3,9})/i,
    /(\d{3,9})(?: tokens)? maximum/i,
  ]);
  const sent = first(plain, [
    /(\d{3,9}) tokens\s*>/,
    /(?:requested|resulted in|request)\D{0,20}(\d{3,9}) tokens/i,
  ]);
  return { ...(limit !== undefined && { limit }), ...(sent !== undefined && { sent }) };
}

function first(words: string, patterns: readonly RegExp[]): number | undefined {
  for (const pattern of patterns) {
    const found = pattern.exec(words)?.[1];
    if (found !== undefined) return Number(found);
  }
  return undefined;
}

interface TooLong {
  /** Tokens of the instructions and the tools, and of all that must be sent. */
  overhead: number;
  tokens: number;
  /** Tokens there are for it beside the answer, of the model's whole window. */
  room: number;
  window: number;
  /** True when tools have answered in this run. */
  isOfTools: boolean;
}

/** Even the newest message does not fit: nothing was sent. */
export function tooLongError({ overhead, tokens, room, window, isOfTools }: TooLong): RunError {
  const limit = `the model takes about ${count(room)} beside its answer, of ${count(window)} in all`;
  if (overhead > room) {
    return overflow(
      `The chat app's instructions and tools alone are about ${count(overhead)} tokens; ${limit}. Whoever runs this site must choose a model that reads more.`,
    );
  }
  return overflow(
    isOfTools
      ? `What the tools answered is too long for the model: with the question it is about ${count(tokens)} tokens; ${limit}. Ask for less at once.`
      : `Your message is too long for the model: with the chat app's instructions it is about ${count(tokens)} tokens; ${limit}. Shorten it, or send it in parts.`,
  );
}

function overflow(message: string): RunError {
  return new RunError('context-overflow', message);
}

function count(tokens: number): string {
  return Math.max(0, tokens).toLocaleString('en');
}
