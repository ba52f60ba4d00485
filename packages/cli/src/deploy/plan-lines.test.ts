import type { Plan, PlannedStack } from '@parley/deploy/plan';
import { expect, test } from 'vitest';
import { planLines } from './plan-lines.ts';

function planOf(stack: Partial<PlannedStack>): Plan {
  const planned = {
    stack: 'app',
    wave: 0,
    action: 'skip',
    reasons: [],
    after: [],
    replacements: [],
    ...stack,
  };
  const input = { stage: 'dev', set: { region: 'eu-central-1', model: '{"provider":"demo"}' }, packages: [] };
  return {
    stage: 'dev',
    prefix: 'parley-dev',
    region: 'eu-central-1',
    stacks: [planned],
    left: [{ stack: 'old', name: 'parley-dev-old', status: 'CREATE_COMPLETE' }],
    input,
  } as unknown as Plan;
}

test('the next commands are about the same stage with the same settings', () => {
  const flags = `--stage dev --set region=eu-central-1 --set 'model={"provider":"demo"}'`;
  const lines = planLines(planOf({ action: 'deploy', reasons: [{ code: 'files', text: 'changed: x' }] }));
  expect(lines.at(-1)).toBe(`Next: pnpm run deploy ${flags}`);
  expect(lines).toContain(
    `  ! old (CREATE_COMPLETE) is not in the workspace any more: pnpm run destroy old ${flags}`,
  );
});

test('a record cannot make a line of its own', () => {
  const record = { at: '2026-11-21T09:12:00.000Z', who: 'bob)\n  1  registry  skip\r(x' };
  const lines = planLines(planOf({ record: record as PlannedStack['record'] & object }));
  expect(lines.join('\n').split(/[\n\r]/)).toHaveLength(lines.length);
  expect(lines[1]).toContain('(bob) 1  registry  skip (x)');
});
