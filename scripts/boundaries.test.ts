import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { boundaryBreaches } from './boundary-check.ts';
import { readWorkspaces } from './workspaces.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** Writes a small repository and returns its breaches. */
async function breachesOf(files: Record<string, unknown>): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), 'boundaries-'));
  folders.push(root);
  for (const [path, content] of Object.entries({ 'package.json': { name: 'parley' }, ...files })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return boundaryBreaches(await readWorkspaces(pathToFileURL(`${root}/`)));
}

const contract = { 'packages/contract/package.json': { name: '@parley/contract' } };
const using = (name: string, ...names: string[]) => ({
  name,
  dependencies: Object.fromEntries(names.map((each) => [each, 'workspace:*'])),
});

test('a package that depends on one above it is named with what it may use', async () => {
  const breaches = await breachesOf({
    'packages/contract/package.json': using('@parley/contract', '@parley/store'),
    'packages/store/package.json': using('@parley/store', '@parley/contract'),
  });
  expect(breaches).toEqual([
    'packages/contract/package.json: "@parley/contract" must not depend on "@parley/store" (packages/store); it may use no other workspace package',
  ]);
});

test('nothing may depend on a stack, not even the tests', async () => {
  const breaches = await breachesOf({
    'stacks/registry/package.json': { name: 'registry' },
    'tests/package.json': using('@parley/tests', 'registry'),
  });
  expect(breaches.join()).toContain('"@parley/tests" must not depend on "registry" (stacks/registry)');
});

test('the web app sees the contract and nothing else', async () => {
  const breaches = await breachesOf({
    ...contract,
    'packages/store/package.json': using('@parley/store', '@parley/contract'),
    'apps/web/package.json': using('@parley/web', '@parley/contract', '@parley/store'),
  });
  expect(breaches).toHaveLength(1);
  expect(breaches[0]).toContain('"@parley/web" must not depend on "@parley/store"');
});

test('an import that package.json does not declare is reported with file and line', async () => {
  const breaches = await breachesOf({
    ...contract,
    'packages/contract/src/agent.ts': `import { join } from 'node:path';\nimport {\n  z,\n} from 'zod';\n`,
  });
  expect(breaches).toEqual([
    'packages/contract/src/agent.ts:2: "zod" is not declared in packages/contract/package.json',
  ]);
});

test('re-exports and dynamic imports count as imports', async () => {
  const breaches = await breachesOf({
    ...contract,
    'packages/contract/src/a.ts': `export { x } from 'one';\nconst y = await import('two/deep');\nimport 'three';\n`,
  });
  expect(breaches.toSorted((a, b) => a.localeCompare(b))).toEqual([
    'packages/contract/src/a.ts:1: "one" is not declared in packages/contract/package.json',
    'packages/contract/src/a.ts:2: "two" is not declared in packages/contract/package.json',
    'packages/contract/src/a.ts:3: "three" is not declared in packages/contract/package.json',
  ]);
});

test('a devDependency may be used by tests and types, but not by code that ships', async () => {
  const breaches = await breachesOf({
    'packages/contract/package.json': {
      name: '@parley/contract',
      devDependencies: { 'fast-check': '1', '@types/aws-lambda': '8' },
    },
    'packages/contract/src/a.test.ts': `import fc from 'fast-check';\n`,
    'packages/contract/src/b.ts': `import type { Context } from 'aws-lambda';\n`,
    'packages/contract/src/c.ts': `import fc from 'fast-check';\n`,
  });
  expect(breaches).toEqual([
    'packages/contract/src/c.ts:1: "fast-check" is only a devDependency of packages/contract/package.json, but this file ships',
  ]);
});

test('imports inside strings are no imports', async () => {
  const fixture = "const source = `\\nimport a from 'nowhere';\\n`;\\n";
  expect(await breachesOf({ ...contract, 'packages/contract/src/a.ts': fixture })).toEqual([]);
});

test("tests may use the root's tools, sources may not", async () => {
  const breaches = await breachesOf({
    ...contract,
    'package.json': { name: 'parley', devDependencies: { vitest: '5' } },
    'packages/contract/src/a.test.ts': `import { test } from 'vitest';\n`,
    'packages/contract/src/testing/suite.ts': `import { test } from 'vitest';\n`,
    'packages/contract/src/a.ts': `import { test } from 'vitest';\n`,
  });
  expect(breaches).toEqual([
    'packages/contract/src/a.ts:1: "vitest" is not declared in packages/contract/package.json',
  ]);
});

test('a relative import into another workspace is sent to its doors', async () => {
  const breaches = await breachesOf({
    ...contract,
    'packages/contract/src/names.ts': 'export const a = 1;\n',
    'packages/store/package.json': using('@parley/store', '@parley/contract'),
    'packages/store/src/store.ts': `import { a } from '../../contract/src/names.ts';\n`,
  });
  expect(breaches).toEqual([
    'packages/store/src/store.ts:1: "../../contract/src/names.ts" reaches into packages/contract; import one of the doors of "@parley/contract" instead',
  ]);
});

test('a workspace that no rule covers is reported', async () => {
  const breaches = await breachesOf({ 'packages/new-thing/package.json': { name: '@parley/new-thing' } });
  expect(breaches[0]).toContain('no boundary rule for "packages/new-thing"');
});
