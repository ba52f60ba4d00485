import { TemplateError } from '../errors.ts';
import { cidrBlocks } from './cidr.ts';
import { type Json, type JsonObject, canonicalJson, textOf } from './values.ts';

/** Stands for `AWS::NoValue`: whoever holds it leaves the property out. */
export const noValue = Symbol('AWS::NoValue');
export type Evaluated = Json | typeof noValue;

/** What a template may refer to while it is evaluated. */
export interface Scope {
  region: string;
  /** Value of a parameter, pseudo parameter or resource; throws when there is none. */
  ref(name: string): Evaluated;
  attribute(logicalId: string, attribute: string): Json;
  condition(name: string): boolean;
  mapping(map: string, first: string, second: string): Json | undefined;
}

type Intrinsic = (argument: Json, scope: Scope, evaluate: (value: Json) => Evaluated) => Evaluated;

export const intrinsics: Record<string, Intrinsic> = {
  Ref: (argument, scope) => scope.ref(text('Ref', argument)),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, ...path] =
      typeof argument === 'string' ? argument.split('.') : texts('Fn::GetAtt', argument);
    return scope.attribute(logicalId ?? '', path.join('.'));
  },
  'Fn::Sub': substitute,
  'Fn::Join': (argument, _scope, evaluate) => {
    const [separator, parts] = pair('Fn::Join', argument);
    return texts('Fn::Join', evaluate(parts)).join(text('Fn::Join', separator));
  },
  'Fn::Select': (argument, _scope, evaluate) => {
    const [index, list] = pair('Fn::Select', argument);
    const items = array('Fn::Select', evaluate(list));
    const position = Number(evaluate(index));
    const item = items[position];
    if (item === undefined) {
      throw new TemplateError(`Fn::Select asks for item ${position} of a list of ${items.length}.`);
    }
    return item;
  },
  'Fn::Split': (argument, _scope, evaluate) => {
    const [separator, source] = pair('Fn::Split', argument);
    return text('Fn::Split', evaluate(source)).split(text('Fn::Split', separator));
  },
  'Fn::If': (argument, scope, evaluate) => {
    const [name, whenTrue, whenFalse] = array('Fn::If', argument);
    return evaluate((scope.condition(text('Fn::If', name)) ? whenTrue : whenFalse) ?? null);
  },
  'Fn::FindInMap': (argument, scope, evaluate) => {
    const [map, first, second] = texts('Fn::FindInMap', evaluate(argument));
    const value = scope.mapping(map ?? '', first ?? '', second ?? '');
    if (value === undefined) throw new TemplateError(`Mappings has no ${map}.${first}.${second}.`);
    return value;
  },
  'Fn::Base64': (argument, _scope, evaluate) =>
    Buffer.from(text('Fn::Base64', evaluate(argument))).toString('base64'),
  'Fn::GetAZs': (argument, scope, evaluate) => {
    const region = text('Fn::GetAZs', evaluate(argument)) || scope.region;
    return ['a', 'b', 'c'].map((zone) => `${region}${zone}`);
  },
  'Fn::Cidr': (argument, _scope, evaluate) => {
    const [block, count, bits] = array('Fn::Cidr', evaluate(argument));
    return cidrBlocks(text('Fn::Cidr', block), Number(count), Number(bits ?? 8));
  },
  Condition: (argument, scope) => scope.condition(text('Condition', argument)),
  'Fn::Equals': (argument, _scope, evaluate) => {
    const [left, right] = pair('Fn::Equals', argument);
    return comparable(evaluate(left)) === comparable(evaluate(right));
  },
  'Fn::Not': (argument, _scope, evaluate) =>
    !truth('Fn::Not', evaluate(array('Fn::Not', argument)[0] ?? null)),
  'Fn::And': (argument, _scope, evaluate) =>
    array('Fn::And', argument).every((item) => truth('Fn::And', evaluate(item))),
  'Fn::Or': (argument, _scope, evaluate) =>
    array('Fn::Or', argument).some((item) => truth('Fn::Or', evaluate(item))),
};

/** Numbers and booleans equal the text they are written as. */
function comparable(value: Evaluated): string {
  if (typeof value === 'symbol') return 'AWS::NoValue';
  return textOf(value) ?? canonicalJson(value);
}

function substitute(argument: Json, scope: Scope, evaluate: (value: Json) => Evaluated): Evaluated {
  const [template, variables] = typeof argument === 'string' ? [argument, {}] : pair('Fn::Sub', argument);
  return text('Fn::Sub', template).replace(/\$\{([^}]*)\}/g, (_whole, inside: string) => {
    if (inside.startsWith('!')) return `\${${inside.slice(1)}}`;
    const name = inside.trim();
    const own = (variables as JsonObject)[name];
    if (own !== undefined) return text('Fn::Sub', evaluate(own));
    const dot = name.indexOf('.');
    return text(
      'Fn::Sub',
      dot < 0 ? scope.ref(name) : scope.attribute(name.slice(0, dot), name.slice(dot + 1)),
    );
  });
}

function text(intrinsic: string, value: Evaluated | undefined): string {
  const found = typeof value === 'symbol' ? undefined : textOf(value);
  if (found === undefined) throw wrong(intrinsic, 'text', value);
  return found;
}

function array(intrinsic: string, value: Evaluated | undefined): Json[] {
  if (Array.isArray(value)) return value;
  throw wrong(intrinsic, 'a list', value);
}

function texts(intrinsic: string, value: Evaluated | undefined): string[] {
  return array(intrinsic, value).map((item) => text(intrinsic, item));
}

function pair(intrinsic: string, value: Json): [Json, Json] {
  const [first, second] = array(intrinsic, value);
  if (first === undefined || second === undefined) throw wrong(intrinsic, 'a list of two', value);
  return [first, second];
}

function truth(intrinsic: string, value: Evaluated): boolean {
  if (typeof value === 'boolean') return value;
  throw wrong(intrinsic, 'a condition', value);
}

function wrong(intrinsic: string, expected: string, value: Evaluated | undefined): TemplateError {
  const got = typeof value === 'symbol' ? 'AWS::NoValue' : JSON.stringify(value);
  return new TemplateError(`${intrinsic} needs ${expected}, but got ${got}.`);
}
