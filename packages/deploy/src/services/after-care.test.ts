import type { Template } from '@parley/assembly/references';
import { afterEach, expect, test, vi } from 'vitest';
import { connect } from '../cloud/connect.ts';
import { type ServiceEvent, afterCare } from './after-care.ts';
import type { LocalAws } from './testing/local-aws.ts';
import { startRecordedStage } from './testing/recorded-stage.ts';
import {
  type Stage,
  cluster,
  digests,
  prefix,
  region,
  serviceArn,
  tags,
  taskDefinitionArn,
} from './testing/stage.ts';

let aws: LocalAws;
let stage: Stage;
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

async function start(recording: Parameters<typeof startRecordedStage>[0]): Promise<void> {
  ({ aws, stage } = await startRecordedStage(recording));
  for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value);
}

const report = (events: ServiceEvent[]) => (event: ServiceEvent) => void events.push(event);

async function care(events: ServiceEvent[] = [], more: { limitMinutes?: number; signal?: AbortSignal } = {}) {
  const { template } = stage.stacks.get(`${prefix}-app`)!;
  const assembly = { stack: 'app', name: `${prefix}-app`, template: template as unknown as Template };
  const options = { prefix, stage: 'dev', assembly, pollMs: 1, ...more };
  return afterCare(connect({ region, maxAttempts: 1 }), options, report(events));
}

test('a rollout is followed to its end, each thing told once and in order, and its image compared', async () => {
  await start('rolled-out');
  const events: ServiceEvent[] = [];
  await care(events);
  const about = { stack: 'app', service: 'api' };
  const rollout = { type: 'rollout', ...about, deployment: 'ecs-svc/7', wanted: 1, failed: 0 };
  expect(events).toEqual([
    {
      type: 'service-message',
      ...about,
      at: '2026-11-21T09:10:05.000Z',
      text: expect.stringContaining('has started 1 tasks'),
    },
    { ...rollout, state: 'IN_PROGRESS', running: 0 },
    {
      type: 'service-message',
      ...about,
      at: '2026-11-21T09:10:50.000Z',
      text: expect.stringContaining('registered 1 targets'),
    },
    { ...rollout, state: 'IN_PROGRESS', running: 1 },
    {
      type: 'service-message',
      ...about,
      at: '2026-11-21T09:11:40.000Z',
      text: expect.stringContaining('steady state'),
    },
    { ...rollout, state: 'COMPLETED', running: 1 },
    { type: 'running-image', ...about, tag: tags.now, digest: digests.now, tasks: 1 },
  ]);
});

test('a service that the circuit breaker put back has failed, though CloudFormation says the stack is complete', async () => {
  await start('put-back');
  const stream = `api/Container/${'8'.repeat(32)}`;
  stage.logs.set(`/ecs/${prefix}/api ${stream}`, [
    { id: '1', at: 1, message: 'listening on 8080' },
    { id: '2', at: 2, message: 'Error: PARLEY_MODEL: expected a provider\n    at start' },
  ]);
  const events: ServiceEvent[] = [];
  const failure = await care(events).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'rollout-failed',
    message: [
      'api did not roll out: it runs api:6 and not api:7, which the stack wants (ECS deployment circuit breaker: tasks failed to start).',
      `  task ${'9'.repeat(32)} stopped at 2026-11-21 09:10:40 UTC: ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed`,
      '    Container never started: CannotPullContainerError: pull image manifest has been retried 1 time(s)',
      '    It logged nothing.',
      `  task ${'8'.repeat(32)} stopped at 2026-11-21 09:10:30 UTC: Essential container in task exited`,
      '    Container ended with exit code 1',
      `    The last it logged (${stream}):`,
      '      listening on 8080',
      '      Error: PARLEY_MODEL: expected a provider',
      '          at start',
    ].join('\n'),
    nextStep:
      'Mend that and deploy again, or go back to the image before: pnpm run rollback api --stage dev. ' +
      'More of its log: pnpm run logs api --since 1h --stage dev. To try the same image again: aws ecs update-service ' +
      `--cluster ${cluster} --service ${serviceArn} --task-definition ${taskDefinitionArn(7)} --region ${region}`,
  });
  expect(events.flatMap((event) => (event.type === 'task-stopped' ? event.task.id[0] : []))).toEqual([
    '8',
    '9',
  ]);
});

test('a first rollout that fails, with nothing to put back, says why', async () => {
  await start('failed');
  await expect(care()).rejects.toMatchObject({
    code: 'rollout-failed',
    message: expect.stringMatching(
      /^api did not roll out: ECS deployment circuit breaker: tasks failed to start\.\n {2}task 8{32} stopped/,
    ),
  });
});

test('a rollout without an end is given up after its time, saying that ECS goes on', async () => {
  await start('stuck');
  await expect(care([], { limitMinutes: 0.001 })).rejects.toMatchObject({
    code: 'rollout-slow',
    message: expect.stringContaining('it is still rolling out after 0.001 minutes; ECS goes on with it'),
  });
});

test('a wait that is broken off ends with what it was broken off with', async () => {
  await start('stuck');
  const stop = new AbortController();
  const waiting = care([], { signal: stop.signal });
  const reason = new Error('Ctrl-C');
  setTimeout(() => stop.abort(reason), 50);
  await expect(waiting).rejects.toBe(reason);
});

test('a task that runs another image than the registry has under the tag is named with both', async () => {
  await start('moved-tag');
  await expect(care()).rejects.toMatchObject({
    code: 'image-differs',
    message:
      `api does not run the image it should: task ${'7'.repeat(32)} runs sha256:${'c'.repeat(64)}, ` +
      `but ${tags.now} is ${digests.now} in the registry.`,
    nextStep: expect.stringContaining('--force-new-deployment'),
  });
});

test('of an image for several processors the one that a task runs is wanted too', async () => {
  await start('moved-tag');
  stage.images.set(tags.now, {
    digest: digests.now,
    pushedAt: '2026-11-21T09:00:00Z',
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifest: JSON.stringify({ manifests: [{ digest: `sha256:${'c'.repeat(64)}` }] }),
  });
  const events: ServiceEvent[] = [];
  await care(events);
  expect(events.at(-1)).toMatchObject({ type: 'running-image', digest: digests.now, tasks: 1 });
});

test('an image that the registry does not have any more is said to be missing', async () => {
  await start('rolled-out');
  stage.images.delete(tags.now);
  await expect(care()).rejects.toMatchObject({
    code: 'image-missing',
    message: expect.stringContaining(`The registry does not have ${prefix}/api:${tags.now}`),
  });
});

test('a stack without services takes no call of AWS', async () => {
  await start('rolled-out');
  const app = stage.stacks.get(`${prefix}-app`)!;
  app.template = { Parameters: {}, Resources: {} };
  await care();
  expect(aws.calls).toEqual([]);
});
