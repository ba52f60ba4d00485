import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { describeModel, localModel } from './local-model.ts';

const nothingThere = 'http://127.0.0.1:9';

async function withOllama<T>(body: string, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((_, response) => response.end(body)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
  }
}

test('without Ollama and without a setting, demo answers', async () => {
  expect(await localModel({ project: 'p', stages: {} }, nothingThere)).toEqual({ provider: 'demo' });
});

test('an Ollama that runs here answers, unless it has no model or is something else', async () => {
  const config = { project: 'p', stages: {} };
  const found = await withOllama('{"models":[{"name":"qwen3:8b"}]}', (url) => localModel(config, url));
  expect(found).toMatchObject({ provider: 'openai-compatible', model: 'qwen3:8b' });
  expect(await withOllama('{"models":[]}', (url) => localModel(config, url))).toEqual({ provider: 'demo' });
  expect(await withOllama('<html>', (url) => localModel(config, url))).toEqual({ provider: 'demo' });
});

test('the model that the configuration names for this machine wins', async () => {
  const config = { project: 'p', stages: { local: { model: { provider: 'demo' } } } };
  const found = await withOllama('{"models":[{"name":"qwen3:8b"}]}', (url) => localModel(config, url));
  expect(found).toEqual({ provider: 'demo' });
});

test('a model that costs money is said to', () => {
  const bedrock = { provider: 'bedrock', modelId: 'amazon.nova-pro-v1:0', region: 'eu-west-1' } as const;
  expect(describeModel(bedrock)).toBe(
    'amazon.nova-pro-v1:0 of Amazon Bedrock in eu-west-1 (each answer costs money)',
  );
  expect(describeModel({ provider: 'anthropic', model: 'claude-sonnet-4-6', apiKeyEnv: 'KEY' })).toBe(
    'claude-sonnet-4-6 of Anthropic (each answer costs money)',
  );
  expect(describeModel({ provider: 'demo' })).toContain('no language model');
});
