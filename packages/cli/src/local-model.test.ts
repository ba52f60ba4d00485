import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { localModel } from './local-model.ts';

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
