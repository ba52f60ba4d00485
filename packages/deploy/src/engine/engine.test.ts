import { ssmInput, ssmOutput } from '@parley/assembly/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Plan } from '../plan/types.ts';
import { readRecords } from '../record/records.ts';
import { asForBootstrap, bootstrapParameter } from '../testing/bootstrapped-assembly.ts';
import { account, usePlannedWorkspace, workspace } from '../testing/planned-tests.ts';
import { prefix, vpcPath } from '../testing/planned-workspace.ts';
import { type DeployOptions, deployPlan } from './deploy-plan.ts';
import type { EngineEvent } from './events.ts';
import { exitCodeOf, type Outcome } from './outcome.ts';

let events: EngineEvent[];

usePlannedWorkspace();
beforeEach(() => {
  account.parameters.set(bootstrapParameter, '21');
  events = [];
});
afterEach(() => {
  account.fail('*', undefined);
  for (const each of ['ExecuteChangeSet', 'DescribeStacks']) account.fail(each, undefined);
});

const appName = `${prefix}-app`;
const bucket = { Type: 'AWS::S3::Bucket', Properties: {} };

/** A foundation that writes a value, and an app with data that reads it. */
function stacks({ cidr = '10.0.0.0/16', data = bucket as object, color = 'red' } = {}) {
  return {
    foundation: { Resources: { Vpc: ssmOutput(vpcPath, cidr) } },
    app: {
      Parameters: { VpcId: ssmInput(vpcPath) },
      Resources: {
        Data: data as never,
        Queue: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: { Ref: 'VpcId' }, Color: color } },
      },
    },
  };
}

async function planOf(wanted = stacks()): Promise<Plan> {
  const plan = await workspace.plan(wanted);
  for (const { assembly } of plan.stacks) await asForBootstrap(assembly);
  return plan;
}

async function deploy(plan: Plan, more: Partial<DeployOptions> = {}): Promise<Outcome[]> {
  return deployPlan(plan, {
    cloud: plan.input.cloud,
    version: '0.1.0',
    pollMs: 5,
    report: (event) => void events.push(event),
    signal: new AbortController().signal,
    ...more,
  });
}

function results(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(({ stack, result }) => `${stack} ${result}`);
}

async function recordedAs(plan: Plan, stack: string): Promise<string | undefined> {
  const stored = (await readRecords(plan.input.cloud, prefix)).get(stack);
  return stored && 'record' in stored ? stored.record.outcome : undefined;
}

test('deploys wave by wave, records each stack, and has nothing to do the second time', async () => {
  const plan = await planOf();
  const outcomes = await deploy(plan);
  expect(outcomes.map(({ problem }) => problem)).toEqual([undefined, undefined]);
  expect(results(outcomes)).toEqual(['foundation deployed', 'app deployed']);
  expect(outcomes.map(({ resources }) => resources)).toEqual([1, 2]);
  expect(await recordedAs(plan, 'app')).toBe('succeeded');
  expect(exitCodeOf(outcomes)).toBe(0);
  expect(results(await deploy(await planOf()))).toEqual(['foundation skipped', 'app skipped']);
});

test('says which resource failed first and why, holds what comes after, and takes up what is left', async () => {
  account.stacks.set(`${prefix}-foundation`, {
    status: 'REVIEW_IN_PROGRESS',
    next: {
      status: 'ROLLBACK_COMPLETE',
      events: [
        { logicalId: 'Other', type: 'AWS::SNS::Topic', status: 'CREATE_IN_PROGRESS' },
        { logicalId: 'Vpc', type: 'AWS::SSM::Parameter', status: 'CREATE_FAILED', reason: 'Quota exceeded' },
        {
          logicalId: 'Other',
          type: 'AWS::SNS::Topic',
          status: 'CREATE_FAILED',
          reason: 'Resource creation cancelled',
        },
        { logicalId: 'Other', type: 'AWS::SNS::Topic', status: 'DELETE_COMPLETE' },
      ],
    },
  });
  const plan = await planOf();
  const outcomes = await deploy(plan);
  expect(results(outcomes)).toEqual(['foundation failed', 'app held']);
  expect(outcomes[0]?.problem).toEqual({
    code: 'resource-failed',
    message: 'Vpc (AWS::SSM::Parameter): Quota exceeded',
    nextStep: 'Mend that, then run `pnpm run deploy foundation --stage dev`.',
  });
  expect(outcomes[1]?.problem?.message).toBe('foundation has to be deployed first');
  expect(exitCodeOf(outcomes)).toBe(1);
  expect(await recordedAs(plan, 'foundation')).toBe('failed');

  account.stacks.get(`${prefix}-foundation`)!.next = {};
  expect(results(await deploy(await planOf()))).toEqual(['foundation deployed', 'app deployed']);
  expect(texts('note')).toEqual([
    'its creation failed and was rolled back: what is left is removed, and it is created anew',
  ]);
});

