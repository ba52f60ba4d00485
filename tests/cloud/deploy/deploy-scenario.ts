import { execa } from 'execa';
import { join } from 'node:path';
import { readFile, writeFile } from 'node:fs/promises';
import { prefixOf, stackName } from '@parley/contract/names';
import { type CommandResult, parley } from '../command.ts';
import { changeTool } from '../edited-workspace.ts';
import { emulatedAws, region } from '../env.ts';
import { CloudTestError, expectThat } from '../errors.ts';
import type { Scenario } from '../scenario.ts';
import { pretendImagesPushed } from './pushed-images.ts';
import { startTemplateProxy, type TemplateProxy } from './template-proxy.ts';

const stage = 'demo';
const prefix = prefixOf('parley', stage);
const stacks = ['foundation', 'registry', 'inference', 'frontend', 'weather'];

type Run = (...args: string[]) => Promise<CommandResult>;

/** What users run to deploy, unmodified: from nothing to nothing, through failures, cuts and refusals. */
export async function runDeployScenario(scenario: Scenario): Promise<void> {
  const { checks, workspace } = scenario;
  const proxy = await startTemplateProxy(scenario.endpoint);
  const run: Run = async (...args) => parley({ workspace, endpoint: proxy.endpoint, stage }, ...args);
  try {
    await checks.check('parley deploy: every stack from nothing, in waves', async () => {
      expectEnded(await run('synth'), 0);
      await pretendImagesPushed(workspace.root, stage, proxy.endpoint);
      const result = await run('deploy');
      expectEnded(result, 0, ...stacks.map((stack) => `${stack}: deployed`));
    });
    await checks.check('parley deploy again: nothing', async () => {
      expectEnded(await run('deploy'), 0, 'Nothing to deploy: 5 up to date');
    });
    await checks.check('parley deploy after one tool changed: exactly its stack', async () => {
      await changeTool(workspace, 'weather');
      await expectOnly(run, 'weather deployed');
    });
    await checks.check('a changed value of foundation: it, and the stacks that read the value', async () =>
      changeValue(scenario, run),
    );
    await checks.check('parley deploy of what the registrar refuses: its reason, then mended', async () =>
      failAndResume(scenario, run),
    );
    await checks.check('parley deploy killed in the middle: the next one waits and recovers', async () =>
      killAndRecover(scenario, proxy, run),
    );
    await checks.check('parley deploy and Ctrl-C: says what goes on, ends with 130', async () =>
      interrupt(scenario, proxy, run),
    );
    await checks.check('two processes that deploy one stack at the same time: both end well', async () => {
      await changeTool(workspace, 'weather');
      expectEnded(await run('synth'), 0);
      const one = async (): Promise<CommandResult> => run('deploy', 'weather', '--synthesized', '--wait');
      for (const result of await Promise.all([one(), one()])) expectEnded(result, 0);
      await expectNothing(run);
    });
    await checks.check('parley deploy that would lose a table: refused, nothing begun', async () =>
      refuseLoss(scenario, run),
    );
    await checks.check('parley destroy of what others need: refused, naming them', async () => {
      expectEnded(await run('destroy', 'registry', '--yes'), 1, 'registry is needed by');
    });
    await checks.check('parley destroy: everything, in reverse, and nothing is left', async () => {
      expectEnded(await run('destroy', '--yes'), 0, ...stacks.map((stack) => `${stack}: removed`));
      const left = await scenario.account.leftovers(prefix, []);
      expectThat(left.length === 0, `left: ${left.join(', ')}`);
    });
  } finally {
    await proxy.stop();
  }
}

function expectEnded({ exitCode, all }: CommandResult, code: number, ...texts: string[]): void {
  expectThat(exitCode === code, `expected exit code ${code}, got ${exitCode}:\n${all}`);
  for (const text of texts) expectThat(all.includes(text), `expected "${text}" in:\n${all}`);
}

interface Outcomes {
  outcomes: { stack: string; result: string }[];
}

/** What one deploy did; stacks it had no reason to touch are left out. */
async function expectOnly(run: Run, ...expected: string[]): Promise<void> {
  const { exitCode, stdout, all } = await run('deploy', '--json');
  expectThat(exitCode === 0, `ended with ${exitCode}:\n${all}`);
  const { outcomes } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Outcomes;
  const done = outcomes.filter((each) => each.result !== 'skipped');
  const told = done.map((each) => `${each.stack} ${each.result}`);
  expectThat(
    told.toSorted().join() === expected.toSorted().join(),
    `expected only ${expected.join(', ')}, got ${told.join(', ')}`,
  );
}

