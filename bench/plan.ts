/**
 * How long `parley plan` takes with 20 and with 100 chat apps, next to `cdk diff --all` with the CDK's defaults on one
 * app that holds the same stacks, both against an emulated AWS on this machine:
 *   node scripts/run.mjs bench/plan.ts [number of chat apps…]
 * Needs Python 3.10 or newer for the emulator, as test:cloud does. Takes about ten minutes.
 */
import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { emulatorPython } from '@parley/tests/emulator-python';
import { startEmulator } from '@parley/tests/emulator';
import { copyWorkspace, type WorkspaceCopy } from '@parley/tests/workspace-copy';
import { appendFile, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateChatApps } from './plan/chat-apps.ts';
import { createStacks, placeholderTemplate, registrarTemplate } from './plan/emulated-stacks.ts';
import { type Measured, measure } from './plan/process-tree.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const region = 'us-east-1';
const given = process.argv.slice(2).map(Number);
const counts = given.length > 0 ? given : [20, 100];

/** What one side took for one case. */
type Figures = Pick<Measured, 'seconds' | 'cpuSeconds' | 'peakMiB'>;

const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
const emulator = await startEmulator(await emulatorPython(join(root, '.venv', 'ministack')), folder);
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const cloudFormation = new CloudFormationClient({ endpoint: emulator.endpoint, region, credentials });
const copy = await copyWorkspace();
const env: Record<string, string> = {
  ...copy.env,
  AWS_ENDPOINT_URL: emulator.endpoint,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_EC2_METADATA_DISABLED: 'true',
  CDK_HOME: join(folder, 'cdk-home'),
  CDK_DISABLE_CLI_TELEMETRY: 'true',
};
try {
  await createStacks(cloudFormation, {
    'parley-dev-registry': registrarTemplate('parley-dev'),
    'baseline-dev-registry': registrarTemplate('baseline-dev'),
  });
  for (const count of counts) {
    const apps = await generateChatApps(copy, count);
    await standAsPlanned();
    const unchanged = await median(5, parleyPlan(0));
    const oneChanged = await median(3, parleyPlan(1), async () => editPrompt(copy, apps[6]!));
    await run('git', ['checkout', '-q', '--', '.']);
    print(count, 'nothing changed', unchanged, await cdkDiff(apps, 0));
    await editPrompt(copy, apps[6]!);
    print(count, 'one app changed', oneChanged, await cdkDiff(apps, 1));
    await run('git', ['checkout', '-q', '--', '.']);
  }
} finally {
  await emulator.stop();
  await copy.dispose();
  await rm(folder, { recursive: true, force: true });
}

