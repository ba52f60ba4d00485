import { defineConfig } from '#config';

/**
 * Which model answers is said here and nowhere else: credentials that happen to be there choose none. A stage's
 * `model` is one of (an agent can have its own, in its stack.ts):
 *
 *   { provider: 'demo' }                      built in, offline and free; no language model (`wordDelayMs`: its pace)
 *   { provider: 'openai-compatible', baseUrl: 'http://models.internal:8000/v1', model: 'qwen3' }
 *   { provider: 'bedrock', modelId: 'eu.anthropic.claude-sonnet-4-6', region: 'eu-west-1' }
 *   { provider: 'anthropic', model: 'claude-sonnet-4-6', apiKeyEnv: 'ANTHROPIC_API_KEY' }
 *
 * Bedrock needs no key: the inference stack lets its service call that model, and the account must have access to
 * it. A key comes from Secrets Manager: `modelSecrets: { ANTHROPIC_API_KEY: 'parley/anthropic-key' }`. It is sent to where
 * the stage's model is, and nowhere else. For agents whose own model is elsewhere, name where it may go besides:
 * `{ ANTHROPIC_API_KEY: { secret: 'parley/anthropic-key', origins: ['https://api.anthropic.com'] } }`.
 *
 * On this machine the stage is `local`, and a secret is the variable of that name where `start` runs. Bedrock is called
 * from here with a Bedrock API key: `modelSecrets: { AWS_BEARER_TOKEN_BEDROCK: 'parley/bedrock-key' }`.
 */
export const config = defineConfig({
  project: 'parley',
  defaults: {
    region: 'us-east-1',
    network: 'public',
    size: 'small',
    architecture: 'arm64',
    logRetentionDays: 14,
    model: { provider: 'demo' },
    modelSecrets: {},
    budget: { turns: 12, tokens: 100_000, seconds: 300 },
    protectData: false,
  },
  stages: {
    dev: {},
    staging: { network: 'private' },
    prod: { network: 'private-ha', size: 'medium', logRetentionDays: 90, protectData: true },
  },
});
