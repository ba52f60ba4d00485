import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { childEnvironment } from './env.ts';
import { CloudTestError } from './errors.ts';

const candidates = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
const requirements = new URL('requirements.txt', import.meta.url);

/**
 * Makes a private virtual environment with the pinned packages, once per requirements.txt, and returns its
 * interpreter. A file whose hash is not listed is refused. Throws `python-missing` or `emulator-not-installed` with what to install.
 */
export async function emulatorPython(folder: string): Promise<string> {
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const marker = join(folder, 'installed');
  const python = join(folder, 'bin', 'python');
  if ((await readFile(marker, 'utf8').catch(() => '')) === wanted) return python;
  const base = await suitablePython();
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const options = { env: childEnvironment(folder), extendEnv: false, all: true } as const;
  const file = new URL(requirements).pathname;
  try {
    await execa(base, ['-m', 'venv', folder], options);
    await execa(
      python,
      ['-m', 'pip', 'install', '--quiet', '--no-deps', '--require-hashes', '-r', decodeURIComponent(file)],
      options,
    );
  } catch (cause) {
    throw notInstalled(cause);
  }
  await writeFile(marker, wanted);
  return python;
}

async function suitablePython(): Promise<string> {
  for (const name of candidates) {
    const found = await execa(
      name,
      ['-c', 'import sys, venv, ensurepip; print(sys.version_info >= (3, 10))'],
      {
        reject: false,
      },
    );
    if (found.stdout === 'True') return name;
  }
  throw new CloudTestError(
    'python-missing',
    `test:cloud needs Python 3.10 or newer with the venv module; looked for ${candidates.join(', ')}. ` +
      'On Debian: apt-get install python3 python3-venv',
  );
}

function notInstalled(cause: unknown): CloudTestError {
  const output = cause instanceof Error && 'all' in cause ? String(cause.all) : String(cause);
  return new CloudTestError(
    'emulator-not-installed',
    `Could not install the AWS emulator (tests/cloud/requirements.txt) from the Python package index:\n${output}`,
    { cause },
  );
}
