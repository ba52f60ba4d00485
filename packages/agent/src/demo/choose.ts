import type { ToolSpec } from '@parley/contract/agent';
import { fill, pleasantry, type Filled } from './fill.ts';
import { fieldsOf, type FieldKind } from './field.ts';
import { related, relatedVerbs } from './lexicon.ts';
import { charsMax } from './phrase.ts';
import { keywords, stem, wordsOf } from './words.ts';

export interface Choice {
  tool: ToolSpec;
  filled: Filled;
  score: number;
}

/** Stems that go together, and what another word of the group counts for one that a tool has. */
const relatedStems = [
  ...related.map((group) => ({ words: new Set(group.map(stem)), weight: 0.7 })),
  ...relatedVerbs.map((group) => ({ words: new Set(group.map(stem)), weight: 0.3 })),
];

/** Below this a message says too little about a tool to call it. */
const scoreMin = 1.5;

/** Filling takes some milliseconds a tool: only so many of the tools that the words fit best are filled. */
const filledMax = 12;

/**
 * The tool that a message is about, with its input filled as far as the message goes; undefined when
 * none is. A word counts by where the tool has it (name, description, fields) and by how few of the
 * tools have it; a tool whose fields the message fills counts more.
 */
export function choose(tools: readonly ToolSpec[], text: string, now: Date): Choice | undefined {
  const asked = keywords(text.slice(0, charsMax));
  if (/\bwho(?:se|m)?\b/i.test(text)) asked.add(stem('person'));
  const weighted = tools.map(weights);
  const likely = tools
    .map((tool, i) => ({
      tool,
      words: [...asked].reduce((sum, word) => sum + bestWeight(word, i, weighted), 0),
    }))
    .toSorted((a, b) => b.words - a.words)
    .slice(0, filledMax);
  const choices = likely.map(({ tool, words }) => {
    const filled = fill(tool, text, { now });
    return { tool, filled, score: words + fillScore(tool, filled) };
  });
  const best = choices.toSorted((a, b) => b.score - a.score)[0];
  if (!best) return undefined;
  return best.score >= scoreMin || isForOnlyTool(tools, best.filled, text) ? best : undefined;
}

/** "Lisbon tomorrow", said to an agent that has one tool: a few words that fill all it needs are for it. */
function isForOnlyTool(tools: readonly ToolSpec[], { missing, found }: Filled, text: string): boolean {
  return (
    tools.length === 1 &&
    missing.length === 0 &&
    found.length > 0 &&
    wordsOf(text).length <= 5 &&
    !pleasantry.test(text)
  );
}

/** What each stem of a tool weighs. */
function weights({ name, description, input }: ToolSpec): Map<string, number> {
  const all = new Map<string, number>();
  const add = (text: string, weight: number) => {
    for (const word of keywords(text)) all.set(word, Math.max(weight, all.get(word) ?? 0));
  };
  for (const { name: field, schema } of fieldsOf(input)) {
    add(schema.description ?? '', 0.3);
    add(wordsOf(field).join(' '), 0.8);
    for (const value of schema.enum ?? []) add(String(value), 1);
  }
  add(description, 1);
  add(wordsOf(name).join(' '), 3);
  return all;
}

/** Counts less the more tools have the word, and the more it says of them. */
function bestWeight(word: string, tool: number, weighted: readonly Map<string, number>[]): number {
  const own = weightOf(word, weighted[tool]!);
  if (own === 0) return 0;
  const sharing = weighted.reduce((sum, each) => sum + Math.min(1, weightOf(word, each) / own), 0);
  return own / Math.sqrt(sharing);
}

/** The word itself, or, for less, another word for the same thing. */
function weightOf(word: string, tool: Map<string, number>): number {
  const kin = relatedStems
    .filter(({ words }) => words.has(word))
    .flatMap(({ words, weight }) => [...words].map((each) => (tool.get(each) ?? 0) * weight));
  return Math.max(tool.get(word) ?? 0, ...kin);
}

/** Kinds whose form alone says what a message is about. */
const tellingKinds = new Set<FieldKind>(['pattern', 'uuid', 'url', 'expression']);

function fillScore({ input }: ToolSpec, { sure, missing, found }: Filled): number {
  const fields = fieldsOf(input);
  const required = fields.filter((field) => field.required);
  if (required.length === 0) return found.length > 0 ? 0.3 * sure : 0;
  const complete = missing.length === 0 && sure > 0;
  const telling = fields.some(({ name, kind }) => found.includes(name) && tellingKinds.has(kind));
  return 0.4 * sure + (complete ? 1 : 0) + (telling ? 0.5 : 0) - 0.3 * missing.length;
}
