import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '../../cloud/connect.ts';
import { writeRecord } from '../../record/records.ts';
import type { LocalAws } from '../testing/local-aws.ts';
import { startRecordedStage } from '../testing/recorded-stage.ts';
import { type Stage, prefix, region, tags } from '../testing/stage.ts';
import { readStatus } from './status.ts';

let aws: LocalAws;
let stage: Stage;
beforeEach(async () => void (await start('moved-tag')));
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

async function start(recording: Parameters<typeof startRecordedStage>[0]): Promise<void> {
  ({ aws, stage } = await startRecordedStage(recording));
  for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value);
}

const cloud = () => connect({ region, maxAttempts: 1 });
const status = async () => readStatus(cloud(), { stage: 'dev', prefix, stacks: ['app', 'never-deployed'] });

test('a stage that is well: its stacks, services, tasks, health, last deploy and address', async () => {
  await writeRecord(cloud(), prefix, {
    v: 1,
    stack: 'app',
    outcome: 'succeeded',
    at: '2026-11-21T09:12:00.000Z',
    who: 'alice',
    commit: 'c0ffee',
    version: '0.1.0',
    fingerprint: { digest: '0'.repeat(16), template: '1'.repeat(16), images: {} },
    byHand: { forecast: 'abc' },
  });
  expect(await status()).toEqual({
    stage: 'dev',
    prefix,
    region,
    url: 'https://demo.example',
    healthy: true,
    stacks: [
      {
        stack: 'app',
        name: `${prefix}-app`,
        status: 'UPDATE_COMPLETE',
        deployed: {
          outcome: 'succeeded',
          at: '2026-11-21T09:12:00.000Z',
          who: 'alice',
          commit: 'c0ffee',
          version: '0.1.0',
        },
        byHand: ['forecast'],
        services: [
          {
            service: 'api',
            image: tags.now,
            running: 1,
            wanted: 1,
            pending: 0,
            rollout: 'COMPLETED',
            targets: { healthy: 1, total: 1, reasons: [] },
            healthy: true,
            problems: [],
          },
        ],
        healthy: true,
        problems: [],
      },
    ],
  });
});

test('no stack of another stage is shown, though its name begins alike', async () => {
  const [app] = stage.stacks.values();
  stage.stacks.set(`${prefix}-2-app`, app!);
  expect((await status()).stacks.map(({ name }) => name)).toEqual([`${prefix}-app`]);
});

test('a target that fails its check makes its stack unwell, with the load balancer’s words', async () => {
  stage.targets.splice(
    0,
    1,
    {
      id: '10.0.0.7',
      state: 'unhealthy',
      reason: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [503]',
    },
    { id: '10.0.0.8', state: 'draining' },
  );
  const { healthy, stacks } = await status();
  expect(healthy).toBe(false);
  expect(stacks[0]!.services[0]!.problems).toEqual([
    '0 of 1 targets are healthy (unhealthy: Health checks failed with these codes: [503])',
  ]);
});

test('a service without a task, and one whose rollout failed, are unwell', async () => {
  await aws.close();
  await start('failed');
  expect((await status()).stacks[0]!.services[0]!.problems).toEqual([
    '0 of 1 tasks run',
    'its rollout failed: ECS deployment circuit breaker: tasks failed to start',
  ]);
});

test('a stack that is gone, and one that CloudFormation left broken, are unwell', async () => {
  const fingerprint = { digest: '0'.repeat(16), template: '1'.repeat(16), images: {} };
  const record = {
    v: 1,
    outcome: 'succeeded',
    at: '2026-11-21T09:12:00.000Z',
    who: 'alice',
    version: '0.1.0',
  } as const;
  await writeRecord(cloud(), prefix, { ...record, stack: 'chat', fingerprint });
  stage.stacks.get(`${prefix}-app`)!.status = 'UPDATE_ROLLBACK_FAILED';
  const { stacks } = await status();
  expect(stacks.map(({ stack, problems }) => [stack, problems])).toEqual([
    ['app', ['CloudFormation left it in UPDATE_ROLLBACK_FAILED']],
    ['chat', ['it was deployed, but the stack is not there any more']],
  ]);
});

test('a stage that was never deployed has no stack, and is asked for no service', async () => {
  stage.stacks.clear();
  stage.parameters.clear();
  expect(await status()).toMatchObject({ stacks: [], healthy: true });
  expect(aws.calls).not.toContain('ListServices');
});
