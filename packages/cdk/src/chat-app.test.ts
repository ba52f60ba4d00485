import { afterEach, expect, test } from 'vitest';
import { problemLine, SynthProblemsError } from './errors.ts';
import { builtTool, createWorkspace, stackSource, type TestWorkspace } from './testing/workspace.ts';

const workspaces: TestWorkspace[] = [];
afterEach(async () => {
  for (const workspace of workspaces.splice(0)) await workspace.remove();
});

async function workspaceWith(files: Record<string, string>): Promise<TestWorkspace> {
  const workspace = await createWorkspace(files);
  workspaces.push(workspace);
  return workspace;
}

/** Lines of the problems that a synth of these files reports. */
async function problemsOf(files: Record<string, string>): Promise<string[]> {
  const app = await (await workspaceWith(files)).load();
  const error: unknown = await app.synth({ stage: 'dev' }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SynthProblemsError) return error.problems.map(problemLine);
  throw error ?? new Error('synth succeeded');
}

interface Template {
  Resources: Record<string, { Type: string; DependsOn?: string[]; Properties: Record<string, unknown> }>;
}

async function templateOf(files: Record<string, string>): Promise<Template> {
  const app = await (await workspaceWith(files)).load();
  return (await app.synth({ stage: 'dev' })).template as Template;
}

function resourcesOf({ Resources }: Template, type: string) {
  return Object.entries(Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([logicalId, resource]) => ({ logicalId, ...resource }));
}