async function run(command: string, args: string[], cwd = copy.root): Promise<string> {
  const { exitCode, stdout, all } = await copy.run(command, args, { env, cwd });
  if (exitCode !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${all}`);
  return stdout;
}

/** Every stack stands in the emulator as the sources make it, and is recorded as deployed. */
async function standAsPlanned(): Promise<void> {
  const templates = JSON.parse(await run('node', ['tests/deploy/record-deploys.ts', 'dev'])) as Templates;
  const chatApps = /^parley-dev-(app-\d+|weather)$/;
  await createMissing(
    Object.fromEntries(
      Object.entries(templates).map(([name, each]) => [
        name,
        chatApps.test(name) ? each : placeholderTemplate,
      ]),
    ),
  );
}

type Templates = Record<string, unknown>;

async function createMissing(templates: Templates): Promise<void> {
  const there = new Set<string | undefined>();
  let NextToken: string | undefined;
  do {
    const page = await cloudFormation.send(new ListStacksCommand(NextToken ? { NextToken } : {}));
    for (const { StackName } of page.StackSummaries ?? []) there.add(StackName);
    NextToken = page.NextToken;
  } while (NextToken);
  await createStacks(
    cloudFormation,
    Object.fromEntries(Object.entries(templates).filter(([name]) => !there.has(name))),
  );
}

/** The `parley` program, as `cdk` is the other's; it must find so many stacks to deploy. */
function parleyPlan(toDeploy: number): () => Promise<Measured> {
  return async () => {
    const measured = await measure('node', ['packages/cli/src/main.ts', 'plan'], { cwd: copy.root, env });
    return expecting(measured, `${toDeploy} to deploy`);
  };
}

/** `cdk diff --all` of the same apps in one CDK app, which must find so many stacks with differences. */
async function cdkDiff(apps: string[], differences: number): Promise<Figures> {
  const cwd = join(copy.root, 'bench/plan');
  const { context } = JSON.parse(await readFile(join(copy.root, 'cdk.json'), 'utf8')) as { context: object };
  const app = {
    app: 'npx tsc && npx tsx cdk-app.ts',
    context: { ...context, 'bench:root': copy.root, 'bench:apps': apps },
  };
  await writeFile(join(cwd, 'cdk.json'), JSON.stringify(app));
  const path = { ...env, PATH: `${join(copy.root, 'bench/node_modules/.bin')}:${env['PATH'] ?? ''}` };
  if (differences === 0) await standAsSynthesized(cwd, path);
  const measured = await measure('cdk', ['diff', '--all', '--no-color'], { cwd, env: path });
  return expecting(measured, `Number of stacks with differences: ${differences}`);
}

/** The baseline's stacks stand as the CDK synthesizes them. */
async function standAsSynthesized(cwd: string, path: Record<string, string>): Promise<void> {
  const { exitCode, all } = await copy.run('cdk', ['synth', '--all', '--quiet'], { cwd, env: path });
  if (exitCode !== 0) throw new Error(`cdk synth failed:\n${all}`);
  const out = join(cwd, 'cdk.out');
  const files = (await readdir(out)).filter((name) => name.endsWith('.template.json'));
  const templates = await Promise.all(
    files.map(async (name) => {
      const template: unknown = JSON.parse(await readFile(join(out, name), 'utf8'));
      return [name.replace('.template.json', ''), template] as const;
    }),
  );
  await createMissing(Object.fromEntries(templates));
}

async function editPrompt({ root: at }: WorkspaceCopy, app: string): Promise<void> {
  await appendFile(join(at, 'stacks/chat-apps', app, 'prompt.md'), `\nBe brief (${performance.now()}).\n`);
}

function expecting(measured: Measured, text: string): Measured {
  if (`${measured.stdout}${measured.stderr}`.includes(text)) return measured;
  throw new Error(`expected "${text}", got:\n${measured.stdout}${measured.stderr}`);
}

/** The run of the middle time; the greatest memory of all. */
async function median(
  times: number,
  once: () => Promise<Figures>,
  before: () => Promise<void> = async () => {},
): Promise<Figures> {
  const runs: Figures[] = [];
  for (let i = 0; i < times; i += 1) {
    await before();
    runs.push(await once());
  }
  const [middle] = runs.toSorted((a, b) => a.seconds - b.seconds).slice(Math.floor(times / 2));
  return { ...middle!, peakMiB: Math.max(...runs.map((each) => each.peakMiB)) };
}

function print(count: number, what: string, parley: Figures, cdk: Figures): void {
  const ratio = (part: 'seconds' | 'cpuSeconds' | 'peakMiB') => (cdk[part] / parley[part]).toFixed(1);
  console.log(
    `${count} chat apps, ${what}:\n  parley plan    ${figures(parley)}\n  cdk diff --all ${figures(cdk)}\n` +
      `  ratio          ${ratio('seconds')} of time, ${ratio('cpuSeconds')} of processor, ${ratio('peakMiB')} of memory`,
  );
}

function figures({ seconds, cpuSeconds, peakMiB }: Figures): string {
  return `${seconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} s of processor, ${peakMiB.toFixed(0)} MiB`;
}
