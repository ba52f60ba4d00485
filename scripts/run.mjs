// Runs a TypeScript program of this workspace: node scripts/run.mjs <file.ts> [argument…]
// Plain JavaScript, because it is what any Node from 20 on can run right after `git clone`: it installs what is
// missing and hands over to the Node that the workspace brings.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(join(root, 'package.json'));
const neededMajor = 24;
const platform = `${process.platform}-${process.arch}`;

if (!isInstalled()) install('Installing (the first time this downloads about 200 MB)', []);
if (missingBinaries().length > 0) {
  // The lockfile was made on Linux and may know no binaries of another platform.
  install(`Resolving ${missingBinaries().join(', ')} for ${platform}`, ['--force', '--no-frozen-lockfile']);
}
const missing = missingBinaries();
if (missing.length > 0)
  fail(
    `These packages have no binary for ${platform}: ${missing.join(', ')}. Parley is proved on Linux only.`,
  );

const node = workspaceNode();
const [program, ...rest] = process.argv.slice(2);
if (!program) fail('usage: node scripts/run.mjs <file.ts> [argument…]');
const child = spawn(node, [join(root, program), ...rest], {
  stdio: 'inherit',
  env: { ...process.env, PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter) },
});
// A terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone is passed on.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
process.on('SIGINT', () => {});
stopWithPackageRunner();
child.on('exit', (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code ?? 1)));

/** pnpm and npm do not pass every signal on: what they started ends when they have. */
function stopWithPackageRunner() {
  const runner = process.ppid;
  if (!process.env.npm_lifecycle_event) return;
  const watch = setInterval(() => {
    if (process.ppid === runner) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 500);
  watch.unref();
}

/** True when pnpm finished an install of these package.json files. */
function isInstalled() {
  return (
    existsSync(join(root, 'node_modules/.modules.yaml')) && existsSync(join(root, 'node_modules/.bin/turbo'))
  );
}

/** Packages whose program for this platform is not there. */
function missingBinaries() {
  return [
    [`@turbo/${platform === 'linux-x64' ? 'linux-64' : platform.replace('x64', '64')}`, 'turbo/package.json'],
    [`@esbuild/${platform}`, join(root, 'packages/bundle/node_modules/esbuild/package.json')],
  ]
    .filter(([name, dependent]) => !resolves(name, dependent))
    .map(([name]) => name);
}

function resolves(name, dependent) {
  try {
    createRequire(require.resolve(dependent)).resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

function workspaceNode() {
  const bundled = join(root, `node_modules/node-${platform}/bin/node`);
  if (existsSync(bundled)) return bundled;
  if (Number(process.versions.node.split('.')[0]) >= neededMajor) return process.execPath;
  return fail(
    `Parley brings its own Node on Linux only. On ${platform}, install Node ${neededMajor}; this is ${process.version}.`,
  );
}

function install(what, flags) {
  process.stderr.write(`${what} …\n`);
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const local = join(root, 'node_modules/.bin/pnpm');
  const [command, ...before] = existsSync(local) ? [local] : ['npx', '--yes', packageManager];
  const { status } = spawnSync(command, [...before, 'install', ...flags], { cwd: root, stdio: 'inherit' });
  if (status !== 0)
    fail('The install failed; what it said is above. Mend that and run the same command again.');
}

function fail(message) {
  process.stderr.write(`parley: ${message}\n`);
  process.exit(1);
}
