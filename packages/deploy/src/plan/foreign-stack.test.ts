import { expect, test } from 'vitest';
import { account, usePlannedWorkspace, workspace } from '../testing/planned-tests.ts';
import { prefix, sampleStacks } from '../testing/planned-workspace.ts';

usePlannedWorkspace();

test('a stack of another stage under the same name is not touched, and is named', async () => {
  await workspace.deploy();
  const { app } = sampleStacks();
  const theirs = {
    Metadata: { Parley: { stack: 'app', stage: 'dev-x', prefix: `${prefix}-x` } },
    Resources: {},
  };
  account.stacks.set(`${prefix}-x-app`, { status: 'CREATE_COMPLETE', template: theirs });
  const { stacks } = await workspace.plan({ ...sampleStacks(), 'x-app': app });
  expect(stacks.find(({ stack }) => stack === 'x-app')).toMatchObject({
    replacements: [],
    blocked: {
      code: 'foreign',
      text: `the stack ${prefix}-x-app stands already, and is app of ${prefix}-x`,
    },
  });
});

test('a stack under the name that nothing of Parley made is not touched, unless it is recorded', async () => {
  account.stacks.set(`${prefix}-foundation`, { status: 'ROLLBACK_COMPLETE', template: { Resources: {} } });
  const { stacks } = await workspace.plan();
  expect(stacks.find(({ stack }) => stack === 'foundation')?.blocked?.text).toBe(
    `the stack ${prefix}-foundation stands already, and is nothing of Parley`,
  );
});
