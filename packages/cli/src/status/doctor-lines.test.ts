import { connect } from '@parley/deploy/cloud';
import { expect, test } from 'vitest';
import { doctorLines } from './doctor-lines.ts';

test('a stage that is fit is told the next command, with the settings it was examined with', () => {
  const stage = { stage: 'dev', prefix: 'parley-dev' as const, cloud: connect({ region: 'eu-central-1' }) };
  const lines = doctorLines(stage, [{ check: 'tools', status: 'ok', what: 'Node 24' }], {
    region: 'eu-central-1',
  });
  expect(lines.at(-1)).toBe('Nothing is missing. Next: pnpm run plan --stage dev --set region=eu-central-1');
});
