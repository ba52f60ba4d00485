/**
 * `pnpm run test:cloud`: deploys every stack with the real CDK toolkit to an emulated AWS on this machine,
 * and removes it again. Needs Python 3.10 or newer; touches neither the user's tree nor any real account.
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prefixOf } from '@parley/contract/names';
import { createChecks } from './checks.ts';
import { createCloudAccount } from './cloud-account.ts';
import { runStagesScenario } from './stages.ts';
import { runDeployScenario } from './deploy/deploy-scenario.ts';
import { emulatedTypes, startEmulator } from './emulator.ts';
import type { Emulator } from './emulator.ts';
import { emulatorPython } from './python.ts';
import { createReport } from './report.ts';
import { runScenario } from './scenario.ts';
import type { Scenario } from './scenario.ts';
import { createToolkit } from './toolkit.ts';
import { copyWorkspace, type WorkspaceCopy } from '../workspace/workspace-copy.ts';

if (process.argv.includes('--help')) {
  console.log(
    'usage: pnpm run test:cloud   deploys every stack to an emulated AWS on this machine and removes it again',
  );
  process.exit(0);
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const stage = 'cloud';
const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => stopping.abort(new Error(`stopped by ${name}`)));
}

const checks = createChecks(console.log);
const report = createReport();
const folder = await realpath(await mkdtemp(join(tmpdir(), 'parley-cloud-')));
let emulator: Emulator | undefined;
let workspace: WorkspaceCopy | undefined;
try {
  const scenario = await checks.check('an emulated AWS runs, and a copy of the workspace is ready', prepare);
  if (scenario) await runScenario(scenario);
  if (scenario) await runDeployScenario(scenario);
  if (scenario) await runStagesScenario(scenario);
} finally {
  await emulator?.stop();
  await workspace?.dispose();
  const keep = checks.failed > 0 && !stopping.signal.aborted;
  if (keep) console.log(`logs and templates of this run: ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}
console.log(report.lines().join('\n'));
if (checks.skipped > 0) console.log(`${checks.skipped} not run`);
console.log(`cloud: ${checks.passed} passed, ${checks.failed} failed`);
process.exitCode = checks.failed > 0 ? 1 : 0;

async function prepare(): Promise<Scenario> {
  const python = await emulatorPython(join(root, '.venv', 'ministack'));
  emulator = await startEmulator(python, folder);
  return {
    workspace: (workspace = await copyWorkspace({ signal: stopping.signal })),
    folder,
    endpoint: emulator.endpoint,
    stage,
    prefix: prefixOf('parley', stage),
    supported: await emulatedTypes(python, folder),
    toolkit: createToolkit(emulator.endpoint, folder, stopping.signal),
    account: createCloudAccount(emulator.endpoint),
    checks,
    report,
  };
}
