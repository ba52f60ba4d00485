import { afterEach, expect, test } from 'vitest';
import { Template } from 'aws-cdk-lib/assertions';
import { builtTool, createWorkspace, stackSource, type TestWorkspace } from './testing/workspace.ts';

const workspaces: TestWorkspace[] = [];
afterEach(async () => {
  for (const workspace of workspaces.splice(0)) await workspace.remove();
});

/** The template of a stack with one tool, made with these properties. */
async function templateWith(props: string, after = ''): Promise<Template> {
  const workspace = await createWorkspace({
    ...builtTool('look-up'),
    'stack.ts': stackSource(
      `const tool = new LambdaTool(stack, 'Tool', { tool: 'look-up', ${props} }); ${after}`,
    ),
  });
  workspaces.push(workspace);
  const { template } = await (await workspace.load()).synth({ stage: 'dev' });
  return Template.fromJSON(template as Record<string, unknown>);
}

/** Statements of the only policy of the tool's role, but the one for its log group. */
function statementsOf(template: Template): unknown[] {
  const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
  const statements = policy?.['Properties'].PolicyDocument.Statement as { Action: string | string[] }[];
  return statements.filter(({ Action }) => !Action.includes('logs:PutLogEvents'));
}

test('a tool is a tagged Node function on ARM with a log group of its stage', async () => {
  const template = await templateWith('');
  expect(() =>
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: 10,
      MemorySize: 256,
      Tags: [
        { Key: 'parley:prefix', Value: 'parley-dev' },
        { Key: 'parley:role', Value: 'tool' },
      ],
    }),
  ).not.toThrow();
  expect(() =>
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/lambda/parley-dev/sample-look-up',
    }),
  ).not.toThrow();
  expect(statementsOf(template)).toEqual([]);
});

test('timeout, memory and environment reach the function', async () => {
  const template = await templateWith(`timeoutSeconds: 60, memoryMiB: 1024, environment: { MODE: 'fast' }`);
  expect(() =>
    template.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 60,
      MemorySize: 1024,
      Environment: { Variables: { MODE: 'fast' } },
    }),
  ).not.toThrow();
});

test('a secret gives the right to read it and a variable with its name', async () => {
  const template = await templateWith(
    `secrets: { API_KEY: { secretsManager: 'vendor/key' }, TOKEN: { ssm: '/vendor/token' } }`,
  );
  expect(() =>
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { API_KEY: 'vendor/key', TOKEN: '/vendor/token' } },
    }),
  ).not.toThrow();
  const arn = (service: string, rest: string) => ({
    'Fn::Join': ['', [`arn:aws:${service}:us-east-1:`, { Ref: 'AWS::AccountId' }, `:${rest}`]],
  });
  expect(statementsOf(template)).toEqual([
    {
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      Resource: arn('secretsmanager', 'secret:vendor/key-??????'),
    },
    { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: arn('ssm', 'parameter/vendor/token') },
  ]);
});

test('a grant gives permission and variable in one call, as a property or later', async () => {
  const access = `{ environment: { ORDERS: 'orders' }, actions: ['dynamodb:GetItem'], resources: ['arn:aws:dynamodb:us-east-1:1:table/orders'] }`;
  const [asProperty, later] = [
    await templateWith(`grants: [${access}]`),
    await templateWith('', `tool.allow(${access});`),
  ];
  expect(later.toJSON()).toEqual(asProperty.toJSON());
  expect(() =>
    asProperty.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { ORDERS: 'orders' } },
    }),
  ).not.toThrow();
  expect(statementsOf(asProperty)).toMatchObject([{ Action: 'dynamodb:GetItem' }]);
});

test('one variable cannot mean two things', async () => {
  await expect(
    templateWith(
      `environment: { MODE: 'fast' }`,
      `tool.allow({ environment: { MODE: 'slow' }, actions: [], resources: [] });`,
    ),
  ).rejects.toThrow('environment variable MODE is "fast" already, got "slow" as well');
});
