import { expect, test } from 'vitest';
import { account, usePlannedWorkspace, workspace } from '../testing/planned-tests.ts';
import { prefix, sampleStacks } from '../testing/planned-workspace.ts';
import type { PlanInput } from './types.ts';

usePlannedWorkspace();

const chain: Partial<PlanInput> = { keepNewer: { asked: new Set(['app']) } };

function otherStacks() {
  const { foundation, app } = sampleStacks();
  foundation.Resources = { ...foundation.Resources, Other: { Type: 'AWS::SNS::Topic' } };
  app.Resources = { ...app.Resources, Other: { Type: 'AWS::SNS::Topic' } };
  return { foundation, app };
}

/** By stack: what would be done, and why. */
async function planned(more: Partial<PlanInput> = chain): Promise<Record<string, string>> {
  const { stacks } = await workspace.plan(otherStacks(), more);
  return Object.fromEntries(
    stacks.map(({ stack, action, reasons }) => [stack, `${action}: ${reasons[0]?.code} ${reasons[0]?.text}`]),
  );
}

/** Deploys from a later commit, and goes back to the one before. */
async function deployFromNewer(outcome: 'succeeded' | 'failed' | 'started' = 'succeeded'): Promise<string> {
  const before = await workspace.git('rev-parse', 'HEAD');
  const newer = await workspace.commit();
  await workspace.deploy(sampleStacks(), { outcome });
  await workspace.git('checkout', '-q', '--detach', before);
  return newer;
}

test('what a newer commit has deployed is left in a chain, and said; asked for alone it is deployed over', async () => {
  const newer = await deployFromNewer();
  const left = `skip: newer left as commit ${newer.slice(0, 7)}, a newer one, was deployed 2026-11-02 09:30 UTC by alice`;
  expect(await planned()).toEqual({ foundation: left, app: left });
  expect(await planned({})).toMatchObject({ foundation: expect.stringMatching(/^deploy: /) });
});

test('so is what its deploy has not recorded the end of yet, but not what failed', async () => {
  await deployFromNewer('started');
  expect(await planned()).toMatchObject({ foundation: expect.stringMatching(/^skip: newer /) });
  await deployFromNewer('failed');
  expect(await planned()).toMatchObject({ foundation: expect.stringMatching(/^deploy: last-failed /) });
});

test('a stack that CloudFormation is at work on for a newer commit is still one to wait for', async () => {
  await deployFromNewer('started');
  account.stacks.get(`${prefix}-foundation`)!.status = 'UPDATE_IN_PROGRESS';
  expect(await planned()).toMatchObject({ foundation: expect.stringMatching(/^deploy: in-progress /) });
});

test('an older commit’s deploy, and this commit’s with other files, are deployed over', async () => {
  await workspace.deploy();
  expect(await planned()).toMatchObject({ foundation: expect.stringMatching(/^deploy: /) });
  await workspace.commit();
  expect(await planned()).toMatchObject({
    foundation: expect.stringMatching(/^deploy: /),
    app: expect.stringMatching(/^deploy: /),
  });
});

test('a commit that this clone lacks is deployed over where the stack was asked for, and nowhere else', async () => {
  const commit = '0123456789012345678901234567890123456789';
  await workspace.deploy(sampleStacks(), { commit });
  expect(await planned()).toEqual({
    foundation: expect.stringContaining(
      'left as commit 0123456, one that this clone does not have, was deployed',
    ),
    app: expect.stringMatching(/^deploy: /),
  });
});
