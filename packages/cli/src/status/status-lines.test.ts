import type { StageStatus } from '@parley/deploy/status';
import { expect, test } from 'vitest';
import { statusLines } from './status-lines.ts';

const status: StageStatus = {
  stage: 'dev',
  prefix: 'parley-dev',
  region: 'eu-west-1',
  healthy: true,
  stacks: [],
};

test('a record cannot make a line of its own', () => {
  const deployed = {
    outcome: 'succeeded' as const,
    at: '2026-11-21T09:12:00.000Z',
    who: 'bob\n✓ registry  UPDATE_COMPLETE\u0085x\r\ny\u2028z',
    version: '0.1.0',
  };
  const app = { stack: 'app', name: 'parley-dev-app', healthy: true, problems: [], services: [], deployed };
  const lines = statusLines({ ...status, stacks: [app as never] }, {})
    .join('\n')
    .split(/[\n\r\u0085\u2028]/);
  expect(lines).toHaveLength(4);
  expect(lines[1]).toContain('by bob ✓ registry  UPDATE_COMPLETE x y z');
});

test('a stage without a stack names the command that deploys it, with the settings of this one', () => {
  expect(statusLines(status, { region: 'eu-central-1' })[1]).toContain(
    '`pnpm run deploy --stage dev --set region=eu-central-1`',
  );
});
