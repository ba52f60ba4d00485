import { ssmInput, ssmOutput } from '@parley/assembly/testing';
import { beforeEach, expect, test } from 'vitest';
import { readRecords } from '../../record/records.ts';
import { account, usePlannedWorkspace, workspace } from '../../testing/planned-tests.ts';
import { imageTagPath, prefix, vpcPath } from '../../testing/planned-workspace.ts';
import type { EngineEvent } from '../events.ts';
import { exitCodeOf, type Outcome } from '../outcome.ts';
import { destroyStacks } from './destroy-stacks.ts';
import { type DestroyPlan, planDestroy } from './plan-destroy.ts';

let events: EngineEvent[];

usePlannedWorkspace();
beforeEach(async () => {
  events = [];
  account.parameters.set(imageTagPath, 'tag');
  await workspace.deploy(deployed);
});

const foundation = { Resources: { Vpc: ssmOutput(vpcPath, '10.0.0.0/16') } };
const deployed = {
  foundation,
  app: {
    Parameters: { VpcId: ssmInput(vpcPath), Tag: ssmInput(imageTagPath) },
    Resources: {
      Kept: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain' },
      Data: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Delete' },
      Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: { Ref: 'VpcId' } } },
    },
  },
};
const appName = `${prefix}-app`;

async function planOf(stacks?: string[], workspaceHas: object = deployed): Promise<DestroyPlan> {
  const { cloud, root, packages } = await workspace.input(workspaceHas as typeof deployed);
  return planDestroy({ cloud, stage: 'dev', prefix, root, packages, stacks });
}

async function destroy(plan: DestroyPlan): Promise<Outcome[]> {
  const { cloud } = await workspace.input({});
  const signal = new AbortController().signal;
  return destroyStacks(plan, { cloud, signal, pollMs: 5, report: (event) => void events.push(event) });
}

function results(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(({ stack, result }) => `${stack} ${result}`);
}

test('removes what needs others first, and the records and image tags with it', async () => {
  const outcomes = await destroy(await planOf());
  expect(results(outcomes)).toEqual(['app removed', 'foundation removed']);
  expect(exitCodeOf(outcomes)).toBe(0);
  const { cloud } = await workspace.input({});
  expect([...(await readRecords(cloud, prefix)).keys()]).toEqual([]);
  expect(account.parameters.has(imageTagPath)).toBe(false);
  expect(await planOf()).toMatchObject({ stacks: [], absent: [] });
});

test('says beforehand what stays by its policy and what goes with its data', async () => {
  account.stacks.get(appName)!.resources = new Map(
    ['Kept', 'Data', 'Topic'].map((id) => [
      id,
      {
        type: deployed.app.Resources[id as 'Kept'].Type,
        status: 'CREATE_COMPLETE',
        physicalId: `${id}-1`,
      },
    ]),
  );
  const [app] = (await planOf()).stacks;
  expect(app?.retained).toEqual([{ logicalId: 'Kept', type: 'AWS::DynamoDB::Table', physicalId: 'Kept-1' }]);
  expect(app?.lost).toEqual([{ logicalId: 'Data', type: 'AWS::DynamoDB::Table', physicalId: 'Data-1' }]);
});

test('a stack that others need is refused, unless they go too', async () => {
  await expect(planOf(['foundation'])).rejects.toMatchObject({
    code: 'still-needed',
    message: 'foundation is needed by app: nothing was removed.',
    nextStep: 'Remove them too: pnpm run destroy foundation app --stage dev',
  });
  expect((await planOf(['app', 'foundation'])).stacks.map(({ stack }) => stack)).toEqual([
    'app',
    'foundation',
  ]);
});

test('a stack that left the workspace can be removed by name, and an unknown name lists what there is', async () => {
  expect(results(await destroy(await planOf(['app'], { foundation })))).toEqual(['app removed']);
  await expect(planOf(['ap'], { foundation })).rejects.toMatchObject({
    code: 'unknown-stack',
    message: 'No stack is called ap. There are: foundation.',
  });
});

test('the stacks of a stage whose name begins alike are let alone', async () => {
  const other = {
    Metadata: { Parley: { stack: 'app', stage: 'dev-eu', prefix: `${prefix}-eu` } },
    Resources: {},
  };
  account.stacks.set(`${prefix}-eu-app`, { status: 'CREATE_COMPLETE', template: other });
  account.stacks.set(`${prefix}-by-hand`, { status: 'CREATE_COMPLETE', template: { Resources: {} } });
  await destroy(await planOf());
  const standing = [...account.stacks].filter(([, { status }]) => status !== 'DELETE_COMPLETE');
  expect(standing.map(([name]) => name)).toEqual([`${prefix}-eu-app`, `${prefix}-by-hand`]);
});

test('what cannot be removed is named with its reason, and holds what it needs', async () => {
  account.stacks.get(appName)!.next = {
    status: 'DELETE_FAILED',
    events: [
      { logicalId: 'Topic', type: 'AWS::SNS::Topic', status: 'DELETE_FAILED', reason: 'It is in use' },
    ],
  };
  const outcomes = await destroy(await planOf());
  expect(results(outcomes)).toEqual(['app failed', 'foundation held']);
  expect(outcomes[0]?.problem).toEqual({
    code: 'delete-failed',
    message: 'app: Topic (AWS::SNS::Topic) could not be removed: It is in use',
    nextStep:
      'Mend that and run the same command again; or leave it behind: aws cloudformation delete-stack ' +
      `--stack-name ${appName} --region eu-west-1 --retain-resources Topic`,
  });
  account.stacks.get(appName)!.next = {};
  expect(results(await destroy(await planOf()))).toEqual(['app removed', 'foundation removed']);
});

test('a protected stack that is no registry keeps its protection', async () => {
  account.stacks.get(appName)!.terminationProtection = true;
  const [app] = await destroy(await planOf());
  expect(app?.problem?.code).toBe('protected');
  expect(app?.problem?.nextStep).toContain(
    'update-termination-protection --no-enable-termination-protection',
  );
});
