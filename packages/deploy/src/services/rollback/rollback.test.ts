import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '../../cloud/connect.ts';
import type { DeployRecord } from '../../record/record.ts';
import { readRecords, writeRecord } from '../../record/records.ts';
import type { LocalAws } from '../testing/local-aws.ts';
import { startRecordedStage } from '../testing/recorded-stage.ts';
import { type Stage, prefix, region, tags } from '../testing/stage.ts';
import { planRollback, rollBack } from './rollback.ts';

let aws: LocalAws;
let stage: Stage;
beforeEach(async () => {
  ({ aws, stage } = await startRecordedStage('back-again'));
  for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

const cloud = () => connect({ region, maxAttempts: 1 });
const imageTag = `/${prefix}/api/image-tag`;
const planned = async (to?: string, service = 'api') =>
  planRollback(cloud(), { stage: 'dev', prefix, service, stacks: ['app'], to });

const record: DeployRecord = {
  v: 1,
  stack: 'app',
  outcome: 'succeeded',
  at: '2026-11-21T09:12:00.000Z',
  who: 'bob',
  commit: 'c0ffee',
  version: '0.1.0',
  fingerprint: {
    digest: '0'.repeat(16),
    template: '1'.repeat(16),
    assets: {},
    inputs: {},
    images: { api: tags.now },
  },
};

test('a service goes back to the image it was told to run before, and CloudFormation knows', async () => {
  await writeRecord(cloud(), prefix, record);
  const plan = await planned();
  expect(plan).toMatchObject({ service: 'api', stack: 'app', from: tags.now, to: tags.before });
  const events: string[] = [];
  const report = (event: { type: string; state?: string }) =>
    void events.push(`${event.type} ${event.state ?? ''}`);
  await rollBack(cloud(), plan, { signal: new AbortController().signal, pollMs: 1 }, report);
  expect(stage.parameters.get(imageTag)).toEqual([tags.before, tags.now, tags.before]);
  expect(stage.stacks.get(`${prefix}-app`)!.deployed).toEqual({ [imageTag]: tags.before });
  expect(events).toEqual([
    'rollback selected',
    'rollback updating',
    'rollout IN_PROGRESS',
    'rollout COMPLETED',
    'running-image ',
  ]);
});

test('the record says that it was by hand, and an equal fingerprint is one of that image', async () => {
  await writeRecord(cloud(), prefix, record);
  await rollBack(
    cloud(),
    await planned(),
    { signal: new AbortController().signal, pollMs: 1 },
    () => undefined,
  );
  const stored = (await readRecords(cloud(), prefix)).get('app');
  expect(stored).toMatchObject({
    record: {
      outcome: 'succeeded',
      who: 'alice',
      commit: 'c0ffee',
      rolledBack: { api: tags.before },
      fingerprint: { template: '1'.repeat(16), images: { api: tags.before } },
    },
  });
  expect(stored && 'record' in stored && stored.record.fingerprint.digest).not.toBe('0'.repeat(16));
  const outcomes = stage.parameters
    .get(`/${prefix}/stacks/app/deployed`)!
    .map((text) => (JSON.parse(text) as DeployRecord).outcome);
  expect(outcomes).toEqual(['succeeded', 'started', 'succeeded']);
});

test('going back twice leads further back, never to the image that was left', async () => {
  const oldest = '9'.repeat(32);
  stage.images.set(oldest, { digest: `sha256:${'9'.repeat(64)}`, pushedAt: '2026-11-01T08:00:00Z' });
  stage.parameters.set(imageTag, [oldest, tags.before, tags.now, tags.before]);
  expect(await planned()).toMatchObject({ from: tags.before, to: oldest });
});

test('an image that the registry expired is passed over; without any, the tags there are are told', async () => {
  stage.images.delete(tags.before);
  const unused = 'd'.repeat(32);
  stage.images.set(unused, { digest: 'sha256:d', pushedAt: '2026-11-21T08:30:00Z' });
  await expect(planned()).rejects.toMatchObject({
    code: 'no-earlier-image',
    message: `api has no earlier image to go back to: before ${tags.now} this stage ran none that the registry still has.`,
    nextStep: [
      'Choose with --to:',
      `    ${tags.now}  pushed 2026-11-21 09:00 UTC, last taken up 2025-11-20 00:54 UTC by alice`,
      `    ${unused}  pushed 2026-11-21 08:30 UTC, never taken up`,
    ].join('\n'),
  });
});

test('a tag that is asked for has to be there, and another one than now', async () => {
  expect(await planned(tags.before)).toMatchObject({ from: tags.now, to: tags.before });
  await expect(planned('latest')).rejects.toMatchObject({
    code: 'unknown-tag',
    message: 'There is no image "latest" of api in the registry.',
    nextStep: expect.stringContaining(tags.before),
  });
  await expect(planned(tags.now)).rejects.toMatchObject({ code: 'same-image' });
});

test('an unknown service, and a stack that CloudFormation is at work on, are refused before anything changes', async () => {
  await expect(planned(undefined, 'web')).rejects.toMatchObject({
    code: 'unknown-service',
    message: 'No service of this stage is called "web".',
    nextStep: 'There are: api.',
  });
  stage.stacks.get(`${prefix}-app`)!.status = 'UPDATE_IN_PROGRESS';
  await expect(planned()).rejects.toMatchObject({ code: 'in-progress' });
  expect(aws.calls).not.toContain('PutParameter');
});
