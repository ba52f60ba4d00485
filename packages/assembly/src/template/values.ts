/** A JSON value, as templates and evaluated properties are made of. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Deep equality of JSON values; the order of keys does not matter. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

/** JSON text with sorted keys, fit for hashing and comparing. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${fields.join(',')}}`;
}

/** A scalar as text, as CloudFormation writes it where it wants text; undefined for lists and objects. */
export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The text at `key`, or undefined. Numbers and booleans are written out, as CloudFormation does. */
export function textAt(object: Json | undefined, key: string): string | undefined {
  return isObject(object) ? textOf(object[key]) : undefined;
}

/** The number at `key` (written as a number or as text), or undefined. */
export function numberAt(object: Json | undefined, key: string): number | undefined {
  const text = textAt(object, key);
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** The list at `key`; a missing one is empty. */
export function listAt(object: Json | undefined, key: string): Json[] {
  const value = isObject(object) ? object[key] : undefined;
  return Array.isArray(value) ? value : [];
}

/** The object at `key`; a missing one is empty. */
export function objectAt(object: Json | undefined, key: string): JsonObject {
  const value = isObject(object) ? object[key] : undefined;
  return isObject(value) ? value : {};
}

/** All strings of a list at `key`. */
export function textsAt(object: Json | undefined, key: string): string[] {
  return listAt(object, key).filter((item) => typeof item === 'string');
}
