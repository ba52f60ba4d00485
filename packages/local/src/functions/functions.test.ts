import { InvokeCommand, type InvokeCommandInput, type LambdaClient } from '@aws-sdk/client-lambda';
import { glob as globOf, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FixtureStack, lambda } from '@parley/assembly/testing';
import { Machine } from '../testing/machine.ts';
import { sampleClients } from '../testing/sample-clients.ts';
import { echoProgram, echoService, foundation } from '../testing/sample-stacks.ts';

const code = (version: string): string => `
import { appendFile } from 'node:fs/promises';
let calls = 0;
export const handler = async (event, context) => {
  calls += 1;
  switch (event.do) {
    case 'throw': throw new TypeError('thrown on purpose');
    case 'hang': return new Promise(() => setInterval(() => undefined, 1000));
    case 'spin': for (;;);
    case 'exit': process.exit(7);
    case 'fill': { const all = []; for (;;) all.push(new Array(100000).fill(Math.random())); }
    case 'big': return 'x'.repeat(event.size);
    case 'note': return appendFile(event.file, event.text);
    case 'together': return new Promise((resolve) => setTimeout(() => resolve(process.pid), 200));
    case 'context': return {
      name: context.functionName, arn: context.invokedFunctionArn, left: context.getRemainingTimeInMillis(),
      memory: context.memoryLimitInMB, env: process.env,
    };
    default: console.log('called with', JSON.stringify(event)); return { version: '${version}', calls, pid: process.pid, event };
  }
};`;

const functions = (version: string): FixtureStack => ({
  name: 'sample-functions',
  Resources: {
    Main: lambda(`main-${version}`, {
      FunctionName: 'sample-main',
      Timeout: 1,
      MemorySize: 64,
      Environment: { Variables: { OWN: 'variable' } },
    }),
    Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Main' } } },
    Live: {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        FunctionName: { Ref: 'Main' },
        Name: 'live',
        FunctionVersion: { 'Fn::GetAtt': ['Version', 'Version'] },
      },
    },
    Old: lambda('common', { FunctionName: 'sample-commonjs' }),
    SameCode: lambda('common', { FunctionName: 'sample-same-code' }),
    Broken: lambda('broken', { FunctionName: 'sample-broken' }),
    Inline: lambda('', {
      FunctionName: 'sample-inline',
      Code: { ZipFile: 'exports.handler = (event, context, done) => done(null, "inline");' },
    }),
  },
  assets: {
    [`main-${version}`]: { 'index.mjs': code(version) },
    common: { 'index.js': "exports.handler = async () => require('node:path').join('a', 'b');" },
    broken: { 'index.mjs': "throw new Error('broken at load');" },
  },
});

let machine: Machine;
let client: LambdaClient;
const stacks = (version = 'one') => [foundation(), echoService(), functions(version)];

beforeAll(async () => {
  machine = await Machine.create();
  // A package of ES modules around the data folder, as a checkout is, must not change what .js code is.
  await writeFile(join(machine.folder, 'package.json'), '{ "type": "module" }');
  await machine.program('@sample/echo', { 'server.mjs': echoProgram });
  await machine.start(stacks());
  client = (await sampleClients(machine)).lambda;
});
afterAll(() => machine.remove());

const glob = (pattern: string): Promise<string[]> => Array.fromAsync(globOf(pattern));

async function invoke(payload: unknown, input: Partial<InvokeCommandInput> = {}) {
  const body = Buffer.from(JSON.stringify(payload));
  const answer = await client.send(
    new InvokeCommand({ FunctionName: 'sample-main', Payload: body, ...input }),
  );
  const text = answer.Payload?.transformToString() ?? '';
  return {
    status: answer.StatusCode,
    error: answer.FunctionError,
    value: text === '' ? undefined : JSON.parse(text),
  };
}

test('a function is called by name, ARN and partial ARN, in one warm process', async () => {
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:sample-main';
  const names = ['sample-main', arn, `${arn}:$LATEST`, '000000000000:function:sample-main'];
  const pids = new Set<number>();
  for (const FunctionName of names) {
    const { value, error } = await invoke({ hello: 'you' }, { FunctionName });
    expect(error).toBeUndefined();
    expect(value).toMatchObject({ version: 'one', event: { hello: 'you' } });
    pids.add(value.pid);
  }
  expect(pids.size).toBe(1);
});

describe('a copy of code that was damaged while nothing ran', () => {
  const damages: [string, (file: string) => Promise<unknown>][] = [
    ['has a file cut short', (file) => truncate(file, 10)],
    [
      'has other content of the same size',
      async (file) => writeFile(file, ' '.repeat((await stat(file)).size)),
    ],
    ['lacks a file', (file) => rm(file)],
    ['lacks all', (file) => rm(dirname(file), { recursive: true })],
  ];

  test.each(damages)('is made anew by the next start: it %s', async (_, damage) => {
    const files = await glob(join(machine.dataFolder, 'code/*/index.*'));
    expect(files).not.toEqual([]);
    await machine.stop();
    for (const file of files) await damage(file);
    await machine.start(stacks());
    client = (await sampleClients(machine)).lambda;
    expect((await invoke({ hello: 'again' })).value).toMatchObject({
      version: 'one',
      event: { hello: 'again' },
    });
    for (const FunctionName of ['sample-commonjs', 'sample-inline'])
      expect((await invoke({}, { FunctionName })).error, FunctionName).toBeUndefined();
  });

  test('is left alone where it is whole', async () => {
    const [file = ''] = await glob(join(machine.dataFolder, 'code/*/index.mjs'));
    const { ino } = await stat(file);
    await machine.stop();
    await machine.start(stacks());
    client = (await sampleClients(machine)).lambda;
    expect((await stat(file)).ino).toBe(ino);
  });
});