/** The definition a resource registers, with every token as `TOKEN`. */
function definitionOf(properties: Record<string, unknown> | undefined): unknown {
  const value = properties?.['Definition'] as string | { 'Fn::Join': [string, unknown[]] };
  const text =
    typeof value === 'string'
      ? value
      : value['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'TOKEN')).join('');
  return JSON.parse(text);
}

const chatApp = (props: string) => stackSource(`new ChatApp(stack, 'ChatApp', ${props});`);
const prompt = { 'prompt.md': 'Be kind.\n' };

test('a chat app with an inline agent registers the agent first, then itself', async () => {
  const template = await templateOf({
    ...prompt,
    ...builtTool('look-up'),
    'stack.ts': stackSource(`
      const tool = new LambdaTool(stack, 'LookUp', { tool: 'look-up', timeoutSeconds: 5 });
      new ChatApp(stack, 'ChatApp', {
        title: 'Sample', access: { groups: ['staff'] },
        agent: { instructions: 'prompt.md', tools: [tool], budget: { turns: 3 }, model: { provider: 'demo' } },
      });`),
  });
  const [agent] = resourcesOf(template, 'Custom::ParleyAgent');
  const [app] = resourcesOf(template, 'Custom::ParleyChatApp');
  const [lambda] = resourcesOf(template, 'AWS::Lambda::Function');
  expect(definitionOf(agent?.Properties)).toEqual({
    id: 'sample',
    instructions: 'Be kind.',
    model: { provider: 'demo' },
    budget: { turns: 3, tokens: 100_000, seconds: 300 },
    tools: [
      {
        name: 'look-up',
        description: 'Does what look-up does.',
        input: { type: 'object', properties: {} },
        functionArn: 'TOKEN',
        timeoutSeconds: 5,
      },
    ],
    agents: [],
  });
  expect(definitionOf(app?.Properties)).toMatchObject({
    id: 'sample',
    agent: 'sample',
    access: { groups: ['staff'] },
  });
  expect(app?.DependsOn).toContain(agent?.logicalId);
  const code = lambda?.Properties['Code'] as { S3Key: string };
  expect(agent?.Properties['ToolCode']).toEqual({ 'look-up': code.S3Key.replace('.zip', '') });
  for (const resource of [agent, app]) {
    expect(resource?.Properties).toMatchObject({ Stage: 'parley-dev', ServiceTimeout: '60' });
    expect(JSON.stringify(resource?.Properties['ServiceToken'])).toMatch(
      /"arn:aws:lambda:us-east-1:",\{"Ref":"AWS::AccountId"\},":function:parley-dev-registrar"/,
    );
  }
});

test('a second agent of a package has an id of its own, and another may ask it', async () => {
  const template = await templateOf({
    ...prompt,
    'stack.ts': stackSource(`
      const critic = new Agent(stack, 'Critic', { name: 'critic', instructions: 'prompt.md' });
      new ChatApp(stack, 'ChatApp', { title: 'Sample', agent: { instructions: 'prompt.md', agents: [critic, 'other'] } });
      new ChatApp(stack, 'Plain', { name: 'plain', title: 'Plain', agent: critic });`),
  });
  const agents = resourcesOf(template, 'Custom::ParleyAgent');
  expect(agents.map(({ Properties }) => definitionOf(Properties))).toMatchObject([
    { id: 'sample-critic' },
    { id: 'sample', agents: ['sample-critic', 'other'] },
  ]);
  expect(agents[1]?.DependsOn).toContain(agents[0]?.logicalId);
  const apps = resourcesOf(template, 'Custom::ParleyChatApp').map(({ Properties }) =>
    definitionOf(Properties),
  );
  expect(apps).toMatchObject([
    { id: 'sample', agent: 'sample' },
    { id: 'sample-plain', agent: 'sample-critic' },
  ]);
});

test('an agent with a Bedrock model of its own lets the inference service call that model, before it is registered', async () => {
  const files = (model: string) => ({
    ...prompt,
    'stack.ts': chatApp(`{ title: 'T', agent: { instructions: 'prompt.md', model: ${model} } }`),
  });
  const template = await templateOf(
    files(`{ provider: 'bedrock', modelId: 'amazon.nova-pro-v1:0', region: 'eu-central-1' }`),
  );
  const [policy] = resourcesOf(template, 'AWS::IAM::Policy');
  expect(policy?.Properties['PolicyDocument']).toMatchObject({
    Statement: [
      {
        Effect: 'Allow',
        Action: 'bedrock:InvokeModelWithResponseStream',
        Resource: expect.stringContaining(
          ':bedrock:eu-central-1::foundation-model/amazon.nova-pro-v1:0',
        ) as string,
      },
    ],
  });
  expect(JSON.stringify(policy?.Properties['Roles'])).toContain('InferenceTaskRoleArnParameter');
  expect(resourcesOf(template, 'Custom::ParleyAgent')[0]?.DependsOn).toContain(policy?.logicalId);
  const without = await templateOf(files(`{ provider: 'demo' }`));
  expect(JSON.stringify(without)).not.toMatch(/AWS::IAM::Policy|InferenceTaskRole/);
});

test('everything that is wrong is said at once, one line each, with file and field', async () => {
  const lines = await problemsOf({
    'package.json': JSON.stringify({ name: 'My_App' }),
    'tools/unbuilt.ts': '',
    'stack.ts': stackSource(`
      const unbuilt = new LambdaTool(stack, 'Unbuilt', { tool: 'unbuilt', timeout: 5, timeoutSeconds: 1000 });
      const absent = new LambdaTool(stack, 'Absent', { tool: 'absent' });
      new ChatApp(stack, 'ChatApp', {
        title: '', colour: 'blue',
        agent: { instructions: 'prompt.md', tools: [unbuilt, absent], temperature: 1 },
      });`),
  });
  expect(lines).toEqual([
    'package.json: name: expected lower-case words joined by single hyphens, such as "my-app", got "My_App"',
    'stack.ts: Unbuilt: unknown key "timeout": remove it, or check its spelling',
    'stack.ts: Unbuilt.timeoutSeconds: expected a whole number from 1 to 900, got 1000',
    expect.stringMatching(
      /^tools\/unbuilt\.ts: nothing is built from it: expected .*dist\/unbuilt\/index\.mjs; run the build first/,
    ),
    'stack.ts: Absent.tool: expected a file tools/absent.ts beside stack.ts, got "absent"',
    'stack.ts: ChatApp: unknown key "colour": remove it, or check its spelling',
    'stack.ts: ChatApp.agent: unknown key "temperature": remove it, or check its spelling',
    "prompt.md: instructions: the file is missing: expected the agent's instructions in prompt.md, beside stack.ts",
    expect.stringMatching(/^stack\.ts: ChatApp\.title: .*got ""$/),
  ]);
});

test('an empty prompt is a problem of the prompt', async () => {
  const lines = await problemsOf({
    'prompt.md': ' \n',
    'stack.ts': chatApp(`{ title: 'Sample', agent: { instructions: 'prompt.md' } }`),
  });
  expect(lines).toEqual([
    "prompt.md: instructions: the file is empty: expected the agent's instructions in prompt.md, beside stack.ts",
  ]);
});

test('a tool name used twice is a problem of the second tool', async () => {
  const lines = await problemsOf({
    ...prompt,
    ...builtTool('first', 'same'),
    ...builtTool('second', 'same'),
    'stack.ts': stackSource(`
      const tools = ['first', 'second'].map((tool) => new LambdaTool(stack, tool, { tool }));
      new ChatApp(stack, 'ChatApp', { title: 'Sample', agent: { instructions: 'prompt.md', tools } });`),
  });
  expect(lines).toEqual(['tools/second.ts: name: this name is used twice, got "same"']);
});

test('the same tool made twice, or passed twice, is one problem', async () => {
  const source = (tools: string) =>
    stackSource(`
    const one = new LambdaTool(stack, 'One', { tool: 'look-up' });
    new ChatApp(stack, 'ChatApp', { title: 'Sample', agent: { instructions: 'prompt.md', tools: ${tools} } });`);
  const files = { ...prompt, ...builtTool('look-up') };
  const madeTwice = source(`[one, new LambdaTool(stack, 'Two', { tool: 'look-up' })]`);
  expect(await problemsOf({ ...files, 'stack.ts': madeTwice })).toEqual([
    'stack.ts: Two.tool: "look-up" is the tool of One already; pass that one to every agent',
  ]);
  expect(await problemsOf({ ...files, 'stack.ts': source('[one, one]') })).toEqual([
    'tools/look-up.ts: name: this name is used twice, got "look-up"',
  ]);
});

test('a package.json without a name, and a tool.json that is cut off, are problems of those files', async () => {
  expect(await problemsOf({ 'package.json': '{"type":"module"}', 'stack.ts': stackSource('') })).toEqual([
    'package.json: name: expected JSON with a name, beside stack.ts',
  ]);
  const files = { ...builtTool('look-up'), 'dist/look-up/tool.json': '{"name":' };
  const source = stackSource(`new LambdaTool(stack, 'LookUp', { tool: 'look-up' });`);
  expect(await problemsOf({ ...files, 'stack.ts': source })).toEqual([
    'dist/look-up/tool.json: expected object, received undefined, got nothing; run the build again',
  ]);
});

test('a tool.json that is not what a build writes asks for another build', async () => {
  const lines = await problemsOf({
    ...builtTool('broken'),
    'dist/broken/tool.json': JSON.stringify({ name: 'broken', input: { type: 'object' }, extra: 1 }),
    'stack.ts': stackSource(`new LambdaTool(stack, 'Broken', { tool: 'broken' });`),
  });
  expect(lines).toEqual([
    expect.stringMatching(/^dist\/broken\/tool\.json: description: .*got nothing; run the build again$/),
    'dist/broken/tool.json: unknown key "extra": remove it, or check its spelling; run the build again',
  ]);
});

test('a definition of more than 100 KB is refused with its size', async () => {
  const description = 'x'.repeat(3_900);
  const names = Array.from({ length: 16 }, (_, i) => `tool-${i}`);
  const tools = names.map((name) => ({
    ...builtTool(name),
    [`dist/${name}/tool.json`]: JSON.stringify({ name, description, input: { type: 'object' } }),
  }));
  const lines = await problemsOf({
    'prompt.md': 'é'.repeat(30_000),
    ...Object.assign({}, ...tools),
    'stack.ts': stackSource(`
      const tools = ${JSON.stringify(names)}.map((tool) => new LambdaTool(stack, tool, { tool }));
      new ChatApp(stack, 'ChatApp', { title: 'Sample', agent: { instructions: 'prompt.md', tools } });`),
  });
  expect(lines).toEqual([
    expect.stringMatching(
      /^stack\.ts: ChatApp\.agent: the definition is 1\d{5} bytes of JSON; expected at most 102400/,
    ),
  ]);
});

test('an id that a name makes invalid is a problem of the name', async () => {
  const lines = await problemsOf({
    ...prompt,
    'stack.ts': chatApp(`{ name: 'Big One', title: 'Sample', agent: 'other' }`),
  });
  expect(lines).toEqual([
    'stack.ts: ChatApp.name: expected lower-case words joined by single hyphens, such as "my-app", got "sample-Big One"',
  ]);
});

test('as a program it prints the problems without a trace and exits with 1', async () => {
  const workspace = await workspaceWith({
    'stack.ts': chatApp(`{ title: 'Sample', agent: { instructions: 'prompt.md' }, oops: 1 }`),
  });
  const { exitCode, stdout, stderr } = await workspace.run();
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr.split('\n')).toEqual([
    'stack.ts: ChatApp: unknown key "oops": remove it, or check its spelling',
    "prompt.md: instructions: the file is missing: expected the agent's instructions in prompt.md, beside stack.ts",
    '',
  ]);
});

test('an unchanged definition registers with the same properties, and changed code with others', async () => {
  const files = {
    ...prompt,
    ...builtTool('look-up'),
    'stack.ts': stackSource(`
      const tool = new LambdaTool(stack, 'LookUp', { tool: 'look-up' });
      new ChatApp(stack, 'ChatApp', { title: 'Sample', agent: { instructions: 'prompt.md', tools: [tool] } });`),
  };
  const changed = { ...files, 'dist/look-up/index.mjs': 'export const handler = async () => 2;\n' };
  const [first, again, other] = [await templateOf(files), await templateOf(files), await templateOf(changed)];
  const properties = (template: Template) => resourcesOf(template, 'Custom::ParleyAgent')[0]?.Properties;
  expect(again).toEqual(first);
  expect(properties(other)?.['Definition']).toEqual(properties(first)?.['Definition']);
  expect(properties(other)?.['ToolCode']).not.toEqual(properties(first)?.['ToolCode']);
});
