import type { InputSchema } from '@parley/contract/agent';
import { keywords, wordsOf } from './words.ts';

/** What a value of a field looks like in a message. */
export type FieldKind =
  | 'enum'
  | 'pattern'
  | 'email'
  | 'url'
  | 'uuid'
  | 'date'
  | 'date-time'
  | 'time'
  | 'number'
  | 'boolean'
  | 'currency'
  | 'language'
  | 'unit'
  | 'id'
  | 'expression'
  | 'place'
  | 'person'
  | 'phrase'
  | 'query'
  | 'text'
  | 'list'
  | 'object';

/** Which end of a movement a field is: "from X" or "to X". */
export type Direction = 'from' | 'to' | undefined;

/** One property of a tool's input, as the demo model understands it. */
export interface Field {
  name: string;
  schema: Schema;
  required: boolean;
  kind: FieldKind;
  direction: Direction;
  /** Stems of its name. */
  names: ReadonlySet<string>;
  /** Name and description in lower case. */
  about: string;
}

/** The part of JSON Schema that the demo model reads. */
export interface Schema {
  type?: string | string[];
  description?: string;
  title?: string;
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
}

export function fieldsOf(input: InputSchema): Field[] {
  const required = new Set(input.required);
  return Object.entries(input.properties ?? {}).map(([name, property]) =>
    fieldOf(name, property as Schema, required.has(name)),
  );
}

export function fieldOf(name: string, property: Schema, required: boolean): Field {
  const schema = concrete(property);
  const about = `${wordsOf(name).join(' ')} ${schema.title ?? ''} ${schema.description ?? ''}`.toLowerCase();
  return {
    name,
    schema,
    required: required && schema.default === undefined,
    kind: kindOf(name, schema, about),
    direction: directionOf(wordsOf(name)),
    names: keywords(wordsOf(name).join(' ')),
    about,
  };
}

/** Of a choice of schemas (such as "string or null") the first that is not null. */
function concrete(schema: Schema): Schema {
  const choices = schema.anyOf ?? schema.oneOf;
  if (!choices) return schema;
  const constants = choices.flatMap((each) => (each.const === undefined ? (each.enum ?? []) : [each.const]));
  const first = choices.find(({ type }) => type !== 'null') ?? {};
  const chosen = constants.length === choices.length ? { enum: constants } : concrete(first);
  const { anyOf: _, oneOf: __, ...own } = schema;
  return { ...chosen, ...own };
}

function typeOf({ type }: Schema): string {
  return (Array.isArray(type) ? type.find((each) => each !== 'null') : type) ?? 'string';
}

function kindOf(name: string, schema: Schema, about: string): FieldKind {
  if (schema.enum ?? schema.const !== undefined) return 'enum';
  switch (typeOf(schema)) {
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'array':
      return 'list';
    case 'object':
      return 'object';
    default:
      return formatKind(schema) ?? wordKind(wordsOf(name)) ?? wordKind(wordsOf(about)) ?? 'text';
  }
}

function formatKind({ format, pattern }: Schema): FieldKind | undefined {
  switch (format) {
    case 'date':
    case 'date-time':
    case 'time':
    case 'email':
    case 'uuid':
      return format;
    case 'uri':
    case 'url':
      return 'url';
    default:
      return pattern === undefined ? undefined : 'pattern';
  }
}

/** First match wins: a "currency code" is a currency, a "customer id" is an id. */
const wordKinds: readonly (readonly [FieldKind, RegExp])[] = [
  ['email', /^e?mails?$/],
  ['url', /^(?:url|uri|link|website)$/],
  ['currency', /^currenc/],
  ['language', /^(?:language|lang|locale)s?$/],
  ['unit', /^units?$/],
  ['id', /^(?:ids?|identifier|key|reference|sku|code|ticker|symbol)$/],
  ['date', /^(?:date|day|when|due|deadline|until|since)$/],
  ['time', /^(?:time|hour)$/],
  ['expression', /^(?:expression|formula|calculation|equation)$/],
  [
    'place',
    /^(?:city|cities|place|location|town|where|destination|origin|region|country|address|airport|station|village)$/,
  ],
  ['phrase', /^(?:phrase|sentence|passage|message|content|body|text)$/],
  ['query', /^(?:query|search|keywords?|topic|terms?|question|q)$/],
  [
    'person',
    /^(?:person|people|user|username|assignee|colleague|employee|customer|attendees?|author|recipient|contact|owner|who)$/,
  ],
];

function wordKind(words: readonly string[]): FieldKind | undefined {
  return wordKinds.find(([, word]) => words.some((each) => word.test(each)))?.[0];
}

function directionOf(names: readonly string[]): Direction {
  if (names.some((name) => /^(?:from|source|origin|base|departure|src)$/.test(name))) return 'from';
  if (names.some((name) => /^(?:to|target|destination|into|arrival|dest|quote)$/.test(name))) return 'to';
  return undefined;
}