test('it finds its own variables and what Lambda sets, and nothing of the runner', async () => {
  process.env['SECRET_OF_THE_RUNNER'] = 'x';
  const { value } = await invoke({ do: 'context' });
  expect(value).toMatchObject({
    name: 'sample-main',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:sample-main',
    memory: '64',
    env: { OWN: 'variable', AWS_REGION: 'us-east-1', AWS_LAMBDA_FUNCTION_NAME: 'sample-main' },
  });
  expect(value.left).toBeGreaterThan(0);
  expect(value.left).toBeLessThanOrEqual(1000);
  expect(value.env).not.toHaveProperty('SECRET_OF_THE_RUNNER');
  expect(value.env).not.toHaveProperty('AWS_ENDPOINT_URL');
});

test('what it throws is reported as an unhandled error', async () => {
  const { status, error, value } = await invoke({ do: 'throw' });
  expect([status, error]).toEqual([200, 'Unhandled']);
  expect(value).toMatchObject({ errorType: 'TypeError', errorMessage: 'thrown on purpose' });
});

test.each(['hang', 'spin'])(
  'one that does not end (%s) is killed at its timeout, and the next call works',
  async (how) => {
    const { error, value } = await invoke({ do: how });
    expect(error).toBe('Unhandled');
    expect(value).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(
        /^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/,
      ),
    });
    expect((await invoke({})).value).toMatchObject({ calls: 1 });
  },
);

test('one that ends its process is reported, and the next call works', async () => {
  const { error, value } = await invoke({ do: 'exit' });
  expect(error).toBe('Unhandled');
  expect(value).toMatchObject({
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringContaining('exit status 7'),
  });
  expect((await invoke({})).value).toMatchObject({ calls: 1 });
});

test('one that takes more memory than it has ends, and the next call works', async () => {
  const { error, value } = await invoke({ do: 'fill' });
  expect(error).toBe('Unhandled');
  expect(value).toMatchObject({
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringMatching(/signal: (aborted|killed)$/),
  });
  expect((await invoke({})).value).toMatchObject({ calls: 1 });
});

test('an answer of more than 6 MB is an error, one below is not', async () => {
  const limit = 6 * 1024 * 1024;
  expect((await invoke({ do: 'big', size: limit - 2 })).value).toHaveLength(limit - 2);
  expect(await invoke({ do: 'big', size: limit })).toMatchObject({
    error: 'Unhandled',
    value: { errorType: 'Function.ResponseSizeTooLarge' },
  });
});

test('a request of more than 6 MB is refused', async () => {
  const big = { text: 'x'.repeat(6 * 1024 * 1024) };
  await expect(invoke(big)).rejects.toMatchObject({ name: 'RequestEntityTooLargeException' });
});

test('a function that does not exist is named', async () => {
  await expect(invoke({}, { FunctionName: 'nobody' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: expect.stringContaining('nobody'),
  });
  await expect(invoke({}, { Qualifier: '99' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('an asynchronous call is accepted at once and done later', async () => {
  const file = join(machine.folder, 'note.txt');
  const { status, value } = await invoke({ do: 'note', file, text: 'done' }, { InvocationType: 'Event' });
  expect([status, value]).toEqual([202, undefined]);
  await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toBe('done');
});

test('calls at the same time run in processes of their own', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => invoke({ do: 'together' })));
  expect(new Set(answers.map(({ value }) => value)).size).toBe(3);
});

test('more calls than processes wait for their turn', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, (_, call) => invoke({ call })));
  expect(answers.map(({ value }) => value.event.call)).toEqual(Array.from({ length: 20 }, (_, call) => call));
});

test('CommonJS, inline code and callbacks work; code that cannot be loaded says why', async () => {
  for (const FunctionName of ['sample-commonjs', 'sample-same-code'])
    expect((await invoke({}, { FunctionName })).value).toBe('a/b');
  expect((await invoke({}, { FunctionName: 'sample-inline' })).value).toBe('inline');
  expect(await invoke({}, { FunctionName: 'sample-broken' })).toMatchObject({
    error: 'Unhandled',
    value: { errorMessage: 'broken at load' },
  });
});

test('what it writes is kept in the file of its log group', async () => {
  await invoke({ find: 'me in the log' });
  const file = join(machine.dataFolder, 'logs/aws/lambda/sample-main.log');
  await expect.poll(() => readFile(file, 'utf8')).toContain('me in the log');
});

test('changed code answers from the next call on; a published version keeps the old code', async () => {
  expect((await invoke({}, { Qualifier: 'live' })).value).toMatchObject({ version: 'one' });
  await machine.update(stacks('two'));
  expect((await invoke({})).value).toMatchObject({ version: 'two', calls: 1 });
  expect((await invoke({}, { Qualifier: '1' })).value).toMatchObject({ version: 'one' });
});

test('a runtime that cannot run here fails its stack with a plain message', async () => {
  const python: FixtureStack = {
    name: 'sample-python',
    Resources: { Function: lambda('common', { Runtime: 'python3.13' }) },
    assets: { common: {} },
  };
  const report = await machine.update([...stacks('two'), python]);
  expect(report.stacks.find(({ stack }) => stack === 'sample-python')?.error).toContain('Runtime python3.13');
});
