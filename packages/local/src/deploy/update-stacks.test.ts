import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Machine } from '../testing/machine.ts';
import { eventLines, recordedEvents } from '../testing/recorded-events.ts';
import { sampleClients } from '../testing/sample-clients.ts';
import { awsSettings } from '../testing/sample-client.ts';
import { app, echoProgram, echoService, foundation, registry } from '../testing/sample-stacks.ts';
import { type FixtureStack, ssmOutput } from '@parley/assembly/testing';
import type { JsonObject } from '@parley/assembly/values';

let machine: Machine;
const base = () => [foundation(), registry(), echoService()];

beforeAll(async () => {
  machine = await Machine.create();
  await machine.program('@sample/echo', { 'server.mjs': echoProgram });
  await machine.start(base());
});
afterAll(() => machine.remove());

/** Bring the machine to the base stacks and these. @returns the report of the stack named first */
async function bringUp(...apps: FixtureStack[]) {
  const report = await machine.update([...base(), ...apps]);
  return report.stacks.find(({ stack }) => stack === apps[0]?.name);
}

async function parameter(name: string): Promise<string | undefined> {
  const { ssm, credentials } = await awsSettings(machine);
  const answer = await fetch(ssm, {
    method: 'POST',
    headers: {
      'x-amz-target': 'AmazonSSM.GetParameter',
      authorization: `Credential=${credentials.accessKeyId}/`,
    },
    body: JSON.stringify({ Name: name }),
  });
  const body = (await answer.json()) as { Parameter?: { Value: string } };
  return body.Parameter?.Value;
}

test('a custom resource gets the event CloudFormation sends, with text for numbers and booleans', async () => {
  await bringUp(
    app(
      'shape',
      {},
      { Greeting: ssmOutput('/sample/greeting', { 'Fn::GetAtt': ['Registration', 'Greeting'] }) },
    ),
  );
  const [event] = await recordedEvents(machine, 'sample-shape');
  expect(event).toMatchObject({
    RequestType: 'Create',
    LogicalResourceId: 'Registration',
    ResourceType: 'Custom::SampleApp',
    StackId: expect.stringMatching(
      /^arn:aws:cloudformation:us-east-1:000000000000:stack\/sample-shape\/[0-9a-f-]{36}$/,
    ),
    ResourceProperties: {
      Id: 'shape',
      Number: '7',
      Flag: 'true',
      ServiceTimeout: '30',
      ServiceToken: 'arn:aws:lambda:us-east-1:000000000000:function:sample-registrar',
    },
  });
  const address = new URL(event?.ResponseURL ?? '');
  expect(address.searchParams.get('X-Amz-Date')).toMatch(/^\d{8}T\d{6}Z$/);
  expect(await parameter('/sample/greeting')).toBe('hello shape');
});

test('a changed property sends an Update with the old properties, an unchanged one sends nothing', async () => {
  await bringUp(app('change'));
  await bringUp(app('change'));
  await bringUp(app('change', { Number: 8 }));
  const [created, updated, ...more] = await recordedEvents(machine, 'sample-change');
  expect(more).toEqual([]);
  expect(updated).toMatchObject({
    RequestType: 'Update',
    PhysicalResourceId: 'app/change',
    StackId: created?.StackId,
    ResourceProperties: { Number: '8' },
    OldResourceProperties: { Number: '7' },
  });
  expect(updated?.RequestId).not.toBe(created?.RequestId);
});

test('another physical id means a replacement: the old one is deleted, with its old properties, at the end', async () => {
  await bringUp(app('move', { Id: 'first' }));
  await bringUp(app('move', { Id: 'second' }));
  const events = await recordedEvents(machine, 'sample-move');
  expect(await eventLines(machine, 'sample-move')).toEqual(['Create first', 'Update second', 'Delete first']);
  expect(events[2]?.PhysicalResourceId).toBe('app/first');
});

test('a stack that is gone is deleted with its resources', async () => {
  await bringUp(app('leave'));
  const report = await machine.update(base());
  expect(report.stacks).toContainEqual(
    expect.objectContaining({ stack: 'sample-leave', outcome: 'removed' }),
  );
  expect(await eventLines(machine, 'sample-leave')).toEqual(['Create leave', 'Delete leave']);
});

test('a refused creation is rolled back, told with its reason, and disturbs nobody else', async () => {
  const extra = { Note: ssmOutput('/sample/refused', 'x') };
  const report = await bringUp(app('refused', { Behaviour: 'refuse' }, extra), app('fine'));
  expect(report).toMatchObject({
    outcome: 'failed',
    error: 'Registration (Custom::SampleApp): refused on purpose',
  });
  expect(await eventLines(machine, 'sample-refused')).toEqual(['Create refused', 'Delete refused']);
  expect(await eventLines(machine, 'sample-fine')).toEqual(['Create fine']);
  expect(await parameter('/sample/refused')).toBeUndefined();
});

test('a refused update replays the old properties of everything that was updated', async () => {
  const note = (value: string): JsonObject => ({ Note: ssmOutput('/sample/replayed', value) });
  await bringUp(app('replayed', { DependsOnNote: { Ref: 'Note' } }, note('old')));
  const changed = app('replayed', { DependsOnNote: { Ref: 'Note' }, Behaviour: 'refuse' }, note('new'));
  expect(await bringUp(changed)).toMatchObject({ outcome: 'failed', changed: ['Note', 'Registration'] });
  expect(await parameter('/sample/replayed')).toBe('old');
  const events = await recordedEvents(machine, 'sample-replayed');
  expect(events.map(({ RequestType }) => RequestType)).toEqual(['Create', 'Update', 'Update']);
  expect(events[2]?.ResourceProperties).not.toHaveProperty('Behaviour');
  expect(events[2]?.OldResourceProperties).toHaveProperty('Behaviour', 'refuse');
  // What was rolled back is unchanged for the next update.
  const again = await bringUp(app('replayed', { DependsOnNote: { Ref: 'Note' } }, note('old')));
  expect(again).toMatchObject({ outcome: 'unchanged', changed: [] });
});

