import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStackAssembly } from '@parley/assembly/read-assembly';
import { writeAssembly } from '@parley/assembly/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '../cloud/connect.ts';
import { shortHash } from '../record/hash.ts';
import type { DeployRecord } from '../record/record.ts';
import { readRecords, writeRecord } from '../record/records.ts';
import type { LocalAws } from '../services/testing/local-aws.ts';
import { startRecordedStage } from '../services/testing/recorded-stage.ts';
import { type Stage, prefix, region } from '../services/testing/stage.ts';
import { deployFunction } from './deploy-function.ts';

let folder: string;
let aws: LocalAws;
let stage: Stage;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley fn '));
  ({ aws, stage } = await startRecordedStage('rolled-out'));
  for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.close();
  await rm(folder, { recursive: true });
});

const cloud = () => connect({ region, maxAttempts: 1 });

interface Source {
  code?: string;
  description?: string;
  memory?: number;
  tools?: string[];
}

/** The weather stack as it is synthesized from a source; each tool's asset is called by its code. */
async function synthesized({
  code = 'v1',
  description = 'Tells it',
  memory = 256,
  tools = ['forecast'],
}: Source) {
  const resources = tools.map((tool) => [
    [
      `${tool}Logs`,
      { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: `/lambda/${prefix}/weather-${tool}` } },
    ],
    [
      tool,
      {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: { S3Bucket: 'assets', S3Key: `${code}.zip` },
          MemorySize: memory,
          LoggingConfig: { LogGroup: { Ref: `${tool}Logs` } },
          Tags: [{ Key: 'parley:role', Value: 'tool' }],
        },
      },
    ],
  ]);
  const definition = tools.flatMap((tool, i) => [
    `${i === 0 ? '{"id":"weather","tools":[' : ','}{"name":"${tool}","description":"${description}","input":{},"functionArn":"`,
    { 'Fn::GetAtt': [tool, 'Arn'] },
    '"}',
  ]);
  const Agent = {
    Type: 'Custom::ParleyAgent',
    Properties: { Definition: { 'Fn::Join': ['', [...definition, ']}']] } },
  };
  return readStackAssembly(
    await writeAssembly(join(folder, 'cdk.out'), {
      name: `${prefix}-weather`,
      Metadata: { Parley: { stack: 'weather', stage: 'dev', prefix } },
      Resources: { ...Object.fromEntries(resources.flat()), Agent },
      assets: { [code]: { 'index.mjs': `export const handler = () => '${code}';` } },
    }),
  );
}

/** Does to the account what a deploy would. */
async function deployed(source: Source = {}): Promise<void> {
  const { template } = await synthesized(source);
  stage.stacks.set(`${prefix}-weather`, {
    status: 'UPDATE_COMPLETE',
    template: { Parameters: {}, Resources: template.Resources },
    ids: { forecast: 'parley-dev-weather-forecast-x1y2' },
    deployed: {},
  });
  stage.functions.set('parley-dev-weather-forecast-x1y2', {
    configuration: {
      Architectures: ['arm64'],
      RevisionId: '1',
      CodeSha256: 'v1',
      LastUpdateStatus: 'Successful',
    },
    zip: Buffer.from(''),
  });
  await writeRecord(cloud(), prefix, {
    v: 1,
    stack: 'weather',
    outcome: 'succeeded',
    at: '2026-11-21T09:12:00.000Z',
    who: 'bob',
    version: '0.1.0',
    fingerprint: {
      digest: '0'.repeat(16),
      template: '1'.repeat(16),
      images: {},
      assets: { forecast: shortHash('v1') },
    },
  });
}

async function deploy(source: Source, tool = 'forecast') {
  const assembly = await synthesized(source);
  const { signal } = new AbortController();
  return deployFunction(cloud(), { prefix, stage: 'dev', assembly, tool, signal, pollMs: 1 });
}