async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 60_000 });
}

function texts(type: 'note'): string[] {
  return events.flatMap((event) => (event.type === type ? [event.text] : []));
}

test('a failed update says that the stack is as it was, and the others of its wave finish', async () => {
  const wanted = { ...stacks(), second: stacks().app };
  await deploy(await planOf(wanted));
  const changed = { ...wanted, app: stacks({ color: 'blue' }).app, second: stacks({ color: 'green' }).app };
  account.stacks.get(appName)!.next = {
    status: 'UPDATE_ROLLBACK_COMPLETE',
    events: [
      { logicalId: 'Queue', type: 'AWS::SNS::Topic', status: 'UPDATE_FAILED', reason: 'No such colour' },
    ],
  };
  const outcomes = await deploy(await planOf(changed));
  expect(results(outcomes)).toEqual(['foundation skipped', 'app failed', 'second deployed']);
  expect(outcomes[1]?.problem).toMatchObject({
    message: 'Queue (AWS::SNS::Topic): No such colour',
    nextStep: 'The stack is as it was before. Mend that, then run `pnpm run deploy app --stage dev`.',
  });
});

test('a changed value reaches what reads it, and what reads another value is let alone', async () => {
  await deploy(await planOf());
  const outcomes = await deploy(await planOf(stacks({ cidr: '10.1.0.0/16' })));
  // The account in memory does not resolve values, so CloudFormation finds nothing to change in the reader.
  expect(results(outcomes)).toEqual(['foundation deployed', 'app unchanged']);
  expect(results(await deploy(await planOf(stacks({ cidr: '10.1.0.0/16' }))))).toEqual([
    'foundation skipped',
    'app skipped',
  ]);
});

test('nothing is deployed while a plan would lose data that nobody acknowledged', async () => {
  await deploy(await planOf());
  const other = { Type: 'AWS::DynamoDB::Table', Properties: {} };
  const plan = await planOf(stacks({ cidr: '10.1.0.0/16', data: other }));
  account.calls.length = 0;
  await expect(deploy(plan)).rejects.toMatchObject({
    code: 'unacknowledged',
    message: [
      'Nothing was deployed, as resources that hold data would not survive it:',
      '  app/Data (AWS::S3::Bucket) would be replaced by an empty one: its type becomes AWS::DynamoDB::Table',
    ].join('\n'),
    nextStep: expect.stringContaining('deploy with --acknowledge app/Data') as string,
  });
  expect(account.calls).toEqual([]);
  const outcomes = await deploy(plan, { acknowledge: ['app/Data'] });
  expect(results(outcomes)).toEqual(['foundation deployed', 'app deployed']);
});

test('a replacement that only CloudFormation sees is refused before it is executed', async () => {
  await deploy(await planOf());
  account.stacks.get(appName)!.next = { replaces: ['Data'] };
  const wanted = stacks({ data: { ...bucket, Properties: { Tags: [] } } });
  const refused = await deploy(await planOf(wanted));
  expect(results(refused)).toEqual(['foundation skipped', 'app refused']);
  expect(refused[1]?.problem?.message).toContain('app/Data (AWS::S3::Bucket) would be replaced');
  expect(refused[1]?.problem?.nextStep).toContain('--acknowledge app/Data');
  expect(exitCodeOf(refused)).toBe(3);
  expect(account.calls.filter((call) => call === 'ExecuteChangeSet')).toHaveLength(2);
  const outcomes = await deploy(await planOf(wanted), { acknowledge: ['app/Data'] });
  expect(results(outcomes)).toEqual(['foundation skipped', 'app deployed']);
});