test('a rollback of a replacement keeps the old resource and deletes the new one', async () => {
  const refusing = { Last: { Type: 'Custom::SampleApp', DependsOn: 'Registration', Properties: {} } };
  await bringUp(app('back', { Id: 'old-id' }));
  const failing = app('back', { Id: 'new-id' }, refusing);
  expect(await bringUp(failing)).toMatchObject({ outcome: 'failed' });
  expect(await eventLines(machine, 'sample-back')).toEqual([
    'Create old-id',
    'Update new-id',
    'Update old-id',
    'Delete new-id',
  ]);
});

test.each([
  ['throw', /failed without answering: .*thrown on purpose/],
  ['silent', /ended without answering/],
])('a function that fails by %s fails its stack at once, with the reason', async (behaviour, reason) => {
  const report = await bringUp(app(behaviour, { Behaviour: behaviour }));
  expect(report?.error).toMatch(reason);
});

test('a function that hangs fails its stack after the service timeout', async () => {
  const report = await bringUp(app('hang', { Behaviour: 'hang', ServiceTimeout: 1 }));
  expect(report?.error).toContain('gave no answer within 1 s (ServiceTimeout)');
});

test('a circle of stacks is named', async () => {
  const reading = (path: string) => ({
    Input: { Type: 'AWS::SSM::Parameter::Value<String>', Default: path },
  });
  const left = { name: 'left', Parameters: reading('/b'), Resources: { A: ssmOutput('/a', 'x') } };
  const right = { name: 'right', Parameters: reading('/a'), Resources: { B: ssmOutput('/b', 'x') } };
  await expect(machine.update([...base(), left, right])).rejects.toThrow(/left → right → left/);
});

test('a stack whose input nobody wrote fails with the name of the parameter', async () => {
  const Parameters = { Input: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/nobody/wrote' } };
  const report = await bringUp({ name: 'sample-lonely', Parameters, Resources: {} });
  expect(report?.error).toContain('/nobody/wrote');
});

test('two assemblies with one stack name: the one that runs stays, the other is reported', async () => {
  await bringUp(app('twin'));
  const folders = await machine.assemblies([...base(), app('twin')]);
  const copy = await machine.copyAssembly('sample-twin', 'a-copy');
  const report = await machine.system.update([copy, ...folders]);
  expect(report.stacks.filter(({ stack }) => stack === 'sample-twin')).toEqual([
    {
      stack: 'sample-twin',
      outcome: 'failed',
      changed: [],
      error: expect.stringMatching(/used twice.*a-copy/),
    },
    { stack: 'sample-twin', outcome: 'unchanged', changed: [] },
  ]);
});

test('an assembly that cannot be read is reported, and its stack stays', async () => {
  await bringUp(app('stays'));
  const folders = await machine.assemblies([...base(), app('stays')]);
  await machine.breakAssembly('sample-stays');
  const report = await machine.system.update(folders);
  expect(report.stacks).toContainEqual(expect.objectContaining({ stack: 'sample-stays', outcome: 'failed' }));
  expect(await eventLines(machine, 'sample-stays')).toEqual(['Create stays']);
});

test('a resource whose type is unknown is listed, never skipped silently', async () => {
  await bringUp({ name: 'sample-odd', Resources: { Odd: { Type: 'AWS::Odd::Thing', Properties: {} } } });
  expect(machine.system.notRun).toContainEqual({
    type: 'AWS::Odd::Thing',
    reason: 'unknown to local running',
    resources: ['sample-odd/Odd'],
  });
});

test('a part of a resource that has no effect here is listed too', async () => {
  const Properties = { BucketName: 'sample-parts', LifecycleConfiguration: { Rules: [] }, Odd: 1 };
  await bringUp({ name: 'sample-parts', Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties } } });
  const resources = ['sample-parts/Bucket'];
  expect(machine.system.notRun.filter((item) => item.resources.includes('sample-parts/Bucket'))).toEqual([
    { type: 'AWS::S3::Bucket LifecycleConfiguration', reason: 'objects are not removed by age', resources },
    { type: 'AWS::S3::Bucket Odd', reason: 'unknown to local running', resources },
  ]);
});

test('a bucket that only gets another logical id keeps what is in it', async () => {
  const named = (logicalId: string): FixtureStack => ({
    name: 'sample-renamed',
    Resources: { [logicalId]: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'sample-renamed' } } },
  });
  await bringUp(named('Before'));
  const { s3 } = await sampleClients(machine);
  await s3.send(new PutObjectCommand({ Bucket: 'sample-renamed', Key: 'kept', Body: 'x' }));
  await bringUp(named('After'));
  expect((await s3.send(new ListObjectsV2Command({ Bucket: 'sample-renamed' }))).KeyCount).toBe(1);
});

test('a parameter that another stack writes already is refused', async () => {
  const first = { name: 'sample-owner', Resources: { P: ssmOutput('/sample/owned', 'x') } };
  const second = { name: 'sample-thief', Resources: { P: ssmOutput('/sample/owned', 'y') } };
  const report = await machine.update([...base(), first, second]);
  const thief = report.stacks.find(({ stack }) => stack === 'sample-thief');
  expect(thief?.error).toContain('sample-owner/P writes it');
  expect(await parameter('/sample/owned')).toBe('x');
});
