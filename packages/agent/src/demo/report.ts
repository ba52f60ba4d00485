import type { PastCall } from './conversation.ts';
import { listed, readable, wordsOf } from './words.ts';

const itemsMax = 10;
const depthMax = 3;

/** Keys that say something about the result rather than being it; they come last. */
const remark = /^(?:notes?|source|sources|attribution|warnings?|disclaimer|hint|provider|license|licence)$/i;
/** Keys whose text is the answer; they come first. */
const headline =
  /^(?:summary|answer|message|result|text|translation|translated(?:text)?|headline|description)$/i;

/** Units that a key's last word names: `temperatureC`, `wind_kmh`, `rainMm`. */
const unitWords: Readonly<Record<string, string>> = {
  c: '°C',
  celsius: '°C',
  f: '°F',
  fahrenheit: '°F',
  percent: '%',
  pct: '%',
  mm: 'mm',
  cm: 'cm',
  km: 'km',
  m: 'm',
  kg: 'kg',
  kmh: 'km/h',
  kph: 'km/h',
  mph: 'mph',
  ms: 'ms',
  seconds: 's',
  hpa: 'hPa',
  usd: 'USD',
  eur: 'EUR',
  gbp: 'GBP',
  days: 'days',
  hours: 'h',
  minutes: 'min',
};

/** Words what tools answered: a sentence that says what was asked, then their results as lists. */
export function report(calls: readonly PastCall[]): string {
  return calls.map(reportCall).join('\n\n');
}

function reportCall({ name, input, ok, output }: PastCall): string {
  const tool = wordsOf(name).join(' ');
  if (!ok) return `The “${tool}” tool could not do that: ${plain(output).replace(/^[a-z-]+: /, '')}`;
  const about = shortValues(input);
  const opening = `Here is what “${tool}” says${about ? ` for ${about}` : ''}:`;
  if (isEmpty(output)) return `“${tool}” found nothing${about ? ` for ${about}` : ''}.`;
  return isObject(output) || Array.isArray(output)
    ? `${opening}\n\n${structure(output, input)}`
    : `${opening} ${plain(output)}`;
}

function structure(output: object, input: unknown): string {
  if (Array.isArray(output)) return list(output, 0);
  // What was asked for needs no repeating.
  const isAsked = (key: string, value: unknown) => isObject(input) && input[key] === value;
  const entries = present(output).filter(([key, value]) => !isAsked(key, value));
  const first = entries.filter(
    ([key, value]) => headline.test(key) && !isObject(value) && !Array.isArray(value),
  );
  const last = entries.filter(([key]) => remark.test(key));
  const rest = entries.filter((entry) => !first.includes(entry) && !last.includes(entry));
  return [
    ...first.map(([, value]) => sentence(plain(value))),
    lines(rest, output, 0),
    ...last.map(([key, value]) => `${readable(key)}: ${inline(value)}`),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[\p{L}\d%]$/u.test(capital) && capital.includes(' ') ? `${capital}.` : capital;
}

function lines(entries: readonly [string, unknown][], of: object, depth: number): string {
  const units = entries.filter(([key]) => /^(?:units?|currency)$/i.test(key));
  const amounts = entries.filter(([, value]) => typeof value === 'number');
  // "amount: 5, unit: kg" reads as one when there is no doubt which number the unit is of.
  const joined = units.length === 1 && amounts.length === 1;
  return entries
    .filter((entry) => !(joined && entry === units[0]))
    .map((entry) => line(entry, joined && entry === amounts[0] ? String(units[0]![1]) : undefined, of, depth))
    .join('\n');
}

function line([key, value]: [string, unknown], unit: string | undefined, _of: object, depth: number): string {
  const indent = '  '.repeat(depth);
  const { label, unit: keyUnit } = labelOf(key, value);
  if (!isObject(value) && !Array.isArray(value))
    return `${indent}- ${label}: ${withUnit(value, unit ?? keyUnit)}`;
  if (Array.isArray(value) && value.every((each) => !isObject(each)))
    return `${indent}- ${label}: ${inline(value)}`;
  if (depth >= depthMax) return `${indent}- ${label}: ${inline(value)}`;
  const inner = Array.isArray(value)
    ? list(value, depth + 1)
    : lines(present(value as object), value as object, depth + 1);
  return `${indent}- ${label}:\n${inner}`;
}

function list(items: readonly unknown[], depth: number): string {
  const indent = '  '.repeat(depth);
  const shown = items.slice(0, itemsMax).map((item) => `${indent}- ${inline(item)}`);
  if (items.length > itemsMax) shown.push(`${indent}- and ${items.length - itemsMax} more`);
  return shown.join('\n');
}

/** One line of a value: an object's parts after its first text, which names it. */
function inline(value: unknown): string {
  if (Array.isArray(value)) {
    const shown = value.slice(0, itemsMax).map((each) => inline(each));
    return value.length > itemsMax
      ? `${shown.join(', ')} and ${value.length - itemsMax} more`
      : listed(shown);
  }
  if (!isObject(value)) return plain(value);
  const entries = present(value);
  const title = entries.find(([, each]) => typeof each === 'string');
  const rest = entries
    .filter((entry) => entry !== title)
    .map(([key, each]) => {
      const { label, unit } = labelOf(key, each);
      return `${label.toLowerCase()} ${isObject(each) || Array.isArray(each) ? inline(each) : withUnit(each, unit)}`;
    });
  return title
    ? [`**${plain(title[1])}**`, rest.join(', ')].filter((part) => part !== '').join(': ')
    : rest.join(', ');
}

/** A key as a label, and the unit at its end when its value is a number. */
function labelOf(key: string, value: unknown): { label: string; unit?: string } {
  const words = wordsOf(key);
  const unit = unitWords[words.at(-1) ?? ''];
  if (typeof value !== 'number' || unit === undefined || words.length < 2) return { label: readable(key) };
  return { label: readable(words.slice(0, -1).join(' ')), unit };
}

function withUnit(value: unknown, unit: string | undefined): string {
  return unit === undefined ? plain(value) : `${plain(value)}${unit === '%' ? '' : ' '}${unit}`;
}

function plain(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(Math.round(value * 10_000) / 10_000);
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** The plain values of a call's input, to say what its result is for. */
function shortValues(input: unknown): string {
  if (!isObject(input)) return '';
  const texts = Object.values(input).flatMap((value) => (Array.isArray(value) ? value : [value]));
  return texts
    .filter((value) => (typeof value === 'string' && value.length <= 60) || typeof value === 'number')
    .map(plain)
    .join(', ');
}

function present(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, each]) => !isEmpty(each));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
