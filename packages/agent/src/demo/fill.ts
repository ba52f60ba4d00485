import type { ToolSpec } from '@parley/contract/agent';
import { candidatesFor } from './candidates.ts';
import { fieldOf, fieldsOf, type Field, type FieldKind, type Schema } from './field.ts';
import { Phrase, type Candidate } from './phrase.ts';
import { enumerations } from './texts.ts';
import { keywords, stem, wordsOf } from './words.ts';

export interface Filled {
  input: Record<string, unknown>;
  /** Required fields for which the message has nothing. */
  missing: Field[];
  /** Names of the fields that the message itself filled. */
  found: string[];
  /** How many of these with little doubt. */
  sure: number;
}

/** Kinds that give up what another field has taken, and keep the rest. */
const freeText = new Set<FieldKind>(['phrase', 'text', 'query']);

interface Wishes {
  now: Date;
  /** Values from an earlier turn, kept where the message has nothing new. */
  earlier?: Record<string, unknown> | undefined;
  /** The field that was asked for: the whole message is its value when nothing better is found. */
  asked?: string | undefined;
}

/** Most telling first: what is left for the later ones is less ambiguous. */
const order: readonly FieldKind[] = [
  'email',
  'url',
  'uuid',
  'pattern',
  'date-time',
  'date',
  'time',
  'enum',
  'currency',
  'unit',
  'language',
  'expression',
  'id',
  'number',
  'boolean',
  'place',
  'person',
  'list',
  'object',
  'phrase',
  'text',
  'query',
];

/** Fills a tool's input from a message, by each field's type, format, name and description. */
export function fill({ name, description, input }: ToolSpec, text: string, wishes: Wishes): Filled {
  const topic = new Set([...keywords(wordsOf(name).join(' ')), ...keywords(description)]);
  return fillFrom(fieldsOf(input), new Phrase(text, topic), wishes);
}

function fillFrom(fields: readonly Field[], phrase: Phrase, wishes: Wishes): Filled {
  const filled: Filled = { input: {}, missing: [], found: [], sure: 0 };
  for (const field of inOrder(fields)) {
    const found = valueOf(field, phrase, wishes) ?? answerOf(field, phrase, wishes);
    if (found) {
      filled.input[field.name] = found.value;
      filled.found.push(field.name);
      filled.sure += found.sure ? 1 : 0;
    } else if (wishes.earlier && field.name in wishes.earlier) {
      filled.input[field.name] = wishes.earlier[field.name];
    } else if (field.schema.const !== undefined && field.required) {
      filled.input[field.name] = field.schema.const;
    } else if (field.required) {
      filled.missing.push(field);
    }
  }
  const position = (name: string) => fields.findIndex((field) => field.name === name);
  filled.input = Object.fromEntries(
    Object.entries(filled.input).sort(([a], [b]) => position(a) - position(b)),
  );
  filled.missing.sort((a, b) => position(a.name) - position(b.name));
  return filled;
}

/** Free text comes last: it takes what the others leave. Of equals, a required field comes first. */
function inOrder(fields: readonly Field[]): Field[] {
  const rank = (field: Field): number => order.indexOf(rankKind(field)) + (field.required ? 0 : 0.5);
  return [...fields].sort((a, b) => rank(a) - rank(b));
}

function rankKind({ kind, name, schema }: Field): FieldKind {
  return kind === 'list' ? fieldOf(name, schema.items ?? {}, true).kind : kind;
}

function valueOf(
  field: Field,
  phrase: Phrase,
  wishes: Wishes,
): Pick<Candidate, 'value' | 'sure'> | undefined {
  if (field.kind === 'boolean') return booleanOf(field, phrase);
  if (field.kind === 'list') return listOf(field, phrase, wishes);
  if (field.kind === 'object') return objectOf(field, phrase, wishes);
  const candidate = pick(field, phrase, wishes.now);
  if (candidate) phrase.take(candidate);
  return candidate;
}

/** The best free candidate: led by the field's own preposition, then the sure ones, then by place. */
function pick(field: Field, phrase: Phrase, now: Date): Candidate | undefined {
  const free = candidatesFor(field, phrase, now)
    .map((each) => (freeText.has(field.kind) ? phrase.freePart(each) : each))
    .filter((each) => phrase.isFree(each) && mayTake(field, phrase, each));
  const led = free.map((each) => ({ each, lead: leadOf(phrase, each) }));
  if (field.direction === undefined) return led.find(({ each }) => each.sure)?.each ?? led[0]?.each;
  const own = led.filter(({ lead }) => lead === field.direction);
  const neutral = led.filter(({ lead }) => lead === undefined);
  return (own[0] ?? neutral[0])?.each;
}

