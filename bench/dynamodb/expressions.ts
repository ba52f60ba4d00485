/** An item as it is on the wire: `{ pk: { S: '…' }, n: { N: '1' } }`. */
export type StoredItem = Record<string, Record<string, unknown>>;

/** What the placeholders of a request's expressions stand for. */
export interface Expressions {
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: StoredItem;
}

/** Whether a condition as the store writes them holds for an item; an absent item is empty. */
export function holds(item: StoredItem, condition: string, expressions: Expressions): boolean {
  const terms = condition === '' ? [] : condition.split(' AND ');
  return terms.every((term) => termHolds(item, term, expressions));
}

function termHolds(
  item: StoredItem,
  term: string,
  { ExpressionAttributeValues: values = {}, ...names }: Expressions,
) {
  const at = (name: string) => item[names.ExpressionAttributeNames?.[name] ?? name];
  const [, existence, attribute] = /^attribute_(not_exists|exists)\((\S+)\)$/.exec(term) ?? [];
  if (existence) return (at(attribute!) === undefined) === (existence === 'not_exists');
  const [, other, unwanted] = /^\(attribute_not_exists\(\S+\) OR (\S+) <> (\S+)\)$/.exec(term) ?? [];
  if (other) return !isSame(at(other), values[unwanted!]);
  const [, equal, wanted] = /^(\S+) = (\S+)$/.exec(term) ?? [];
  if (equal) return isSame(at(equal), values[wanted!]);
  throw new Error(`no condition that the store writes: ${term}`);
}

function isSame(a: unknown, b: unknown): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

/** The item as an update leaves it. */
export function change(item: StoredItem, update: string, expressions: Expressions): StoredItem {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = expressions;
  const changed = { ...item };
  for (const [, clause, terms] of update.matchAll(/(SET|ADD|REMOVE) (.*?)(?= (?:SET|ADD|REMOVE) |$)/g)) {
    for (const term of terms!.split(/, (?![^(]*\))/)) {
      const [placeholder = '', ...rest] = term.split(/ = | /);
      const name = names[placeholder] ?? placeholder;
      if (clause === 'REMOVE') delete changed[name];
      else if (clause === 'ADD') changed[name] = sum(changed[name], values[rest[0]!]!);
      else if (!rest[0]!.startsWith('if_not_exists(')) changed[name] = values[rest[0]!]!;
      else changed[name] ??= values[rest[1]!.replace(')', '')]!;
    }
  }
  return changed;
}

function sum(a: StoredItem[string] | undefined, b: StoredItem[string]): StoredItem[string] {
  return { N: String(Number(a?.['N'] ?? 0) + Number(b['N'])) };
}