async function record(): Promise<DeployRecord> {
  const stored = (await readRecords(cloud(), prefix)).get('weather');
  if (!stored || !('record' in stored)) throw new Error('expected a record');
  return stored.record;
}

test('one function gets the code that is built, and the record knows; nothing else is written', async () => {
  await deployed();
  const before = await record();
  expect(await deploy({ code: 'v2' })).toEqual({
    functionName: 'parley-dev-weather-forecast-x1y2',
    hash: 'v2',
    isChanged: true,
    isPermanent: false,
    left: [],
  });
  const { zip } = stage.functions.get('parley-dev-weather-forecast-x1y2')!;
  expect(zip.toString('latin1')).toContain('index.mjs');
  expect(await record()).toEqual({ ...before, byHand: { forecast: 'v2' } });
  const writes = aws.calls.filter((call) => !/^(GET |Get|List|Describe)/.test(call));
  expect(writes).toEqual(['PutParameter', 'PUT code', 'PutParameter']);
});

test('the same code again changes nothing, wherever and whenever it is built', async () => {
  await deployed();
  await deploy({ code: 'v2' });
  expect(await deploy({ code: 'v2' })).toMatchObject({ isChanged: false, isPermanent: false });
  expect(aws.calls.filter((call) => call === 'PUT code')).toHaveLength(1);
});

test('the code of the last deploy put back is not by hand any more', async () => {
  await deployed();
  await deploy({ code: 'v2' });
  expect(await deploy({ code: 'v1' })).toMatchObject({ isChanged: true, isPermanent: true });
  expect(await record()).not.toHaveProperty('byHand');
});

test('settings that changed too are told, as they stay', async () => {
  await deployed();
  expect(await deploy({ code: 'v2', memory: 512 })).toMatchObject({ left: ['MemorySize'] });
});

test('a changed definition is refused, as models would go on reading the old one', async () => {
  await deployed();
  await expect(deploy({ code: 'v2', description: 'Tells more' })).rejects.toMatchObject({
    code: 'definition-changed',
    message:
      'The description of forecast changed: models would go on reading the old one, as only a deploy of the stack registers it.',
    nextStep: 'Deploy the stack: pnpm run deploy weather --stage dev',
  });
  expect(aws.calls).not.toContain('PUT code');
});

test('an unknown tool lists those there are; a new one needs a deploy', async () => {
  await deployed();
  await expect(deploy({}, 'rain')).rejects.toMatchObject({
    code: 'unknown-tool',
    message: 'weather has no tool called "rain".',
    nextStep: 'There are: forecast.',
  });
  await expect(deploy({ tools: ['forecast', 'rain'] }, 'rain')).rejects.toMatchObject({
    code: 'not-deployed',
  });
});

test('a stack that CloudFormation is at work on, that is not there, or has no record, is refused', async () => {
  await expect(deploy({ code: 'v2' })).rejects.toMatchObject({
    code: 'not-deployed',
    message: 'weather is not deployed to stage "dev".',
  });
  await deployed();
  stage.parameters.delete(`/${prefix}/stacks/weather/deployed`);
  await expect(deploy({ code: 'v2' })).rejects.toMatchObject({ code: 'unrecorded' });
  stage.stacks.get(`${prefix}-weather`)!.status = 'UPDATE_IN_PROGRESS';
  await expect(deploy({ code: 'v2' })).rejects.toMatchObject({ code: 'in-progress' });
  expect(aws.calls).not.toContain('PUT code');
});

test('what somebody else does to the function at the same time is not overwritten', async () => {
  await deployed();
  const { configuration } = stage.functions.get('parley-dev-weather-forecast-x1y2')!;
  let reads = 0;
  Object.defineProperty(configuration, 'RevisionId', { enumerable: true, get: () => String(++reads) });
  await expect(deploy({ code: 'v2' })).rejects.toMatchObject({ code: 'changed-meanwhile' });
});