test('what a failed creation left is not removed when CloudFormation kept data', async () => {
  await deploy(await planOf());
  account.stacks.set(appName, {
    ...account.stacks.get(appName),
    status: 'ROLLBACK_COMPLETE',
    resources: new Map([
      ['Data', { type: 'AWS::S3::Bucket', status: 'DELETE_SKIPPED', physicalId: 'demo-data-1' }],
      ['Queue', { type: 'AWS::SNS::Topic', status: 'DELETE_COMPLETE', physicalId: 'queue-1' }],
    ]),
  });
  const [, outcome] = await deploy(await planOf());
  expect(outcome?.problem).toEqual({
    code: 'rolled-back',
    message:
      'app: its creation failed and was rolled back, but CloudFormation kept what may hold data: Data (AWS::S3::Bucket demo-data-1).',
    nextStep:
      'Look at what it holds. Then run `aws cloudformation delete-stack --stack-name demo-dev-app --region eu-west-1`, ' +
      'which leaves it in the account, and this command again.',
  });
});

test('a stack that somebody else changes is told with who and when, or waited for', async () => {
  await deploy(await planOf());
  const app = account.stacks.get(appName)!;
  app.status = 'UPDATE_IN_PROGRESS';
  const plan = await planOf(stacks({ color: 'blue' }));
  const [, busy] = await deploy(plan);
  expect(busy).toMatchObject({ result: 'failed', problem: { code: 'in-progress' } });
  expect(busy?.problem?.message).toMatch(
    /^app: CloudFormation is at work on it \(UPDATE_IN_PROGRESS since 2026-11-02 09:30 UTC, begun by somebody who recorded nothing; last: demo-dev-app CREATE_COMPLETE at .*\)\.$/,
  );
  expect(busy?.problem?.nextStep).toMatch(
    /^Run this again with --wait, .*describe-stack-events --stack-name demo-dev-app/,
  );

  const waited = deploy(plan, { wait: true });
  await until(() => events.some((event) => event.type === 'stack' && event.state === 'waiting'));
  app.status = 'UPDATE_COMPLETE';
  expect(results(await waited)).toEqual(['foundation skipped', 'app deployed']);
});

test('a stack that CloudFormation cannot go on with names the command that mends it', async () => {
  await deploy(await planOf());
  const app = account.stacks.get(appName)!;
  const problemIn = async (status: string) => {
    app.status = status;
    return (await deploy(await planOf(stacks({ color: status }))))[1]?.problem;
  };
  expect((await problemIn('UPDATE_ROLLBACK_FAILED'))?.nextStep).toContain(
    '`aws cloudformation continue-update-rollback --stack-name demo-dev-app --region eu-west-1`',
  );
  expect((await problemIn('DELETE_FAILED'))?.nextStep).toContain('pnpm run destroy app --stage dev');
});

test('Ctrl-C begins no further stack, says what goes on and how to see it, and a second run waits for that', async () => {
  account.stacks.set(`${prefix}-foundation`, { status: 'REVIEW_IN_PROGRESS', next: { status: 'hold' } });
  const plan = await planOf();
  const stop = new AbortController();
  const running = deploy(plan, { signal: stop.signal });
  await until(() => account.calls.includes('ExecuteChangeSet'));
  stop.abort();
  const outcomes = await running;
  expect(results(outcomes)).toEqual(['foundation cut', 'app cut']);
  expect(exitCodeOf(outcomes)).toBe(130);
  expect(events.find(({ type }) => type === 'cut')).toEqual({
    type: 'cut',
    going: [
      {
        stack: 'foundation',
        name: `${prefix}-foundation`,
        look: `aws cloudformation describe-stack-events --stack-name ${prefix}-foundation --region eu-west-1 --max-items 20`,
      },
    ],
  });
  expect(await recordedAs(plan, 'foundation')).toBe('started');

  const again = deploy(await planOf());
  await until(() => events.some((event) => event.type === 'stack' && event.state === 'waiting'));
  const foundation = account.stacks.get(`${prefix}-foundation`)!;
  account.parameters.set(vpcPath, '10.0.0.0/16');
  Object.assign(foundation, { status: 'CREATE_COMPLETE', next: undefined });
  expect(results(await again)).toEqual(['foundation unchanged', 'app deployed']);
  expect(results(await deploy(await planOf()))).toEqual(['foundation skipped', 'app skipped']);
});

