import type { Architecture } from '@parley/contract/architecture';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { ImageError } from '../errors.ts';
import { platforms } from '../platform.ts';
import type { NodePin } from './node-pin.ts';

/**
 * Hands over the folder of the pinned Node's npm package: the installed one, or for another architecture one that
 * pnpm takes from its store or the registry, checked against the lockfile's hash; that folder is gone afterwards.
 */
export async function withNodePackage<T>(
  pin: NodePin,
  architecture: Architecture,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const installed = join(pin.root, 'node_modules', pin.name);
  if ((await installedVersion(installed)) === pin.version) {
    await checkArchitecture(installed, architecture);
    return use(installed);
  }
  const folder = await mkdtemp(join(tmpdir(), 'parley-node-'));
  try {
    await install(folder, pin, architecture);
    const fetched = join(folder, 'node_modules', pin.name);
    await checkArchitecture(fetched, architecture);
    return await use(fetched);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function installedVersion(folder: string): Promise<string | undefined> {
  const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  return (JSON.parse(manifest) as { version?: string }).version;
}

async function install(folder: string, pin: NodePin, architecture: Architecture): Promise<void> {
  const { name, version, root } = pin;
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies: { [name]: version } }),
  );
  await writeFile(join(folder, 'pnpm-lock.yaml'), lockfileOf(pin));
  // Which registry, and how to sign in there.
  await copyFile(join(root, '.npmrc'), join(folder, '.npmrc')).catch(() => {});
  const cpu = architecture === 'arm64' ? 'arm64' : 'x64';
  const { exitCode, all } = await execa(
    'pnpm',
    ['install', '--frozen-lockfile', '--ignore-scripts', '--ignore-workspace', '--os=linux', `--cpu=${cpu}`],
    { cwd: folder, preferLocal: true, localDir: root, all: true, reject: false, stdin: 'ignore' },
  );
  if (exitCode === 0) return;
  throw new ImageError(
    'base-unavailable',
    `pnpm could not get ${name}@${version} for the image:\n${all.slice(-2000)}`,
  );
}

function lockfileOf({ name, version, integrity }: NodePin): string {
  return [
    "lockfileVersion: '9.0'",
    'importers:',
    '  .:',
    '    dependencies:',
    `      ${name}: { specifier: ${version}, version: ${version} }`,
    'packages:',
    `  ${name}@${version}:`,
    `    resolution: { integrity: ${integrity} }`,
    'snapshots:',
    `  ${name}@${version}: {}`,
    '',
  ].join('\n');
}

/** A program of another architecture would only be noticed when the task starts. */
async function checkArchitecture(folder: string, architecture: Architecture): Promise<void> {
  const program = join(folder, 'bin/node');
  const machine = (await readFile(program)).readUInt16LE(18);
  if (machine === platforms[architecture].elfMachine) return;
  throw new ImageError(
    'base-wrong',
    `${program} is for ELF machine ${machine}, expected ${platforms[architecture].elfMachine} (${architecture}): reinstall it.`,
  );
}
