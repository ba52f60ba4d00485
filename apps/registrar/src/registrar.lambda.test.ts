import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundle } from '@parley/bundle/bundle';
import { env } from '@parley/contract/names';
import { createCatalogStore } from '@parley/store/catalog';
import { startTestTables, type TestTables } from '@parley/store/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stackId, startAnswerAddress, type AnswerAddress } from '@parley/custom-resource/testing';
import { agentProperties, cloudFormationEvent, prefix } from './testing/cloudformation.ts';

const run = promisify(execFile);
let folder: string;
let tables: TestTables;
let address: AnswerAddress;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registrar '));
  await bundle({
    folder,
    entry: { file: join(import.meta.dirname, 'registrar.lambda.ts') },
    outfile: 'dist/index.mjs',
  });
  [tables, address] = await Promise.all([startTestTables(), startAnswerAddress()]);
});
afterAll(async () => {
  await Promise.all([tables.close(), address.close(), rm(folder, { recursive: true })]);
});

/** Calls the built handler as Lambda does: in a process of its own, with the function's environment only. */
async function invokeBuilt(event: unknown, environment: Record<string, string>): Promise<string> {
  const program = `
    const { handler } = await import(${JSON.stringify(pathToFileURL(join(folder, 'dist/index.mjs')).href)});
    const end = Date.now() + 20_000;
    await handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => end - Date.now() });`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: folder,
    env: environment,
  });
  return stdout;
}

const aws = () => ({
  AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});
const resource = {
  stackId: stackId('parley-test-weather'),
  logicalResourceId: 'Agent',
  kind: 'agent' as const,
};

it('the built function registers an agent and answers', async () => {
  const event = cloudFormationEvent(address, {
    type: 'Create',
    ...resource,
    properties: agentProperties('weather'),
  });
  const logged = await invokeBuilt(event, {
    ...aws(),
    [env.prefix]: prefix,
    [env.catalogTable]: tables.catalogTable,
  });
  expect(address.received.at(-1)?.answer).toMatchObject({
    Status: 'SUCCESS',
    PhysicalResourceId: 'agent/weather',
  });
  expect(logged).toContain('"outcome":"registered"');
  const catalog = createCatalogStore({ client: tables.client, tableName: tables.catalogTable });
  expect(await catalog.getLive('agent', 'weather')).toMatchObject({ owner: 'parley-test-weather' });
});

it('the built function answers even when it is not configured, naming every variable', async () => {
  const event = cloudFormationEvent(address, {
    type: 'Create',
    ...resource,
    properties: agentProperties('weather'),
  });
  await invokeBuilt(event, aws());
  const { answer } = address.received.at(-1)!;
  expect(answer.Status).toBe('FAILED');
  for (const name of [env.prefix, env.catalogTable]) expect(answer.Reason).toContain(name);
});