/** An optional field takes only what is clearly meant for it. */
function mayTake({ required, kind, names }: Field, phrase: Phrase, { sure }: Candidate): boolean {
  if (required) return true;
  const loose: readonly FieldKind[] = ['text', 'query', 'phrase', 'person', 'id'];
  if (!loose.includes(kind)) return sure;
  return sure && [...keywords(phrase.text)].some((word) => names.has(word));
}

function leadOf(phrase: Phrase, { start }: Candidate): Field['direction'] {
  const before = phrase.before(start);
  if (/\b(?:from|of)$/.test(before)) return 'from';
  return /\b(?:to|into|in|as|how many|how much)$/.test(before) ? 'to' : undefined;
}

function booleanOf({ name, names }: Field, phrase: Phrase): Pick<Candidate, 'value' | 'sure'> | undefined {
  const words = wordsOf(phrase.text);
  const telling = new Set([...names].filter((each) => !/^(?:is|has|with|includ|enabl|us|only)$/.test(each)));
  const at = words.findIndex((word) => telling.has(stem(word)) || wordsOf(name).join('') === word);
  if (at < 0) return undefined;
  const denied = words
    .slice(Math.max(0, at - 2), at)
    .some((word) => /^(?:no|not|without|dont|don|never|exclude|excluding)$/.test(word));
  return { value: !denied, sure: true };
}

function listOf(
  field: Field,
  phrase: Phrase,
  { now }: Wishes,
): Pick<Candidate, 'value' | 'sure'> | undefined {
  const { schema, name, required } = field;
  const item = fieldOf(name, { description: schema.description ?? '', ...schema.items } as Schema, required);
  const listed = freeText.has(item.kind) ? enumerations(phrase).map((each) => phrase.freePart(each)) : [];
  // Free text fits anywhere: only its best candidate is meant. Of other kinds all are.
  const all = [...listed, ...candidatesFor(item, phrase, now)].filter((each) => required || each.sure);
  const values: unknown[] = [];
  let sure = false;
  for (const candidate of all) {
    if (
      !phrase.isFree(candidate) ||
      (freeText.has(item.kind) && values.length > 0 && !isQuoted(phrase, candidate))
    )
      continue;
    phrase.take(candidate);
    sure ||= candidate.sure;
    values.push(...(typeof candidate.value === 'string' ? split(candidate.value) : [candidate.value]));
  }
  const unique = [...new Set(values)];
  return unique.length > 0 ? { value: unique, sure } : undefined;
}

function isQuoted(phrase: Phrase, { start }: Candidate): boolean {
  return /["“‘']/.test(phrase.text.charAt(start));
}

function split(text: string): string[] {
  return text.split(/\s*,\s*(?:and\s+)?|\s+and\s+/).filter((part) => part !== '');
}

function objectOf(
  { schema, required }: Field,
  phrase: Phrase,
  wishes: Wishes,
): Pick<Candidate, 'value' | 'sure'> | undefined {
  const own = new Set(schema.required);
  const fields = Object.entries(schema.properties ?? {}).map(([name, each]) =>
    fieldOf(name, each, required && own.has(name)),
  );
  const { input, missing, found, sure } = fillFrom(fields, phrase, { now: wishes.now });
  const complete = missing.length === 0 && [...own].every((name) => name in input);
  return found.length > 0 && complete ? { value: input, sure: sure > 0 } : undefined;
}

/** What people say that answers nothing. */
export const pleasantry =
  /^\s*(?:hi|hello|hey|hiya|good (?:morning|evening|day)|thanks?|thank you|thx|ok(?:ay)?|never ?mind|forget it|cancel|stop|help|bye|goodbye|great|cool|nice)\b/i;

/** "Lisbon", "it is Lisbon", "in Lisbon please": an answer that is the value itself. */
function answerOf(
  { name, schema, kind }: Field,
  phrase: Phrase,
  { asked }: Wishes,
): Pick<Candidate, 'value' | 'sure'> | undefined {
  if (name !== asked || pleasantry.test(phrase.text) || /\?\s*$/.test(phrase.text)) return undefined;
  const bare = phrase.text
    .replace(/^\s*(?:it(?:'s| is)|that(?:'s| is)|i mean|in|for|at|to|from|the)\s+/i, '')
    .replace(/[\s,]*(?:please|thanks|thank you)?[\s.!?]*$/i, '')
    .trim();
  if (kind === 'boolean' && /^(?:y|yes|yep|sure|true|no|n|nope|false)$/i.test(bare))
    return { value: /^[yst]/i.test(bare), sure: true };
  const isText =
    (schema.type ?? 'string') === 'string' && !schema.enum && !schema.format && schema.pattern === undefined;
  return isText && bare !== '' && kind !== 'date' ? { value: bare, sure: true } : undefined;
}
