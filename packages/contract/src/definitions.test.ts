import { expect, test } from 'vitest';
import { agentDefinition } from './agent.ts';
import { chatAppDefinition, mayUse } from './chat-app.ts';
import { stage } from './id.ts';
import { modelLabel, modelSettings } from './model.ts';
import { describeIssues, formatProblems } from './issues.ts';
import { parsePhysicalResourceId, physicalResourceId } from './registration.ts';
import type { z } from 'zod';

function problems(schema: z.ZodType, input: unknown): string[] {
  const parsed = schema.safeParse(input);
  return parsed.success ? [] : formatProblems(describeIssues(parsed.error, input)).split('\n');
}

const tool = {
  name: 'forecast',
  description: 'Weather',
  input: { type: 'object' },
  functionArn: 'arn',
  timeoutSeconds: 5,
};

test('a chat app needs no more than an id, a title and an agent', () => {
  expect(chatAppDefinition.parse({ id: 'weather', title: 'Weather', agent: 'weather' })).toMatchObject({
    access: 'signed-in',
    suggestions: [],
    features: { edit: true, regenerate: true, attachments: false },
  });
});

test('each thing wrong with a chat app is said with its field, the value got and what was expected', () => {
  expect(
    problems(chatAppDefinition, {
      id: 'My App',
      title: '',
      agent: 'a',
      colour: 'red',
      access: { groups: [] },
    }),
  ).toEqual([
    'id: expected lower-case words joined by single hyphens, such as "my-app", got "My App"',
    'title: Too small: expected string to have >=1 characters, got ""',
    expect.stringContaining('access'),
    'unknown key "colour": remove it, or check its spelling',
  ]);
});

test('an agent refuses a tool name used twice and itself as a tool', () => {
  const input = { id: 'a', instructions: 'Help.', tools: [tool, tool], agents: ['a'] };
  expect(problems(agentDefinition, input)).toEqual([
    'tools[1].name: this name is used twice, got "forecast"',
    'agents: an agent cannot be its own tool, got ["a"]',
  ]);
});

test('only members of a named group may use an app that names groups', () => {
  expect(mayUse('signed-in', [])).toBe(true);
  expect(mayUse({ groups: ['staff'] }, ['staff', 'x'])).toBe(true);
  expect(mayUse({ groups: ['staff'] }, ['guests'])).toBe(false);
});

test('a physical id says kind and id, and anything else is nobody’s', () => {
  expect(parsePhysicalResourceId(physicalResourceId('app', 'my-app'))).toEqual({ kind: 'app', id: 'my-app' });
  for (const garbage of [undefined, null, 7, {}, '', 'app/', 'tool/x', 'app/../x', 'app/X']) {
    expect(parsePhysicalResourceId(garbage)).toBeUndefined();
  }
});

test('a stage has a letter first and at most 15 characters', () => {
  for (const good of ['dev', 'feature-x', 'a', 'a23456789012345'])
    expect(stage.safeParse(good).success).toBe(true);
  for (const bad of ['', '1dev', 'Dev', 'a234567890123456', 'dev_1'])
    expect(stage.safeParse(bad).success).toBe(false);
});

test('a value of any depth is described, not only one that can be shown', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  expect(problems(stage, deep)).toEqual([expect.stringContaining('got a value that cannot be shown')]);
});

test.each([
  [{ provider: 'demo' }, 'demo'],
  [{ provider: 'demo', wordDelayMs: 20 }, 'demo'],
  [
    { provider: 'openai-compatible', baseUrl: 'http://localhost/v1', model: 'qwen3' },
    'openai-compatible/qwen3',
  ],
  [{ provider: 'anthropic', model: 'claude-sonnet-4-6', apiKeyEnv: 'KEY' }, 'anthropic/claude-sonnet-4-6'],
  [{ provider: 'bedrock', modelId: 'amazon.nova-pro-v1:0' }, 'bedrock/amazon.nova-pro-v1:0'],
  [
    {
      provider: 'bedrock',
      modelId: 'arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc',
      region: 'eu-west-1',
      maxTokens: 4_000,
    },
    'bedrock/application-inference-profile/abc',
  ],
])('a model is called by its provider and name, never by an account: %o', (settings, label) => {
  expect(modelLabel(modelSettings.parse(settings))).toBe(label);
});

test('a model that costs money names its model, and Anthropic its key; a wildcard is no model', () => {
  expect(problems(modelSettings, { provider: 'bedrock' })).toHaveLength(1);
  expect(problems(modelSettings, { provider: 'anthropic', model: 'claude-sonnet-4-6' })).toHaveLength(1);
  expect(problems(modelSettings, { provider: 'bedrock', modelId: 'amazon.*' })).toEqual([
    'modelId: expected the id or ARN of a Bedrock model or inference profile, without "*", got "amazon.*"',
  ]);
});
