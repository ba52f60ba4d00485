import { expect, test } from 'vitest';
import { account, said, stackOf, usePlannedWorkspace, workspace } from '../testing/planned-tests.ts';
import { prefix, sampleStacks } from '../testing/planned-workspace.ts';

usePlannedWorkspace();

test('a last deploy that failed, or was cut, is deployed again, with what changed besides', async () => {
  await workspace.deploy(sampleStacks(), { outcome: 'failed', reason: 'Forecast: Rate exceeded' });
  expect(said(await workspace.plan())).toEqual([
    'deploy',
    'last-failed: the last deploy, 2026-11-02 09:30 UTC by alice, failed: Forecast: Rate exceeded',
  ]);
  await workspace.deploy(sampleStacks(), { outcome: 'started' });
  workspace.imageTag = 'bbbb';
  expect(said(await workspace.plan())).toEqual([
    'deploy',
    'last-cut: the last deploy, begun 2026-11-02 09:30 UTC by alice, was cut and never said how it ended',
    'image: image of api: aaaa → bbbb',
  ]);
});

test('a stack that is gone, and one that nothing or nothing readable is recorded of, are deployed', async () => {
  await workspace.deploy();
  account.stacks.delete(`${prefix}-app`);
  account.parameters.delete(`/${prefix}/stacks/foundation/deployed`);
  const plan = await workspace.plan();
  expect(said(plan)).toEqual([
    'deploy',
    'gone: deployed 2026-11-02 09:30 UTC by alice, but the stack is not there any more',
  ]);
  expect(said(plan, 'foundation')).toEqual([
    'deploy',
    'unknown: it stands, but nothing is recorded of what it was made of',
  ]);
  account.parameters.set(`/${prefix}/stacks/foundation/deployed`, '{"v":2}');
  const [, reason] = said(await workspace.plan(), 'foundation');
  expect(reason).toMatch(/^unknown: it stands, but its record cannot be read here: v: /);
});

test('CloudFormation’s own state is told, and what to do about it', async () => {
  await workspace.deploy();
  const app = account.stacks.get(`${prefix}-app`)!;
  const seen = async (status: string, statusReason = '') => {
    account.stacks.set(`${prefix}-app`, { ...app, status, statusReason });
    const planned = stackOf(await workspace.plan(), 'app');
    return { action: planned.action, text: planned.reasons[0]?.text, next: planned.blocked?.nextStep };
  };
  expect(await seen('ROLLBACK_COMPLETE', 'no quota')).toEqual({
    action: 'deploy',
    text: 'its creation failed and was rolled back (no quota): what is left (ROLLBACK_COMPLETE) is removed, and it is created anew',
    next: undefined,
  });
  expect(await seen('UPDATE_IN_PROGRESS')).toEqual({
    action: 'deploy',
    text: 'CloudFormation is at work on it (UPDATE_IN_PROGRESS since 2026-11-02 09:30 UTC)',
    next: 'Wait until it is through, then run the same command again.',
  });
  expect(await seen('UPDATE_ROLLBACK_FAILED', 'a role is gone')).toEqual({
    action: 'deploy',
    text: 'CloudFormation left it in UPDATE_ROLLBACK_FAILED (a role is gone)',
    next:
      'Mend what it names, run `aws cloudformation continue-update-rollback --stack-name demo-dev-app ' +
      '--region eu-west-1`, then this command again.',
  });
  expect((await seen('DELETE_FAILED')).next).toContain('`pnpm run destroy app --stage dev`');
  expect(await seen('REVIEW_IN_PROGRESS')).toMatchObject({ action: 'deploy', next: undefined });
  for (const whole of [
    'UPDATE_COMPLETE',
    'UPDATE_ROLLBACK_COMPLETE',
    'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  ]) {
    expect((await seen(whole)).action).toBe('skip');
  }
});
