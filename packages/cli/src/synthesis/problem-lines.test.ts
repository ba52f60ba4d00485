import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { problemLines } from './problem-lines.ts';

let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'problem lines '));
  folder = join(root, 'stacks/weather');
  await mkdir(folder, { recursive: true });
  await writeFile(join(root, 'parley.config.ts'), '');
});
afterEach(() => rm(root, { recursive: true }));

/** What is said of a stack.ts with this text, which Node runs as a synthesis would. */
async function saidOf(text: string): Promise<string[]> {
  await writeFile(join(folder, 'stack.ts'), text);
  const { all } = await execa(process.execPath, ['stack.ts'], { cwd: folder, all: true, reject: false });
  return problemLines(root, folder, all);
}

test.each([
  ['const x = ;', 'stacks/weather/stack.ts:1: SyntaxError'],
  [
    "const a = 1;\nnew LambdaTol(a, 'x');",
    'stacks/weather/stack.ts:2: ReferenceError: LambdaTol is not defined',
  ],
  ["\nimport './missing.ts';", 'Cannot find module'],
])('a crash of stack.ts is one line: %j', async (text, expected) => {
  const lines = await saidOf(text);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(expected);
});

test('each problem begins with its file, and what the runners add is left out', async () => {
  await writeFile(join(folder, 'stack.ts'), '');
  const output = [
    '$ node stack.ts',
    'stack.ts: title: expected a title',
    'prompt.md: instructions: the file is missing',
    'parley.config.ts: defaults.region: expected a region',
    'PARLEY_SET: unknown key "foo"',
    'something else: broke',
    '[ELIFECYCLE] Command failed with exit code 1.',
  ].join('\n');
  expect(problemLines(root, folder, output)).toEqual([
    'stacks/weather/stack.ts: title: expected a title',
    'stacks/weather/prompt.md: instructions: the file is missing',
    'parley.config.ts: defaults.region: expected a region',
    '--set: unknown key "foo"',
    'stacks/weather: something else: broke',
  ]);
  expect(problemLines(root, folder, '')).toEqual(['stacks/weather: failed without a message']);
});
