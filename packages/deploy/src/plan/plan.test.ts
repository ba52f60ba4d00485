import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ssmOutput } from '@parley/assembly/testing';
import { expect, test } from 'vitest';
import { account, said, stackOf, usePlannedWorkspace, workspace } from '../testing/planned-tests.ts';
import { imageTagPath, prefix, sampleStacks, tool, vpcPath } from '../testing/planned-workspace.ts';
import { toPlanJson, planJson } from './plan-json.ts';
import { decideAgain } from './plan.ts';

usePlannedWorkspace();

async function edited(edit: (stacks: ReturnType<typeof sampleStacks>) => void) {
  const stacks = sampleStacks();
  edit(stacks);
  return stacks;
}

test('in an empty account all is deployed, each stack after what it needs, and nothing is blocked', async () => {
  const { stacks } = await workspace.plan();
  expect(
    stacks.map(({ stack, wave, action, reasons, blocked }) => [
      stack,
      wave,
      action,
      reasons[0]?.code,
      blocked,
    ]),
  ).toEqual([
    ['foundation', 0, 'deploy', 'never-deployed', undefined],
    ['app', 1, 'deploy', 'never-deployed', undefined],
  ]);
  expect(stacks[1]?.after).toEqual(['foundation']);
});

test('an unchanged workspace has nothing to deploy, and costs three kinds of reads', async () => {
  await workspace.deploy();
  account.calls.length = 0;
  const plan = await workspace.plan();
  expect([said(plan, 'foundation'), said(plan)]).toEqual([['skip'], ['skip']]);
  expect(account.calls.toSorted()).toEqual(['GetParameters', 'GetParametersByPath', 'ListStacks']);
});

test('files are named that are the stack’s own or its packages’, and really changed', async () => {
  await workspace.deploy();
  await workspace.write('stacks/app/prompt.md', 'Be brief.');
  await workspace.write('packages/shared/src/index.ts', '// changed');
  await workspace.commit();
  await workspace.write('stacks/app/stack.ts', '// not committed');
  for (const other of [
    'stacks/app/README.md',
    'stacks/app/x.test.ts',
    'stacks/foundation/stack.ts',
    'docs/a.md',
  ]) {
    await workspace.write(other, 'no part of it');
  }
  const stacks = await edited(({ app }) => (app.Outputs = { New: { Value: '1' } }));
  expect(said(await workspace.plan(stacks))).toEqual([
    'deploy',
    'files: changed: packages/shared/src/index.ts, stacks/app/prompt.md, stacks/app/stack.ts',
  ]);
});

test('a comment-only change deploys nothing: what is made from it is the same', async () => {
  await workspace.deploy();
  await workspace.write('stacks/app/stack.ts', '// a comment');
  await workspace.write('packages/shared/src/index.ts', '// another');
  expect(said(await workspace.plan())).toEqual(['skip']);
});

test('a renamed file is named by both its names', async () => {
  await workspace.deploy();
  await rename(join(workspace.root, 'stacks/app/stack.ts'), join(workspace.root, 'stacks/app/other.ts'));
  const stacks = await edited(({ app }) => (app.Outputs = { New: { Value: '1' } }));
  expect(said(await workspace.plan(stacks))).toEqual([
    'deploy',
    'files: changed: stacks/app/other.ts, stacks/app/stack.ts',
  ]);
});

test('a changed lockfile is named where it changes a stack, and deploys no other', async () => {
  await workspace.deploy();
  await workspace.write('pnpm-lock.yaml', 'zod: 5');
  const stacks = await edited(({ app }) => {
    app.Resources!['Forecast'] = tool('0c1d');
    app.assets = { '0c1d': { 'index.mjs': '' } };
  });
  const plan = await workspace.plan(stacks);
  expect(said(plan)).toEqual([
    'deploy',
    'files: changed: pnpm-lock.yaml',
    'function: the code of forecast changed',
  ]);
  expect(said(plan, 'foundation')).toEqual(['skip']);
});

