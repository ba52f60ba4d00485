import { afterEach, expect, test } from 'vitest';
import { problemLine, SynthProblemsError } from './errors.ts';
import { keyOrigins, secretNames } from './model-secrets.ts';
import { createWorkspace, stackSource, type TestWorkspace } from './testing/workspace.ts';

let workspace: TestWorkspace | undefined;
afterEach(() => workspace?.remove());

const hosted = (origin: string) => ({
  provider: 'openai-compatible' as const,
  baseUrl: `${origin}/v1`,
  model: 'm',
});

/** What a synth says of an agent with this model, in a stage with these settings. */
async function problemsOf(model: object, overrides: Record<string, unknown>): Promise<string[]> {
  workspace = await createWorkspace({
    'prompt.md': 'Be kind.',
    'stack.ts': stackSource(
      `new Agent(stack, 'Helper', { instructions: 'prompt.md', model: ${JSON.stringify(model)} });`,
    ),
  });
  const app = await workspace.load();
  try {
    await app.synth({ stage: 'dev', overrides });
    return [];
  } catch (error) {
    if (error instanceof SynthProblemsError) return error.problems.map(problemLine);
    throw error;
  }
}

const stage = {
  model: { ...hosted('https://models.test'), apiKeyEnv: 'MODEL_KEY' },
  modelSecrets: {
    MODEL_KEY: 'models/key',
    ANTHROPIC_API_KEY: { secret: 'anthropic/key', origins: ['https://api.anthropic.com'] },
    AWS_BEARER_TOKEN_BEDROCK: 'bedrock/key',
  },
};

test('a key may be sent to where the stage’s model is, and to the origins that are named for it', () => {
  expect(secretNames(stage)).toEqual({
    MODEL_KEY: 'models/key',
    ANTHROPIC_API_KEY: 'anthropic/key',
    AWS_BEARER_TOKEN_BEDROCK: 'bedrock/key',
  });
  expect(keyOrigins(stage)).toEqual({
    MODEL_KEY: ['https://models.test'],
    ANTHROPIC_API_KEY: ['https://api.anthropic.com'],
    AWS_BEARER_TOKEN_BEDROCK: [],
  });
});

test.each([
  ['no key', hosted('https://elsewhere.test')],
  [
    'the key of the stage’s model, at its origin',
    { ...hosted('https://models.test'), apiKeyEnv: 'MODEL_KEY' },
  ],
  [
    'a key with an origin of its own',
    { provider: 'anthropic', model: 'claude', apiKeyEnv: 'ANTHROPIC_API_KEY' },
  ],
])('an agent’s own model may have %s', async (_, model) => {
  expect(await problemsOf(model, stage)).toEqual([]);
});

test.each([
  'https://elsewhere.test',
  'http://models.test',
  'https://models.test:8443',
  'https://models.test@elsewhere.test',
  'https://models.test.elsewhere.test',
])('a key of the stage is not for %s: the agent is refused', async (origin) => {
  const model = { ...hosted(origin), apiKeyEnv: 'MODEL_KEY' };
  expect(await problemsOf(model, stage)).toEqual([
    `stack.ts: Helper.model.baseUrl: the stage's key MODEL_KEY must not be sent there: expected an address at https://models.test, got ${new URL(origin).origin}: use another key, or name the origin in modelSecrets.MODEL_KEY.origins, in parley.config.ts`,
  ]);
});

test('a key without an origin is no agent’s', async () => {
  const model = { ...hosted('https://models.test'), apiKeyEnv: 'AWS_BEARER_TOKEN_BEDROCK' };
  expect(await problemsOf(model, stage)).toEqual([
    expect.stringContaining(
      'expected an address at an origin that the stage names for it, which names none, got https://models.test',
    ),
  ]);
});

test.each([
  [stage, 'one of MODEL_KEY, ANTHROPIC_API_KEY, AWS_BEARER_TOKEN_BEDROCK'],
  [{}, "a variable of the stage's modelSecrets, which has none"],
])(
  'a key that is no secret of the stage is refused, and those there are are named',
  async (settings, those) => {
    const model = { ...hosted('https://models.test'), apiKeyEnv: 'AWS_SECRET_ACCESS_KEY' };
    expect(await problemsOf(model, settings)).toEqual([
      `stack.ts: Helper.model.apiKeyEnv: expected ${those}, got "AWS_SECRET_ACCESS_KEY": name its secret in modelSecrets, in parley.config.ts`,
    ]);
  },
);

test.each(['https://models.test/', 'https://models.test/v1', 'models.test', 'https://MODELS.test'])(
  'the settings refuse %s as an origin',
  async (origin) => {
    const modelSecrets = { MODEL_KEY: { secret: 'models/key', origins: [origin] } };
    expect(await problemsOf({ provider: 'demo' }, { modelSecrets })).toEqual([
      `PARLEY_SET: modelSecrets.MODEL_KEY.origins[0]: expected an origin such as "https://models.example.com"`,
    ]);
  },
);
