import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { functionsOf } from './functions.ts';
import { edges, inStackOrder } from './graph.ts';
import { imagesOf } from './images.ts';
import { readStackAssembly } from './read-assembly.ts';
import { type FixtureStack, lambda, ssmInput, ssmOutput, writeAssembly } from './testing/assembly.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'parley-assembly-'))));
afterEach(() => rm(folder, { recursive: true }));

test('an assembly says which stack of which stage it is, and what its functions are called', async () => {
  const Logs = { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/lambda/demo-dev/weather-find' } };
  await writeAssembly(folder, {
    name: 'demo-dev-weather',
    Metadata: { Parley: { stack: 'weather', stage: 'dev', prefix: 'demo-dev' } },
    Resources: {
      Logs,
      Find: lambda('abc', {
        LoggingConfig: { LogGroup: { Ref: 'Logs' } },
        Tags: [{ Key: 'parley:role', Value: 'tool' }],
      }),
      Other: lambda('def'),
    },
    assets: { abc: { 'index.mjs': '' }, def: { 'index.mjs': '' } },
  });
  const assembly = await readStackAssembly(folder);
  expect(assembly).toMatchObject({
    stack: 'weather',
    name: 'demo-dev-weather',
    stage: 'dev',
    prefix: 'demo-dev',
    region: 'us-east-1',
    account: undefined,
    terminationProtection: false,
  });
  expect(functionsOf(assembly)).toMatchObject([
    {
      logicalId: 'Find',
      name: 'find',
      isTool: true,
      asset: { hash: 'abc', path: join(folder, 'asset.abc') },
    },
    { logicalId: 'Other', name: 'Other', isTool: false, asset: { hash: 'def' } },
  ]);
});

test('what stacks read, write and call gives their order', async () => {
  const fixtures: FixtureStack[] = [
    {
      name: 'app',
      Resources: {
        Registration: {
          Type: 'Custom::App',
          Properties: { ServiceToken: 'arn:aws:lambda:us-east-1:000000000000:function:registrar' },
        },
      },
    },
    {
      name: 'registry',
      Parameters: { Vpc: ssmInput('/demo/vpc') },
      Resources: { Registrar: lambda('abc', { FunctionName: 'registrar' }) },
    },
    { name: 'foundation', Resources: { Vpc: ssmOutput('/demo/vpc', 'vpc-1') } },
  ];
  const assemblies = await Promise.all(
    fixtures.map(async (each) => readStackAssembly(await writeAssembly(join(folder, each.name), each))),
  );
  expect(edges(assemblies)).toEqual([
    { from: 'app', to: 'registry', by: { calls: 'registrar' } },
    { from: 'registry', to: 'foundation', by: { reads: '/demo/vpc' } },
  ]);
  expect(inStackOrder(assemblies).map(({ name }) => name)).toEqual(['foundation', 'registry', 'app']);
});

test('an image is known by its service and by the package that is in it', async () => {
  const Image = { 'Fn::Join': ['', ['registry/demo/api:', { Ref: 'Tag' }]] };
  const assembly = await readStackAssembly(
    await writeAssembly(folder, {
      name: 'demo',
      Parameters: { Tag: ssmInput('/demo-dev/api/image-tag'), Vpc: ssmInput('/demo-dev/network/vpc-id') },
      Resources: {
        Task: {
          Type: 'AWS::ECS::TaskDefinition',
          Properties: {
            ContainerDefinitions: [{ Image, DockerLabels: { 'parley.workspace': '@demo/api' } }],
          },
        },
      },
    }),
  );
  expect(imagesOf(assembly.template)).toEqual([
    { service: 'api', path: '/demo-dev/api/image-tag', workspace: '@demo/api' },
  ]);
});

test('a folder that is no assembly is named, with what to do', async () => {
  await expect(readStackAssembly(folder)).rejects.toThrow(
    /Cannot read .*manifest.json.*Synthesize the stack again/s,
  );
  await writeFile(join(folder, 'manifest.json'), '{"artifacts":{}}');
  await expect(readStackAssembly(folder)).rejects.toThrow(/holds no stack. Synthesize the stack again/);
});
