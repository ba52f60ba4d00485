import { defineConfig } from '#config';

export const config = defineConfig({
  project: 'parley',
  defaults: {
    region: 'us-east-1',
    network: 'public',
    size: 'small',
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
