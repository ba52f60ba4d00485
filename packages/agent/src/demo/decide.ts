import type { ToolSpec } from '@parley/contract/agent';
import { choose } from './choose.ts';
import type { Conversation, Exchange } from './conversation.ts';
import type { Field } from './field.ts';
import { aboutFiles } from './files.ts';
import { fill, pleasantry, type Filled } from './fill.ts';
import { report } from './report.ts';
import { listed, readable, wordsOf } from './words.ts';

/** What the demo model does next. */
export type Decision =
  | { do: 'call'; tool: string; input: Record<string, unknown> }
  | { do: 'ask'; tool: ToolSpec; filled: Filled; text: string }
  | { do: 'say'; text: string };

/** Questions that go on about what was answered before. */
const followUp =
  /^\s*(?:and\b|what about|how about|or\b|also\b|then\b|now\b|same\b|again\b|but\b|instead\b)/i;
const followUpWordsMax = 5;

/** Messages in a row that may be answers to one question and the further ones it led to. */
const questionsMax = 6;

/** Decides by the last message of the user, and by the exchange before it when that one is continued. */
export function decide({ exchanges }: Conversation, tools: readonly ToolSpec[], now: Date): Decision {
  const current = exchanges.at(-1);
  if (!current) return { do: 'say', text: introduction(tools) };
  const results = current.calls.filter(({ ok }) => ok !== undefined);
  if (results.length > 0) return { do: 'say', text: report(results) };
  if (current.files.length > 0) {
    const asked = chosen(current, tools, now);
    return asked?.do === 'call' ? asked : { do: 'say', text: aboutFiles(current.files, current.user) };
  }
  return (
    answered(exchanges, tools, now) ??
    followedUp(exchanges, tools, now) ??
    chosen(current, tools, now) ?? { do: 'say', text: introduction(tools) }
  );
}

/** The last answer asked for something, and this message gives it. */
function answered(
  exchanges: readonly Exchange[],
  tools: readonly ToolSpec[],
  now: Date,
): Decision | undefined {
  const before = exchanges.slice(-questionsMax, -1);
  if (before.length === 0 || before.at(-1)!.calls.length > 0) return undefined;
  const question = decide({ exchanges: before, toBeContinued: false }, tools, now);
  if (question.do !== 'ask') return undefined;
  const { user } = exchanges.at(-1)!;
  const other = choose(tools, user, now);
  if (other && other.tool.name !== question.tool.name && other.filled.missing.length === 0) return undefined;
  const asked = question.filled.missing[0]?.name;
  const filled = fill(question.tool, user, { now, earlier: question.filled.input, asked });
  return filled.found.length > 0 ? callOrAsk(question.tool, filled) : undefined;
}

/** "And in Porto?": the last call again, with what is new. */
function followedUp(
  exchanges: readonly Exchange[],
  tools: readonly ToolSpec[],
  now: Date,
): Decision | undefined {
  const { user } = exchanges.at(-1)!;
  const last = exchanges
    .slice(0, -1)
    .findLast(({ calls }) => calls.length > 0)
    ?.calls.at(-1);
  const tool = tools.find(({ name }) => name === last?.name);
  if (
    !last ||
    !tool ||
    pleasantry.test(user) ||
    !(followUp.test(user) || wordsOf(user).length <= followUpWordsMax)
  )
    return undefined;
  const other = choose(tools, user, now);
  if (other && other.tool.name !== tool.name) return undefined;
  const earlier = typeof last.input === 'object' && last.input !== null ? last.input : {};
  const filled = fill(tool, user, { now, earlier: earlier as Record<string, unknown> });
  return filled.found.length > 0 ? callOrAsk(tool, filled) : undefined;
}

function chosen({ user }: Exchange, tools: readonly ToolSpec[], now: Date): Decision | undefined {
  const choice = choose(tools, user, now);
  return choice && callOrAsk(choice.tool, choice.filled);
}

function callOrAsk(tool: ToolSpec, filled: Filled): Decision {
  if (filled.missing.length === 0) return { do: 'call', tool: tool.name, input: filled.input };
  return { do: 'ask', tool, filled, text: question(tool, filled.missing) };
}

function question(tool: ToolSpec, missing: readonly Field[]): string {
  const wanted = missing.map(({ name, schema }) => {
    const options = schema.enum
      ? `one of ${listed(schema.enum.map(String), 'or')}`
      : schema.description?.replace(/\.$/, '');
    return `**${readable(name)}**${options ? ` (${options})` : ''}`;
  });
  return `To use ${toolWords(tool.name)} I still need ${listed(wanted)}. What should it be?`;
}

function introduction(tools: readonly ToolSpec[]): string {
  const self = 'I am the built-in demo model: I follow simple rules, offline, and understand little.';
  if (tools.length === 0)
    return `${self} This chat gives me no tools, so there is nothing I can look up or do.`;
  const lines = tools.map(({ name, description }) => `- ${readable(name)}: ${firstSentence(description)}`);
  return `${self} I can use ${tools.length === 1 ? 'this tool' : 'these tools'}:\n\n${lines.join('\n')}\n\nAsk me for something ${
    tools.length === 1 ? 'it does' : 'one of them does'
  }.`;
}

function toolWords(name: string): string {
  return `“${wordsOf(name).join(' ')}”`;
}

function firstSentence(text: string): string {
  return (/^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text).slice(0, 200);
}
