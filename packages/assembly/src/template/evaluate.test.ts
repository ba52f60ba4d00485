import { describe, expect, test } from 'vitest';
import { evaluate, evaluateProperties } from './evaluate.ts';
import { noValue } from './intrinsics.ts';
import { type Template, inDependencyOrder, referencesOf, resourceDependencies } from './references.ts';
import { stackScope } from './stack-scope.ts';
import type { Json } from './values.ts';

const template: Template = {
  Metadata: {},
  Outputs: {},
  Parameters: {},
  Mappings: { Sizes: { prod: { cpu: 1024 } } },
  Conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
    NotProd: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    Both: { 'Fn::And': [{ Condition: 'IsProd' }, { Condition: 'NotProd' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'NotProd' }] },
  },
  Resources: {},
};
const identity = { name: 'demo', id: 'arn:stack/demo', region: 'eu-west-1' };
const resources: Record<string, { physicalId: string; attributes: Record<string, Json> }> = {
  Table: { physicalId: 'table-1', attributes: { Arn: 'arn:table', 'Stream.Arn': 'arn:stream' } },
};
const scope = stackScope(identity, template, { Stage: 'dev', Zones: ['a', 'b'] }, (logicalId) => {
  const found = resources[logicalId];
  return found && { physicalId: found.physicalId, attribute: (name) => found.attributes[name] };
});

describe('every intrinsic function gives what CloudFormation gives', () => {
  const cases: [string, Json, unknown][] = [
    ['a parameter', { Ref: 'Stage' }, 'dev'],
    ['a list parameter', { Ref: 'Zones' }, ['a', 'b']],
    ['a resource', { Ref: 'Table' }, 'table-1'],
    ['the account', { Ref: 'AWS::AccountId' }, '000000000000'],
    ['the region', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['no value', { Ref: 'AWS::NoValue' }, noValue],
    ['an attribute', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:table'],
    ['an attribute with a dot', { 'Fn::GetAtt': ['Table', 'Stream.Arn'] }, 'arn:stream'],
    ['an attribute as text', { 'Fn::GetAtt': 'Table.Stream.Arn' }, 'arn:stream'],
    ['a join', { 'Fn::Join': ['-', ['x', { Ref: 'Stage' }, 3]] }, 'x-dev-3'],
    ['a join of a list parameter', { 'Fn::Join': [',', { Ref: 'Zones' }] }, 'a,b'],
    ['a substitution', { 'Fn::Sub': '${Stage}/${Table.Arn}/${!Literal}' }, 'dev/arn:table/${Literal}'],
    ['a substitution with names', { 'Fn::Sub': ['${x}', { x: { Ref: 'Table' } }] }, 'table-1'],
    ['a selection', { 'Fn::Select': ['1', { Ref: 'Zones' }] }, 'b'],
    ['a split', { 'Fn::Split': ['/', 'a/b/c'] }, ['a', 'b', 'c']],
    ['a choice', { 'Fn::If': ['IsProd', 'big', 'small'] }, 'small'],
    ['a mapping', { 'Fn::FindInMap': ['Sizes', 'prod', 'cpu'] }, 1024],
    ['base 64', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
    ['zones', { 'Fn::GetAZs': '' }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
    ['address blocks', { 'Fn::Cidr': ['10.0.0.0/16', 2, 8] }, ['10.0.0.0/24', '10.0.1.0/24']],
    ['nested functions', { 'Fn::Select': [0, { 'Fn::Split': ['-', { Ref: 'Table' }] }] }, 'table'],
  ];
  test.each(cases)('%s', (_title, source, expected) => {
    expect(evaluate(source, scope)).toEqual(expected);
  });
});

test.each([
  ['IsProd', false],
  ['NotProd', true],
  ['Both', false],
  ['Either', true],
])('the condition %s is %s', (name, expected) => {
  expect(scope.condition(name)).toBe(expected);
});

test('a property without a value is left out, in objects and in lists', () => {
  const source = {
    A: { 'Fn::If': ['IsProd', 1, { Ref: 'AWS::NoValue' }] },
    B: [1, { Ref: 'AWS::NoValue' }, 2],
  };
  expect(evaluateProperties(source, scope)).toEqual({ B: [1, 2] });
});

test("a policy statement's Condition is not taken for the function of that name", () => {
  const statement = { Condition: { StringEquals: { 'aws:PrincipalTag/x': 'y' } } };
  expect(evaluate(statement, scope)).toEqual(statement);
});

test.each<[string, Json, RegExp]>([
  ['an unknown function', { 'Fn::Transform': {} }, /Fn::Transform is not understood/],
  ['an import', { 'Fn::ImportValue': 'x' }, /Fn::ImportValue is not understood/],
  ['an unknown name', { Ref: 'Nothing' }, /Nothing, which does not exist in demo/],
  ['an unknown attribute', { 'Fn::GetAtt': ['Table', 'Nope'] }, /Table\.Nope/],
  ['a selection beyond the end', { 'Fn::Select': [5, ['a']] }, /item 5 of a list of 1/],
  ['a wrong argument', { 'Fn::Join': 'x' }, /Fn::Join needs a list, but got "x"/],
  ['a missing mapping', { 'Fn::FindInMap': ['Sizes', 'dev', 'cpu'] }, /Sizes\.dev\.cpu/],
  ['a dynamic reference', '{{resolve:ssm:/x}}', /AWS::SSM::Parameter::Value/],
  ['too small a block', { 'Fn::Cidr': ['10.0.0.0/24', 300, 8] }, /count of 1 to 256/],
])('%s is refused with a plain message', (_title, source, message) => {
  expect(() => evaluate(source, scope)).toThrow(message);
});

test('references are found in Ref, GetAtt and Sub, and literals are left alone', () => {
  const source = {
    a: { Ref: 'A' },
    b: { 'Fn::GetAtt': 'B.Arn' },
    c: { 'Fn::Sub': ['${C}/${!Literal}/${D.Arn}', { E: { Ref: 'E' } }] },
  };
  expect([...referencesOf(source)].sort()).toEqual(['A', 'B', 'C', 'D', 'E']);
});

test('resources are ordered by references and DependsOn, and a circle is named', () => {
  const dependencies = resourceDependencies({
    A: { Type: 'T', DependsOn: 'B', Properties: { x: { Ref: 'C' } } },
    B: { Type: 'T', DependsOn: ['C'] },
    C: { Type: 'T' },
  });
  expect(inDependencyOrder(dependencies, 'Resources')).toEqual(['C', 'B', 'A']);
  const circle = resourceDependencies({ A: { Type: 'T', DependsOn: 'B' }, B: { Type: 'T', DependsOn: 'A' } });
  expect(() => inDependencyOrder(circle, 'Resources')).toThrow(/A → B → A/);
});
