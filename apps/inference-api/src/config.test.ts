import { afterEach, expect, test, vi } from 'vitest';
import { secretReader } from './config.ts';

afterEach(() => vi.unstubAllEnvs());

test('only a variable that the stage names is a model’s key, and it says where it may be sent', () => {
  vi.stubEnv('MODEL_KEY', 'secret');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'of the task');
  const readSecret = secretReader({ MODEL_KEY: ['https://models.test'], UNSET_KEY: ['https://models.test'] });
  expect(readSecret('MODEL_KEY')).toEqual({ value: 'secret', origins: ['https://models.test'] });
  for (const name of ['UNSET_KEY', 'AWS_SECRET_ACCESS_KEY', 'PATH', 'constructor'])
    expect(readSecret(name), name).toBeUndefined();
});
