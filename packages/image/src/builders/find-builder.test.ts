import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BuilderOption } from './builder.ts';
import { docker } from './docker.ts';
import { finch } from './finch.ts';
import { findBuilder } from './find-builder.ts';
import { podman } from './podman.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-builders-'));
  vi.stubEnv('PATH', [folder, process.env['PATH']].join(delimiter));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Puts a program first on the PATH that writes down what it is told, and fails at what `failing` begins with. */
async function program(name: string, failing = 'nothing'): Promise<() => Promise<string[]>> {
  const log = join(folder, `${name}.log`);
  const lines = [
    '#!/bin/sh',
    `printf '%s\\n' "$*" >> '${log}'`,
    'case "$*" in *--password-stdin*) printf "stdin: %s\\n" "$(cat)" >> ' + `'${log}';; esac`,
    `case "$*" in ${failing}*) echo "some detail"; echo "the daemon is not running" >&2; exit 1;; esac`,
  ];
  await writeFile(join(folder, name), `${lines.join('\n')}\n`);
  await chmod(join(folder, name), 0o755);
  return async () => (await readFile(log, 'utf8')).trim().split('\n');
}

const registry = { host: '127.0.0.1:5000', insecure: true, user: 'AWS', password: 'a-secret' };

async function useBuilder(option: BuilderOption): Promise<void> {
  const builder = await findBuilder([option]);
  expect(builder.name).toBe(option.name);
  await builder.build({ folder: '/context', platform: 'linux/arm64', reference: 'r/a:1' });
  await builder.push({ reference: 'r/a:1', registry });
  await builder.remove('r/a:1');
}

test.each([
  [docker, 'version --format {{.Server.Version}}'],
  [finch, 'info'],
])('$name is asked whether it works, then to build, sign in, push and forget', async (option, asked) => {
  const told = await program(option.name);
  await useBuilder(option);
  expect(await told()).toEqual([
    asked,
    'build --platform linux/arm64 --tag r/a:1 --file /context/Containerfile /context',
    'login --username AWS --password-stdin 127.0.0.1:5000',
    'stdin: a-secret',
    'push r/a:1',
    'image rm r/a:1',
  ]);
});

test('podman keeps the password in a file of the push, and builds the same bytes again', async () => {
  const told = await program('podman');
  await useBuilder(podman);
  const lines = (await told()).map((line) => line.replace(/--authfile=\S+/, '--authfile=…'));
  expect(lines).toEqual([
    'info',
    'build --platform linux/arm64 --timestamp=0 --layers=false --tag r/a:1 --file /context/Containerfile /context',
    'login --authfile=… --tls-verify=false --username AWS --password-stdin 127.0.0.1:5000',
    'stdin: a-secret',
    'push --authfile=… --tls-verify=false r/a:1',
    'rmi r/a:1',
  ]);
});

test('the first that works is taken', async () => {
  await program('docker', 'version');
  await program('finch');
  await program('podman');
  expect((await findBuilder([docker, finch, podman])).name).toBe('finch');
});

test('where none works, the error says why of each and where to get it', async () => {
  await program('docker', 'version');
  const absent: BuilderOption = {
    name: 'absent',
    install: 'get it',
    find: async () => 'it is not installed',
  };
  const failure = findBuilder([docker, absent]);
  await expect(failure).rejects.toMatchObject({
    code: 'no-builder',
    message: [
      'Nothing on this machine can build an image. Start or install one of these:',
      '  docker: the daemon is not running',
      '    https://docs.docker.com/get-started/get-docker/',
      '  absent: it is not installed',
      '    get it',
    ].join('\n'),
  });
});

test('a registry that takes no password of ours is told from one that takes no image', async () => {
  await program('docker', 'login');
  await expect(useBuilder(docker)).rejects.toMatchObject({ code: 'registry-refused' });
  await program('docker', 'push');
  await expect(useBuilder(docker)).rejects.toMatchObject({ code: 'push-failed' });
  await program('docker', 'build');
  await expect(useBuilder(docker)).rejects.toThrow(
    /^docker build failed:\nsome detail\nthe daemon is not running$/,
  );
});
