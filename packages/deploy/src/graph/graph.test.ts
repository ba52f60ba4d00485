import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStackAssembly } from '@parley/assembly/read-assembly';
import { type FixtureStack, lambda, ssmInput, ssmOutput, writeAssembly } from '@parley/assembly/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type WorkspacePackage, checkGraph, declaredGraph } from './graph.ts';

let root: string;
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'parley-graph-'))));
afterEach(() => rm(root, { recursive: true }));

function packageOf(stack: string, parley?: unknown): WorkspacePackage {
  return { name: stack, stack, folder: join(root, 'stacks', stack), dependencies: [], parley };
}

const after = (...deployAfter: string[]) => ({ deployAfter });

/** Stacks by name: what each declares, and its template. */
async function check(stacks: Record<string, [parley: unknown, Partial<FixtureStack>]>, isWhole = true) {
  const packages = Object.entries(stacks).map(([name, [parley]]) => packageOf(name, parley));
  const assemblies = await Promise.all(
    Object.entries(stacks).map(async ([stack, [, template]]) => {
      const Metadata = { Parley: { stack, stage: 'dev', prefix: 'demo-dev' } };
      const fixture = { Metadata, Resources: {}, ...template, name: `demo-dev-${stack}` };
      return readStackAssembly(await writeAssembly(join(root, stack), fixture));
    }),
  );
  checkGraph(declaredGraph(root, packages), root, packages, assemblies, isWhole);
}

const reads = (...paths: string[]): Partial<FixtureStack> => ({
  Parameters: Object.fromEntries(paths.map((path, i) => [`In${i}`, ssmInput(path)])),
});
const writes = (...paths: string[]): Partial<FixtureStack> => ({
  Resources: Object.fromEntries(paths.map((path, i) => [`Out${i}`, ssmOutput(path, 'value')])),
});

test('waves come from what the stacks declare, and hold together what does not need each other', () => {
  const { waves, needs } = declaredGraph(root, [
    packageOf('weather', after('inference')),
    packageOf('travel', after('registry', 'inference')),
    packageOf('inference', after('registry')),
    packageOf('registry', after('foundation')),
    packageOf('foundation'),
    packageOf('alone', {}),
  ]);
  expect(waves).toEqual([['alone', 'foundation'], ['registry'], ['inference'], ['travel', 'weather']]);
  expect([...needs.get('weather')!]).toEqual(['foundation', 'registry', 'inference']);
});

test('an unknown stack, an unknown key and a wrong type are each named with their file', () => {
  const graph = () =>
    declaredGraph(root, [
      packageOf('foundation', after('fondation')),
      packageOf('registry', { deployafter: ['foundation'] }),
      packageOf('weather', { deployAfter: 'registry' }),
    ]);
  expect(graph).toThrow(
    [
      'stacks/foundation/package.json: parley.deployAfter: no stack is called "fondation"; there are foundation, registry, weather',
      'stacks/registry/package.json: parley: Unrecognized key: "deployafter"',
      'stacks/weather/package.json: parley.deployAfter: Invalid input: expected array, received string',
    ].join('\n'),
  );
});

test('a declared circle is refused', () => {
  expect(() =>
    declaredGraph(root, [packageOf('a', after('b')), packageOf('b', after('c')), packageOf('c', after('b'))]),
  ).toThrow('Stacks come after each other in a circle: b → c → b.');
});

test('T1, T4: stacks that read each other’s values are refused, with both values', async () => {
  const a = { ...reads('/demo-dev/b'), ...writes('/demo-dev/a') };
  const b = { ...reads('/demo-dev/a'), ...writes('/demo-dev/b') };
  await expect(check({ a: [after('b'), a], b: [{}, b] })).rejects.toThrow(
    'a → b → a: these stacks need each other, so that a fresh account can never deploy them: ' +
      'a reads /demo-dev/b, which b writes; b reads /demo-dev/a, which a writes. Take one of these out.',
  );
});

test('T2: a stack that reads what it writes is refused', async () => {
  const self = { ...reads('/demo-dev/a'), ...writes('/demo-dev/a') };
  await expect(check({ a: [{}, self] })).rejects.toThrow(
    'a reads /demo-dev/a, which it writes itself: the first deploy would wait for a value that only that deploy writes. ' +
      'Use the value in the template, not its parameter.',
  );
});

test('T3: a value that nobody writes is refused, unless the push step or AWS does', async () => {
  const paths = ['/demo-dev/network/vpc', '/demo-dev/api/image-tag', '/aws/service/ami'];
  await expect(check({ a: [{}, reads(...paths)] })).rejects.toThrow(
    /^a reads \/demo-dev\/network\/vpc, which no stack writes\. Is the path misspelt, or its writer gone\?$/,
  );
  await check({ a: [{}, reads(...paths)] }, false); // its writer may not be among those looked at
});

test('T50: a need that is not declared is refused, whether a value or a function', async () => {
  const calls = {
    Resources: {
      App: {
        Type: 'Custom::App',
        Properties: { ServiceToken: 'arn:aws:lambda:eu-west-1:1:function:registrar' },
      },
    },
  };
  const registry = {
    ...reads('/demo-dev/vpc'),
    Resources: { Registrar: lambda('abc', { FunctionName: 'registrar' }) },
  };
  await expect(
    check({ foundation: [{}, writes('/demo-dev/vpc')], registry: [{}, registry], app: [{}, calls] }),
  ).rejects.toThrow(
    [
      'stacks/registry/package.json: registry reads /demo-dev/vpc, which foundation writes, ' +
        'but does not say that it comes after foundation: add "foundation" to parley.deployAfter.',
      'stacks/app/package.json: app calls the function registrar, which registry holds, ' +
        'but does not say that it comes after registry: add "registry" to parley.deployAfter.',
    ].join('\n'),
  );
  await check({
    foundation: [{}, writes('/demo-dev/vpc')],
    registry: [after('foundation'), registry],
    app: [after('registry'), { ...calls, ...reads('/demo-dev/vpc') }], // through registry
  });
});

test('a value that two stacks write is refused', async () => {
  await expect(check({ a: [{}, writes('/demo-dev/x')], b: [{}, writes('/demo-dev/x')] })).rejects.toThrow(
    '/demo-dev/x is written by a and by b: keep one.',
  );
});
