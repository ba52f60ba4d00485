import { modelName, type ModelSettings } from '@parley/contract/model';

/** What a model takes in one call, in tokens. */
export interface ModelWindow {
  /** All that it reads and writes in one call. */
  tokens: number;
  /** The part of them that is kept free for its answer. */
  answer: number;
}

/** For a model that the table does not know: what every family of models since 2024 reads. */
const carefulTokens = 32_000;

/** Kept free for an answer whose length the settings do not bound, or a quarter of a small window. */
const usualAnswerTokens = 4_096;

/** By the model's name, wherever it runs; the first that matches counts. Sources: README.md beside this file. */
const knownTokens: readonly [name: RegExp, tokens: number][] = [
  [/^demo$/, 200_000],
  [/claude/, 200_000],
  [/nova-(premier|2)/, 1_000_000],
  [/nova-(lite|pro)/, 300_000],
  [/nova-micro/, 128_000],
  [/meta\.llama3-[123]-/, 128_000],
  [/^gpt-4\.1/, 1_000_000],
  [/^gpt-5/, 272_000],
  [/^gpt-4o/, 128_000],
  [/^o[134]\b/, 200_000],
];

/** The settings' `contextTokens`, else what is known of the model, else a careful guess. */
export function modelWindow(settings: ModelSettings): ModelWindow {
  const tokens = settings.contextTokens ?? tokensByName(settings);
  const wanted = 'maxTokens' in settings ? settings.maxTokens : undefined;
  const answer =
    wanted === undefined ? Math.min(usualAnswerTokens, tokens / 4) : Math.min(wanted, tokens / 2);
  return { tokens, answer: Math.floor(answer) };
}

function tokensByName(settings: ModelSettings): number {
  const name = modelName(settings);
  return knownTokens.find(([known]) => known.test(name))?.[1] ?? carefulTokens;
}
