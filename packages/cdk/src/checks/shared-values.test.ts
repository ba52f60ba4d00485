import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

test('a stack that reads a parameter it writes itself is refused (T2)', async () => {
  const body = `
    writeParameter(stack, '/parley-dev/sample/topic', 'value');
    new CfnParameter(stack, 'Topic', { type: 'AWS::SSM::Parameter::Value<String>', default: '/parley-dev/sample/topic' });`;
  expect(await problemsOf(body)).toEqual([
    'stack.ts: Topic (Topic): the stack reads "/parley-dev/sample/topic", which its own SampleTopicParameter writes; expected a parameter of another stack: use the value itself [own-parameters]',
  ]);
});

test('an export and an import are refused (T5)', async () => {
  const body = `
    new CfnOutput(stack, 'Table', { value: 'x', exportName: stack.prefix + '-table' });
    add('Topic', 'AWS::SNS::Topic', { DisplayName: Fn.importValue('parley-dev-name') });`;
  const share =
    'expected values that stacks share as SSM parameters: use writeParameter in the one stack and readParameter in the other (@parley/cdk/shared-parameter) [cross-stack-exports]';
  expect(await problemsOf(body)).toEqual([
    `stack.ts: Table (Table): the output is exported; ${share}`,
    `stack.ts: Topic (Topic): it imports "parley-dev-name" from another stack; ${share}`,
  ]);
});

test('a default that CloudFormation would have to resolve is refused (T44)', async () => {
  const body = `new CfnParameter(stack, 'Zone', { default: Fn.select(0, Fn.getAzs()) });`;
  expect(await problemsOf(body)).toEqual([
    'stack.ts: Zone (Zone): its default is {"Fn::Select":[0,{"Fn::GetAZs":""}]}; expected a literal: CloudFormation resolves nothing in a default: spell the default out [parameter-defaults]',
  ]);
});

test('a dynamic reference to a parameter is refused: nobody would notice a new value', async () => {
  const body = `add('Topic', 'AWS::SNS::Topic', { DisplayName: '{{resolve:ssm:/parley-dev/name}}' });`;
  expect(await problemsOf(body)).toEqual([
    'stack.ts: Topic (Topic): DisplayName is "{{resolve:ssm:/parley-dev/name}}"; expected a template parameter of the type AWS::SSM::Parameter::Value: read it with readParameter (@parley/cdk/shared-parameter) [dynamic-references]',
  ]);
});