test('where this clone lacks the deployed commit the set stays right, and that is said with the mend', async () => {
  await workspace.deploy(sampleStacks(), { commit: 'f'.repeat(40) });
  const stacks = await edited(({ app }) => (app.Outputs = { New: { Value: '1' } }));
  const plan = await workspace.plan(stacks);
  expect(said(plan, 'foundation')).toEqual(['skip']);
  expect(said(plan)).toEqual([
    'deploy',
    'files: its template or code changed; by which files cannot be said: this clone lacks commit fffffff, which was ' +
      'deployed last: `git fetch --all` brings it if it was pushed',
  ]);
});

test('a template that changed without a file says so, and whose uncommitted changes it may have been', async () => {
  const stacks = await edited(({ app }) => (app.Outputs = { New: { Value: '1' } }));
  await workspace.deploy();
  expect(said(await workspace.plan(stacks))).toEqual([
    'deploy',
    'template: its template comes out differently, though no file of it changed: other versions of tools, or another machine',
  ]);
  await workspace.deploy(sampleStacks(), { dirty: true });
  expect(said(await workspace.plan(stacks))).toEqual([
    'deploy',
    'template: its template was deployed by alice with changes that were not committed',
  ]);
});

test('a setting is a reason where it changes the template, and none where it does not', async () => {
  await workspace.deploy();
  const settings = { network: 'private', size: 'small' };
  expect(said(await workspace.plan(sampleStacks(), { settings }))).toEqual(['skip']);
  const stacks = await edited(({ app }) => (app.Outputs = { New: { Value: '1' } }));
  await workspace.write('parley.config.ts', "network: 'private'");
  expect(said(await workspace.plan(stacks, { settings }))).toEqual([
    'deploy',
    'files: changed: parley.config.ts',
    'settings: settings changed: network',
  ]);
});

test('a changed upstream value is named with its writer', async () => {
  await workspace.deploy();
  account.parameters.set(vpcPath, 'vpc-2');
  const plan = await workspace.plan();
  expect(said(plan, 'foundation')).toEqual(['skip']);
  expect(said(plan)).toEqual([
    'deploy',
    `upstream: the value of ${vpcPath}, which foundation writes, changed`,
  ]);
});

test('an image is deployed when the tag its sources have is another', async () => {
  await workspace.deploy();
  workspace.imageTag = 'bbbb';
  expect(said(await workspace.plan())).toEqual(['deploy', 'image: image of api: aaaa → bbbb']);
  account.parameters.set(imageTagPath, 'cccc');
  expect(said(await workspace.plan(sampleStacks(), { imageTag: undefined }))).toEqual([
    'deploy',
    'image: image of api: aaaa → cccc',
  ]);
});

test('a stack whose upstream is to be deployed may follow, and is decided again after it', async () => {
  await workspace.deploy();
  const stacks = await edited(
    ({ foundation }) => (foundation.Resources!['More'] = ssmOutput('/demo-dev/x', '1')),
  );
  const plan = await workspace.plan(stacks);
  expect(said(plan)).toEqual(['skip', `may-follow: may deploy after foundation: it reads ${vpcPath}`]);
  expect(stackOf(plan, 'app').after).toEqual(['foundation']);

  expect((await decideAgain(plan, ['app']))[0]).toMatchObject({
    stack: 'app',
    wave: 1,
    action: 'skip',
    reasons: [],
  });
  account.parameters.set(vpcPath, 'vpc-2');
  expect((await decideAgain(plan, ['app']))[0]).toMatchObject({
    stack: 'app',
    wave: 1,
    action: 'deploy',
    reasons: [{ code: 'upstream', path: vpcPath }],
  });
});

test('one stack alone is planned by itself, and not without what it stands on', async () => {
  const all = await workspace.input();
  const alone = { packages: all.packages };
  const { app } = sampleStacks();
  expect(stackOf(await workspace.plan({ app }, alone), 'app').blocked).toMatchObject({
    text: 'it comes after foundation, which is not deployed',
    nextStep: 'Deploy both: pnpm run deploy foundation app --stage dev',
  });
  await workspace.deploy();
  expect(said(await workspace.plan({ app }, alone))).toEqual(['skip']);
  account.parameters.delete(vpcPath);
  expect(stackOf(await workspace.plan({ app }, alone), 'app').blocked).toMatchObject({
    text: `it reads ${vpcPath}, which has no value`,
    path: vpcPath,
  });
});

