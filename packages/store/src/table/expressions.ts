/** When a write may happen, said in attributes. All of it must hold. */
export interface Condition {
  absent?: readonly string[];
  present?: readonly string[];
  is?: Readonly<Record<string, unknown>>;
  /** True too where the attribute is absent. */
  isNot?: Readonly<Record<string, unknown>>;
}

/** What an update does to an item. */
export interface Change {
  set?: Readonly<Record<string, unknown>>;
  setIfAbsent?: Readonly<Record<string, unknown>>;
  add?: Readonly<Record<string, number>>;
  remove?: readonly string[];
}

export const ifAbsent: Condition = { absent: ['pk'] };

interface Expression {
  ConditionExpression: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
}

/** Names are always placeholders: many of our attribute names are DynamoDB's reserved words. */
export function conditionExpression(condition: Condition): Expression {
  const terms = new Terms();
  const { absent = [], present = [], is = {}, isNot = {} } = condition;
  const text = [
    ...absent.map((name) => `attribute_not_exists(${terms.name(name)})`),
    ...present.map((name) => `attribute_exists(${terms.name(name)})`),
    ...Object.entries(is).map(([name, value]) => `${terms.name(name)} = ${terms.value(value)}`),
    ...Object.entries(isNot).map(
      ([name, value]) =>
        `(attribute_not_exists(${terms.name(name)}) OR ${terms.name(name)} <> ${terms.value(value)})`,
    ),
  ].join(' AND ');
  return { ConditionExpression: text, ...terms.expression() };
}

export function updateExpression(
  change: Change,
  condition: Condition,
): Expression & { UpdateExpression: string } {
  const when = conditionExpression(condition);
  const terms = new Terms('u');
  const set = [
    ...defined(change.set).map(([name, value]) => `${terms.name(name)} = ${terms.value(value)}`),
    ...defined(change.setIfAbsent).map(
      ([name, value]) => `${terms.name(name)} = if_not_exists(${terms.name(name)}, ${terms.value(value)})`,
    ),
  ];
  const add = defined(change.add).map(([name, value]) => `${terms.name(name)} ${terms.value(value)}`);
  const remove = (change.remove ?? []).map((name) => terms.name(name));
  const clauses = [
    ...(set.length > 0 ? [`SET ${set.join(', ')}`] : []),
    ...(add.length > 0 ? [`ADD ${add.join(', ')}`] : []),
    ...(remove.length > 0 ? [`REMOVE ${remove.join(', ')}`] : []),
  ];
  const what = terms.expression();
  const values = { ...when.ExpressionAttributeValues, ...what.ExpressionAttributeValues };
  return {
    UpdateExpression: clauses.join(' '),
    ConditionExpression: when.ConditionExpression,
    ExpressionAttributeNames: { ...when.ExpressionAttributeNames, ...what.ExpressionAttributeNames },
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

function defined(values: Readonly<Record<string, unknown>> = {}): [string, unknown][] {
  return Object.entries(values).filter(([, value]) => value !== undefined);
}

/** Placeholders of one expression. */
class Terms {
  readonly #prefix: string;
  readonly #names = new Map<string, string>();
  readonly #values: unknown[] = [];

  constructor(prefix = 'c') {
    this.#prefix = prefix;
  }

  name(attribute: string): string {
    const known = this.#names.get(attribute) ?? `#${this.#prefix}${this.#names.size}`;
    this.#names.set(attribute, known);
    return known;
  }

  value(value: unknown): string {
    return `:${this.#prefix}${this.#values.push(value)}`;
  }

  expression(): Pick<Expression, 'ExpressionAttributeNames' | 'ExpressionAttributeValues'> {
    const names = [...this.#names].map(([attribute, placeholder]) => [placeholder, attribute]);
    const values = this.#values.map((value, i) => [`:${this.#prefix}${i + 1}`, value]);
    return {
      ExpressionAttributeNames: Object.fromEntries(names) as Record<string, string>,
      ...(values.length > 0 && {
        ExpressionAttributeValues: Object.fromEntries(values) as Record<string, unknown>,
      }),
    };
  }
}