/** The order of the subnets is what the services run in: no resource of foundation changes but the parameter. */
async function changeValue({ workspace }: Scenario, run: Run): Promise<void> {
  const file = join(workspace.root, 'stacks/foundation/stack.ts');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('vpc.publicSubnets.map', 'vpc.publicSubnets.toReversed().map'));
  await expectOnly(run, 'foundation deployed', 'registry deployed', 'inference deployed');
  await expectNothing(run);
}

async function expectNothing(run: Run): Promise<void> {
  expectEnded(await run('deploy'), 0, 'Nothing to deploy');
}

async function failAndResume({ workspace }: Scenario, run: Run): Promise<void> {
  const file = join(workspace.root, 'stacks/chat-apps/weather/stack.ts');
  const text = await readFile(file, 'utf8');
  const broken = `  new ChatApp(stack, 'Second', { name: 'second', title: 'Second', description: 'None', agent: 'nobody' });\n});\n`;
  await writeFile(file, text.replace(/\}\);\n$/, broken));
  const failed = await run('deploy');
  expectEnded(
    failed,
    1,
    'weather: FAILED',
    'Custom::ParleyChatApp',
    'nobody',
    'pnpm run deploy weather --stage demo',
  );
  await writeFile(file, text);
  // The emulator, like CloudFormation, put the stack back to what it was.
  await expectOnly(run, 'weather unchanged');
  await expectNothing(run);
}

async function killAndRecover(scenario: Scenario, proxy: TemplateProxy, run: Run): Promise<void> {
  await changeTool(scenario.workspace, 'weather');
  const held = proxy.hold(stackName(prefix, 'weather'));
  const killed = start(scenario, proxy);
  await held.executed;
  killed.kill('SIGKILL');
  await killed;
  expectEnded(await run('plan'), 0, 'CloudFormation is at work on it (UPDATE_IN_PROGRESS');
  const second = start(scenario, proxy);
  await waitsFor(second);
  held.release();
  const { exitCode, all } = await second;
  expectEnded({ exitCode, all: all, stdout: all }, 0, 'weather: nothing to change');
  await expectNothing(run);
}

async function interrupt(scenario: Scenario, proxy: TemplateProxy, run: Run): Promise<void> {
  await changeTool(scenario.workspace, 'weather');
  const held = proxy.hold(stackName(prefix, 'weather'));
  const cut = start(scenario, proxy);
  await held.executed;
  cut.kill('SIGINT');
  const { exitCode, all } = await cut;
  const look = `aws cloudformation describe-stack-events --stack-name ${stackName(prefix, 'weather')}`;
  expectEnded({ exitCode, all, stdout: all }, 130, 'CloudFormation goes on with', look);
  held.release();
  await expectOnly(run, 'weather unchanged');
}

/** A deploy as a process that can be killed. */
function start({ workspace }: Scenario, { endpoint }: TemplateProxy) {
  const options = ['--stage', stage, '--set', `region=${region}`];
  return execa('node', ['packages/cli/src/main.ts', 'deploy', ...options], {
    cwd: workspace.root,
    env: { ...workspace.env, ...emulatedAws(endpoint) },
    extendEnv: false,
    all: true,
    reject: false,
  });
}

async function waitsFor(deploy: ReturnType<typeof start>): Promise<void> {
  const waits = Promise.withResolvers<void>();
  deploy.stdout.on('data', (chunk: Buffer) => {
    if (chunk.includes('weather: waits:')) waits.resolve();
  });
  const ended = deploy.then(({ all }) => {
    throw new CloudTestError('expectation-failed', `the second deploy did not wait for the first:\n${all}`);
  });
  await Promise.race([waits.promise, ended]);
}

async function refuseLoss({ workspace }: Scenario, run: Run): Promise<void> {
  const file = join(workspace.root, 'stacks/registry/stack.ts');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace("createTable(stack, 'Catalog')", "createTable(stack, 'Catalogue')"));
  const refused = await run('deploy');
  expectEnded(refused, 3, 'AWS::DynamoDB::Table', 'would be removed', '--acknowledge registry/Catalog');
  await writeFile(file, text);
  await expectNothing(run);
}
