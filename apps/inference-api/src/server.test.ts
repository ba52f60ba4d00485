import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const entry = fileURLToPath(new URL('./server.ts', import.meta.url));

test('a start without its configuration ends at once and names every variable at fault', () => {
  const environment = {
    PARLEY_CATALOG_TABLE: 'catalog',
    PARLEY_MODEL: '{"provider":"magic"}',
    PARLEY_BUDGET: 'much',
  };
  const { status, stderr } = spawnSync(process.execPath, [entry], { env: environment, encoding: 'utf8' });
  expect(status).toBe(1);
  for (const name of [
    'CONVERSATIONS_TABLE',
    'ATTACHMENTS_BUCKET',
    'AUTH_ISSUER',
    'AUTH_SCOPE',
    'MODEL',
    'BUDGET',
  ]) {
    expect(stderr).toContain(`  PARLEY_${name}`);
  }
  expect(stderr).not.toContain('  PARLEY_CATALOG_TABLE');
});
