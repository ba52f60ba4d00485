import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  flag,
  httpUrl,
  jsonSetting,
  port,
  readConfig,
  setting,
  text,
  unknownVariables,
  wholeNumber,
} from './config.ts';

const settings = {
  port: setting('PORT', port.default(8080)),
  table: setting('TABLE', text),
  issuer: setting('ISSUER', httpUrl),
  debug: setting('DEBUG', flag.default(false)),
  seconds: setting('SECONDS', wholeNumber(1, 60).default(25)),
  model: jsonSetting(
    'MODEL',
    z.strictObject({ provider: z.enum(['demo', 'other']) }).default({ provider: 'demo' }),
  ),
};
const least = { TABLE: 'catalog', ISSUER: 'https://issuer.test' };

function failure(environment: Record<string, string>): string {
  try {
    readConfig(settings, environment);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected the configuration to be refused');
}

describe('readConfig', () => {
  it('gives typed values, and defaults for what is not set', () => {
    expect(readConfig(settings, least)).toEqual({
      port: 8080,
      table: 'catalog',
      issuer: 'https://issuer.test',
      debug: false,
      seconds: 25,
      model: { provider: 'demo' },
    });
    const all = { ...least, PORT: '0', DEBUG: 'true', SECONDS: '7', MODEL: '{"provider":"other"}' };
    expect(readConfig(settings, all)).toMatchObject({
      port: 0,
      debug: true,
      seconds: 7,
      model: { provider: 'other' },
    });
  });

  it('takes "false" for false and refuses every other spelling', () => {
    expect(readConfig(settings, { ...least, DEBUG: 'false' }).debug).toBe(false);
    for (const spelling of ['False', '0', 'no']) {
      expect(failure({ ...least, DEBUG: spelling })).toContain(
        `DEBUG: expected "true" or "false", got "${spelling}"`,
      );
    }
  });

  it('reports all problems in one message, by variable name', () => {
    const message = failure({
      PORT: '99999',
      ISSUER: 'issuer.test',
      SECONDS: '1.5',
      MODEL: '{"provider":"gpt"}',
    });
    expect(message).toContain('TABLE: expected some text, got nothing');
    expect(message).toContain('PORT: expected a whole number from 0 to 65535, got "99999"');
    expect(message).toContain('ISSUER: expected an http or https address, got "issuer.test"');
    expect(message).toContain('SECONDS: expected a whole number from 1 to 60, got "1.5"');
    expect(message).toContain('MODEL (provider):');
    expect(message).toContain('got "gpt"');
    expect(message.split('\n')).toHaveLength(6);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig(settings, { ...least, PORT: '' }).port).toBe(8080);
    expect(failure({ ...least, TABLE: '' })).toContain('TABLE: expected some text, got nothing');
  });

  it('says when JSON is none', () => {
    expect(failure({ ...least, MODEL: 'demo' })).toContain('MODEL: expected JSON, got "demo"');
  });
});

describe('unknownVariables', () => {
  it('names misspelt variables of ours and no others', () => {
    expect(unknownVariables({ PARLEY_PREFIX: 'a', PARLEY_CATALOG_TABEL: 'b', PATH: '/bin' })).toEqual([
      'PARLEY_CATALOG_TABEL',
    ]);
  });
});