test('a stack that left the workspace is shown, and another stage’s of a like name is not', async () => {
  await workspace.deploy();
  account.stacks.set('demo-dev-2-app', { status: 'CREATE_COMPLETE' });
  const { foundation } = sampleStacks();
  const { stacks, left } = await workspace.plan({ foundation });
  expect(stacks.map(({ stack }) => stack)).toEqual(['foundation']);
  expect(left).toEqual([{ stack: 'app', name: 'demo-dev-app', status: 'CREATE_COMPLETE' }]);
});

test('what somebody else deployed is seen when it is asked for', async () => {
  await workspace.deploy();
  expect(said(await workspace.plan(sampleStacks(), { verify: true }))).toEqual(['skip']);
  account.stacks.set(`${prefix}-app`, { status: 'UPDATE_COMPLETE', template: { Resources: {} } });
  expect(said(await workspace.plan())).toEqual(['skip']);
  expect(said(await workspace.plan(sampleStacks(), { verify: true }))).toEqual([
    'deploy',
    'drift: the deployed template is another than the one recorded: something else deployed it',
  ]);
});

test('code that was put into a function by itself is known', async () => {
  await workspace.deploy(sampleStacks(), { byHand: { forecast: '0c1d' } });
  expect(said(await workspace.plan())).toEqual([
    'skip',
    'function-by-hand: function forecast was deployed by hand (0c1d) ahead of the stack: CloudFormation, ' +
      'which does not know, would not change it back; `pnpm run fn deploy app forecast --stage dev` does',
  ]);
  const stacks = await edited(({ app }) => {
    app.Resources!['Forecast'] = tool('0c1d');
    app.assets = { '0c1d': { 'index.mjs': '' } };
  });
  expect(said(await workspace.plan(stacks))).toContain(
    'function-by-hand: function forecast was deployed by hand (0c1d) ahead of the stack: ' +
      'deploy makes it permanent; until then a roll-back of the stack reverts it',
  );
});

test('a service that was rolled back by hand keeps its image until the next deploy', async () => {
  await workspace.deploy(sampleStacks(), { rolledBack: { api: 'aaaa' } });
  expect(said(await workspace.plan())).toEqual(['skip']);
  workspace.imageTag = 'bbbb';
  expect(said(await workspace.plan())).toEqual([
    'deploy',
    'image: api was rolled back by hand to aaaa: the next deploy would bring bbbb',
  ]);
});

test('an assembly of another stage, and credentials of another account, are refused', async () => {
  await expect(workspace.plan(sampleStacks(), { stage: 'prod', prefix: 'demo-prod' })).rejects.toMatchObject({
    code: 'wrong-stage',
    message: expect.stringMatching(/was synthesized for demo-dev, not for demo-prod\.$/),
    nextStep: 'Synthesize it for this stage: pnpm run synth foundation --stage prod',
  });
  const { assemblies } = await workspace.input();
  const elsewhere = assemblies.map((each) => ({ ...each, account: '444455556666' }));
  await expect(workspace.plan(sampleStacks(), { assemblies: elsewhere })).rejects.toThrow(
    'Stage "dev" lives in account 444455556666, but the credentials ' +
      '(arn:aws:sts::111122223333:assumed-role/Deployer/alice) are of account 111122223333.',
  );
});

test('the plan as JSON keeps to its schema', async () => {
  await workspace.deploy();
  workspace.imageTag = 'bbbb';
  const json: unknown = JSON.parse(JSON.stringify(toPlanJson(await workspace.plan())));
  expect(planJson.parse(json)).toMatchObject({
    stage: 'dev',
    prefix,
    region: 'eu-west-1',
    toDeploy: 1,
    stacks: [
      { stack: 'foundation', action: 'skip', status: 'CREATE_COMPLETE', deployed: { who: 'alice' } },
      { stack: 'app', action: 'deploy', wave: 1, reasons: [{ code: 'image' }], replacements: [] },
    ],
  });
});

test('a hundred stacks are read by pages', async () => {
  const many = Object.fromEntries(Array.from({ length: 105 }, (_, i) => [`app-${i}`, { Resources: {} }]));
  const stacks = { foundation: sampleStacks().foundation, ...many };
  await workspace.deploy(stacks);
  const plan = await workspace.plan(stacks);
  expect(plan.stacks).toHaveLength(106);
  expect(plan.stacks.filter(({ action }) => action === 'deploy')).toEqual([]);
});
