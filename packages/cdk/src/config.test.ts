import { expect, test } from 'vitest';
import { defineConfig, projectOf, settingsOf, type StageSettingsInput } from './config.ts';

const defaults: StageSettingsInput = {
  region: 'eu-west-1',
  network: 'public',
  size: 'small',
  architecture: 'arm64',
  logRetentionDays: 14,
  model: { provider: 'demo' },
  modelSecrets: {},
  budget: { turns: 12, tokens: 100_000, seconds: 300 },
  protectData: false,
};
const config = defineConfig({
  project: 'parley',
  defaults,
  stages: { prod: { protectData: true, budget: { turns: 4 } } },
});

/** The message of what the call throws. */
function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

test('a stage that is not listed has the defaults', () => {
  expect(settingsOf(config, 'feature-x')).toEqual(defaults);
  expect(projectOf(config)).toBe('parley');
});

test("a stage's value replaces the default's as a whole", () => {
  expect(settingsOf(config, 'prod')).toMatchObject({
    protectData: true,
    network: 'public',
    budget: { turns: 4, tokens: 100_000, seconds: 300 },
  });
});

test('an override replaces one value, also inside another', () => {
  expect(settingsOf(config, 'prod', { network: 'private', 'budget.seconds': 60 })).toMatchObject({
    network: 'private',
    budget: { turns: 4, seconds: 60 },
  });
});

test('an override given as text is read as what the setting is', () => {
  const overrides = {
    logRetentionDays: '7',
    protectData: 'true',
    account: '123456789012',
    model: '{"provider":"openai-compatible","baseUrl":"http://127.0.0.1:11434/v1","model":"qwen3"}',
  };
  expect(settingsOf(config, 'dev', overrides)).toMatchObject({
    logRetentionDays: 7,
    protectData: true,
    account: '123456789012',
    model: { provider: 'openai-compatible', model: 'qwen3' },
  });
  expect(settingsOf(config, 'dev', { protectData: 'false' }).protectData).toBe(false);
});

const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/a';

test.each([
  [{ netwrok: 'private' }, 'PARLEY_SET: netwrok: unknown key "netwrok": remove it, or check its spelling'],
  [{ protectData: 'yes' }, 'PARLEY_SET: protectData: expected boolean, received string, got "yes"'],
  [
    { network: 'isolated' },
    'PARLEY_SET: network: this network profile is not available yet; expected one of "public", "private", "private-ha", got "isolated"',
  ],
  [{ network: 'none' }, 'PARLEY_SET: network: expected one of "public", "private", "private-ha", got "none"'],
  [{ account: '12' }, 'PARLEY_SET: account: expected an account number of 12 digits, as a string, got "12"'],
  [{ region: 'mars' }, 'PARLEY_SET: region: expected a region such as "eu-west-1", got "mars"'],
  [
    { 'signIn.issuer': 'http://id.test', 'signIn.clientId': 'page' },
    'PARLEY_SET: signIn.issuer: expected an https address, got "http://id.test"',
  ],
  [
    { 'signIn.issuer': 'https://id.test' },
    'parley.config.ts: signIn.clientId: expected the id of the client that the page signs in with, got nothing',
  ],
  [
    { site: { domain: 'https://chat.example.com', certificateArn } },
    'PARLEY_SET: site.domain: expected a domain such as "chat.example.com"',
  ],
  [
    { 'site.domain': 'chat.example.com' },
    'PARLEY_SET: site.domain: it needs a certificate for https: name one in site.certificateArn, issued in us-east-1, got "chat.example.com"',
  ],
  [
    {
      site: {
        domain: 'chat.example.com',
        certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/a',
      },
    },
    'PARLEY_SET: site.certificateArn: expected the ARN of a certificate in us-east-1, the one region CloudFront takes it from',
  ],
  [
    { 'site.certificateArn': 'arn:aws:acm:us-east-1:123456789012:certificate/a' },
    'PARLEY_SET: site.certificateArn: there is no domain it is for: name it in site.domain, or remove the certificate, got "arn:aws:acm:us-east-1:123456789012:certificate/a"',
  ],
  [
    {
      'signIn.issuer': 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc',
      'signIn.clientId': 'page',
      'signIn.audience': 'https://chat.test',
    },
    'PARLEY_SET: signIn.audience: access tokens of Cognito name none: remove it; the scope tells whom a token is for, got "https://chat.test"',
  ],
])('the override %j is refused', (overrides, message) => {
  expect(messageOf(() => settingsOf(config, 'dev', overrides))).toBe(message);
});

test.each([
  [{ model: '{"provider":"openai-compatible","apiKey":"sk-SECRET"}' }],
  [{ model: '{"provider":"openai-compatible","apiKey":"sk-SECRET"' }],
  [{ model: { provider: 'openai-compatible', baseUrl: 'sk-SECRET', model: 'm' } }],
  [{ model: { provider: 'sk-SECRET' } }],
  [{ region: '["sk-SECRET"]' }],
])('what is refused of %j is told without what is inside', (overrides) => {
  const message = messageOf(() => settingsOf(config, 'dev', overrides));
  expect(message).toMatch(/^PARLEY_SET: (model|region)/);
  expect(message).not.toContain('sk-SECRET');
});

test('a key that no secret fills is refused, and accepted once one does', () => {
  const model = {
    provider: 'openai-compatible',
    baseUrl: 'https://api.test/v1',
    model: 'm',
    apiKeyEnv: 'API_KEY',
  };
  expect(messageOf(() => settingsOf(config, 'dev', { model }))).toContain(
    "PARLEY_SET: model.apiKeyEnv: nothing fills this variable; name its secret in modelSecrets, as { API_KEY: '<name in Secrets Manager>' }",
  );
  expect(settingsOf(config, 'dev', { model, modelSecrets: { API_KEY: 'models/key' } }).modelSecrets).toEqual({
    API_KEY: 'models/key',
  });
});

test('every problem of the file is said at once, naming the place that sets the value', () => {
  const broken = {
    ...config,
    defaults: { ...defaults, size: 'huge', colour: 'blue' },
    stages: { prod: { logRetentionDays: 10, alarms: {} } },
  };
  expect(messageOf(() => settingsOf(broken, 'dev')).split('\n')).toEqual([
    expect.stringMatching(/^parley\.config\.ts: defaults\.size: .*got "huge"$/),
    'parley.config.ts: defaults: unknown key "colour": remove it, or check its spelling',
    'parley.config.ts: stages.prod.logRetentionDays: expected one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, got 10',
    expect.stringMatching(/^parley\.config\.ts: stages\.prod: unknown key .*"alarms"/),
  ]);
});

test('an unknown key beside the stages is refused', () => {
  expect(messageOf(() => settingsOf({ ...config, stage: {} }, 'dev'))).toBe(
    'parley.config.ts: unknown key "stage": remove it, or check its spelling',
  );
});

test('a stage name that no prefix can hold is refused', () => {
  expect(messageOf(() => settingsOf({ ...config, stages: { Prod: {} } }, 'dev'))).toMatch(
    /^parley\.config\.ts: stages\.?.*Prod/,
  );
});
