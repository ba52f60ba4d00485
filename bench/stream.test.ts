import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

function bench(...args: string[]) {
  return spawnSync(process.execPath, ['bench/stream.ts', ...args], { cwd: root, encoding: 'utf8' });
}

const few = ['--streams', '2', '--pace', 'max', '--tokens', '20', '--answers', '2', '--json'];

test('two streams are measured, with the same tokens from both servers', () => {
  const { stdout, stderr } = bench(...few);
  expect(stderr).toContain('2 streams, as fast as it goes');
  const { results } = JSON.parse(stdout) as { results: unknown[] };
  // The tool's words, and those of the demo model before them.
  const figures = { answers: 2, tokens: 2 * 27, firstTokenMs: { p99: expect.any(Number) as number } };
  expect(results).toMatchObject([
    { load: { streams: 2, rounds: 1 }, service: figures, bare: figures, ratio: { cpu: expect.any(Number) } },
  ]);
});

test('a profile says where the time goes, by the source files that the service was built from', () => {
  const { results } = JSON.parse(bench(...few, '--profile').stdout) as {
    results: { tokens: number; groups: { group: string; ms: number }[] }[];
  };
  expect(results[0]!.tokens).toBe(2 * 27);
  const names = results[0]!.groups.map(({ group }) => group);
  expect(names).toEqual(expect.arrayContaining(['Strands', 'ours: the rest of the store']));
});

test('an option that makes no sense is named, with what it may be', () => {
  const { status, stderr } = bench('--streams', '2,many');
  expect(status).toBe(2);
  expect(stderr).toContain('--streams has "many"; expected a whole number from 1 to 10000');
  expect(bench('--help').stdout).toContain('usage: node scripts/run.mjs bench/stream.ts');
});

function printed(program: string, argument: string): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, argument], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

test('what the service adds to the first token is measured with a model that thinks', () => {
  const lines = printed('bench/first-token.ts', '2');
  expect(lines).toMatch(/^added to the model's first token, 2 answers each:/);
  expect(lines).toMatch(/^ {2}inference-api +p50 -?[\d.]+ ms/m);
  expect(lines).toMatch(/^ {2}bare node:http +p50 -?[\d.]+ ms/m);
});

test('the memory of idle streams is measured', () => {
  const lines = printed('bench/idle.ts', '10');
  expect(lines).toMatch(/^10 streams of a session each: -?[\d.]+ KB resident/m);
  expect(lines).toMatch(/^10 streams of one silent run: -?[\d.]+ KB resident/m);
});
