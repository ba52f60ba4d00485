import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { amazonBedrock } from './testing/bedrock-provider.ts';
import { claude } from './testing/anthropic-provider.ts';
import { openAiCompatible } from './testing/openai-provider.ts';
import { startModelServer } from './testing/model-server.ts';
import { keyFor, type Provider } from './testing/provider.ts';
import { record } from './testing/run.ts';

afterEach(() => void vi.unstubAllEnvs());

const answerOf = ({ whole, words, wordsEnd, end }: Provider) =>
  whole(...words('Hello.'), ...wordsEnd, ...end('stop'));

describe('the SDK of Anthropic', () => {
  it('is not loaded by a service whose runs do not ask for it', async () => {
    const agent = new URL('agent.ts', import.meta.url).href;
    const program = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
      await import(${JSON.stringify(agent)});
      console.log(JSON.stringify(loaded));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--no-warnings', '--input-type=module', '--eval', program],
      { maxBuffer: 10_000_000 },
    );
    const loaded = JSON.parse(stdout) as string[];
    expect(loaded).toContain(agent);
    expect(loaded.filter((url) => url.includes('@anthropic-ai/sdk/'))).toEqual([]);
  });

  it('is told key and address by the settings alone, whatever the environment has', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'other');
    vi.stubEnv('ANTHROPIC_AUTH_TOKEN', 'other');
    vi.stubEnv('ANTHROPIC_BASE_URL', 'http://127.0.0.1:9');
    await using server = await startModelServer(answerOf(claude));
    const model = claude.settings(server.origin);
    await record({ model, modelOptions: { readSecret: keyFor(server.origin) } });
    expect(server.headers[0]).toMatchObject({ 'x-api-key': 'secret' });
    expect(server.headers[0]).not.toHaveProperty('authorization');
    expect(server.requests[0]).toMatchObject({ model: 'test-model', max_tokens: 32_000, stream: true });

    const { outcome } = await record({ model });
    expect(outcome.error).toEqual({
      code: 'model-unavailable',
      message: expect.stringContaining('MODEL_KEY') as string,
    });
    expect(server.requests).toHaveLength(1);
  });
});

describe.each([claude, openAiCompatible])('a key of $name', (provider) => {
  it('is not sent to an origin that it is not for: the run fails before anything is sent', async () => {
    await using server = await startModelServer(answerOf(provider));
    const model = provider.settings(server.origin);
    const elsewhere = keyFor('https://models.test');
    const { outcome } = await record({ model, modelOptions: { readSecret: elsewhere } });
    expect(outcome).toMatchObject({
      finish: 'failed',
      error: {
        code: 'model-unavailable',
        message: `The model's key MODEL_KEY may not be sent to ${server.origin}: its operator must name that origin for it, or choose another model.`,
      },
    });
    expect(server.requests).toEqual([]);
  });
});

describe('Bedrock', () => {
  it('is asked for the model by its id, in ConverseStream, with at most the tokens that the settings allow', async () => {
    await using server = await startModelServer(answerOf(amazonBedrock));
    const settings = amazonBedrock.settings(server.origin);
    if (settings.provider !== 'bedrock') throw new Error('not Bedrock');
    await record({ model: { ...settings, modelId: 'eu.test.model-v1:0', maxTokens: 7 } });
    expect(server.paths).toEqual(['/model/eu.test.model-v1%3A0/converse-stream']);
    expect(server.requests[0]).toMatchObject({ inferenceConfig: { maxTokens: 7 } });
    expect(server.headers[0]?.authorization).toMatch(/\/eu-west-1\/bedrock\/aws4_request/);
  });

  it('takes a Bedrock API key of the process before its credentials', async () => {
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', 'bedrock-key');
    await using server = await startModelServer(answerOf(amazonBedrock));
    await record({ model: amazonBedrock.settings(server.origin) });
    expect(server.headers[0]?.authorization).toBe('Bearer bedrock-key');
  });

  it('says what to do when the process has no credentials', async () => {
    await using server = await startModelServer(answerOf(amazonBedrock));
    const model = amazonBedrock.settings(server.origin);
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
      vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const { outcome } = await record({ model });
    expect(outcome.error).toEqual({
      code: 'model-unavailable',
      message: expect.stringMatching(/credentials for Bedrock are missing.*aws sso login/) as string,
    });
    expect(server.requests).toEqual([]);
  });
});