test('Ctrl-C before anything began cuts what was to be deployed, and not what had nothing to do', async () => {
  await deploy(await planOf());
  const plan = await planOf(stacks({ color: 'blue' }));
  const outcomes = await deploy(plan, { signal: AbortSignal.abort() });
  expect(results(outcomes)).toEqual(['foundation skipped', 'app cut']);
  expect(exitCodeOf(outcomes)).toBe(130);
});

test.each([
  {
    why: 'expired credentials',
    operation: '*',
    fault: {
      code: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    },
    code: 'credentials-expired',
  },
  {
    why: 'throttling that does not end',
    operation: 'DescribeStacks',
    fault: { code: 'Throttling', message: 'Rate exceeded' },
    code: 'throttled',
  },
  {
    why: 'a permission that is missing',
    operation: 'ExecuteChangeSet',
    fault: {
      code: 'AccessDenied',
      status: 403,
      message: 'User: alice is not authorized to perform: cloudformation:ExecuteChangeSet',
    },
    code: 'access-denied',
  },
])(
  '$why is explained, and nothing of the stack is recorded as failed',
  async ({ operation, fault, code }) => {
    const plan = await planOf();
    account.fail(operation, fault);
    const outcomes = await deploy(plan).catch((error: unknown) => [{ problem: error }] as never);
    expect(outcomes[0]?.problem?.code).toBe(code);
    expect(outcomes[0]?.problem?.message).toContain(fault.message);
    expect(outcomes[0]?.problem?.nextStep).toBeTruthy();
    account.fail(operation, undefined);
    expect(await recordedAs(plan, 'foundation')).not.toBe('failed');
    expect(results(await deploy(await planOf()))).toEqual(['foundation deployed', 'app deployed']);
  },
);

test('an account that is not bootstrapped is told once, with the command', async () => {
  account.parameters.delete(bootstrapParameter);
  const wanted = { ...stacks(), second: { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } } };
  const outcomes = await deploy(await planOf(wanted));
  expect(outcomes[0]?.problem?.code).toBe('bootstrap-missing');
  expect(outcomes[0]?.problem?.message).toMatch(/^Account 111122223333, region eu-west-1: not bootstrapped/);
  expect(outcomes[0]?.problem?.nextStep).toContain('bootstrap aws://111122223333/eu-west-1');
  expect(results(outcomes)).toEqual(['foundation failed', 'app held', 'second held']);
});

test('images are pushed before the stack that needs them, and a failure is that stack’s', async () => {
  const tag = `/${prefix}/api/image-tag`;
  const app = {
    Parameters: { VpcId: ssmInput(vpcPath), Tag: ssmInput(tag) },
    Resources: { ...stacks().app.Resources, Service: { Type: 'AWS::ECS::Service' } },
  };
  const wanted = { ...stacks(), app };
  const failed = await deploy(await planOf(wanted), {
    pushImages: async () => {
      throw new Error('No builder was found');
    },
  });
  expect(results(failed)).toEqual(['foundation deployed', 'app failed']);
  expect(failed[1]?.problem?.message).toBe('No builder was found');
  const order: string[] = [];
  const outcomes = await deploy(await planOf(wanted), {
    pushImages: async ({ stack }) => {
      account.parameters.set(tag, 'pushed');
      order.push(`push ${stack}`);
    },
    afterCare: async ({ stack }) => void order.push(`care ${stack}`),
  });
  expect(results(outcomes)).toEqual(['foundation skipped', 'app deployed']);
  expect(order).toEqual(['push app', 'care app']);
});
