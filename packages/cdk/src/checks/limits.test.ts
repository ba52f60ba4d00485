import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

test.each([
  [401, 'resources', 400, 500, `for (let i = 0; i < 401; i++) add('Topic' + i, 'AWS::SNS::Topic');`],
  [
    161,
    'parameters',
    160,
    200,
    `for (let i = 0; i < 161; i++) new CfnParameter(stack, 'P' + i, { default: 'x' });`,
  ],
  [161, 'outputs', 160, 200, `for (let i = 0; i < 161; i++) new CfnOutput(stack, 'O' + i, { value: 'x' });`],
])('%d %s leave too little room below the limit (T27)', async (count, what, most, limit, body) => {
  expect(await problemsOf(body)).toEqual([
    `stack.ts: the template has ${count} ${what}; expected at most ${most}, which leaves room below AWS's limit of ${limit}: move a part of it to a stack of its own [template-size]`,
  ]);
});

test('a template of nearly a megabyte is refused (T27)', async () => {
  const body = `
    for (let i = 0; i < 200; i++) add('Topic' + i, 'AWS::SNS::Topic', { DisplayName: 'x'.repeat(4200) });`;
  expect(await problemsOf(body)).toEqual([
    expect.stringMatching(
      /^stack\.ts: the template has 8\d{5} bytes; expected at most 800000, .* limit of 1000000: .* \[template-size\]$/,
    ),
  ]);
});

const environment = (variables: string) =>
  `add('Look', 'AWS::Lambda::Function', { Environment: { Variables: ${variables} } });`;

test('a function with too large an environment is refused (T27)', async () => {
  expect(await problemsOf(environment(`{ TEXT: 'x'.repeat(3300) }`))).toEqual([
    "stack.ts: Look (Look): its environment has 3304 bytes; expected at most 3276, which leaves room below AWS's limit of 4096: keep settings in one variable of JSON, a parameter or a file [environment-size]",
  ]);
  const references = `Object.fromEntries(Array.from({ length: 30 }, (_, i) => ['V' + i, { Ref: 'AWS::StackId' }]))`;
  expect(await problemsOf(environment(references))).toHaveLength(1);
});

test('a function or container with more than forty variables is refused (T27)', async () => {
  const many = `Object.fromEntries(Array.from({ length: 41 }, (_, i) => ['V' + i, 'x']))`;
  const rest =
    "expected at most 40, which leaves room below AWS's limit of 50: keep settings in one variable of JSON, a parameter or a file [environment-size]";
  expect(await problemsOf(environment(many))).toEqual([
    `stack.ts: Look (Look): it has 41 environment variables; ${rest}`,
  ]);
  const container = `
    add('Task', 'AWS::ECS::TaskDefinition', {
      RuntimePlatform: { CpuArchitecture: 'ARM64' },
      ContainerDefinitions: [{ Name: 'web', Image: 'x@sha256:1', Environment: Object.entries(${many}).map(([Name, Value]) => ({ Name, Value })) }],
    });`;
  expect(await problemsOf(container)).toEqual([
    `stack.ts: Task (Task): its container "web" has 41 environment variables; ${rest}`,
  ]);
});

test('a comment or description that is longer than AWS takes is refused (T27)', async () => {
  const body = `
    add('Site', 'AWS::CloudFront::Distribution', { DistributionConfig: { Comment: 'x'.repeat(129) } });
    add('Look', 'AWS::Lambda::Function', { Description: { 'Fn::Sub': 'x'.repeat(250) + '\${AWS::StackName}' } });
    add('Text', 'AWS::SSM::Parameter', { Name: '/parley-dev/text', Value: '{' + 'x'.repeat(4095) + '}' });`;
  expect(await problemsOf(body)).toEqual([
    'stack.ts: Site (Site): DistributionConfig.Comment has 129 characters; expected at most 128: shorten it [text-lengths]',
    'stack.ts: Text (Text): Value has 4097 characters; expected at most 4096: shorten it [text-lengths]',
  ]);
});
