import { serviceLogGroup, prefixOf, ssmPath, stackName } from '@parley/contract/names';
import { execa } from 'execa';
import { join } from 'node:path';
import { pretendImagesPushed } from './deploy/pushed-images.ts';
import { startTemplateProxy } from './deploy/template-proxy.ts';
import { account, emulatedAws, region } from './env.ts';
import { expectThat } from './errors.ts';
import type { Scenario } from './scenario.ts';
import { createStageAccount, type StageAccount, versionsWritten } from './stage-account.ts';

/** One's prefix is the beginning of the other's: what goes by names must not mix them up. */
const [first, second] = ['twin', 'twin-b'] as const;
const stacks = ['foundation', 'registry', 'inference', 'frontend', 'weather'];
const atRegion = ['--set', `region=${region}`];
const protectedData = ['--set', 'protectData=true'];

/** The lives of stages: side by side, an app less, deleted in two goes, kept and made anew, deleted with their data. */
export async function runStagesScenario(scenario: Scenario): Promise<void> {
  const { checks } = scenario;
  const proxy = await startTemplateProxy(scenario.endpoint);
  const stages = new Stages(scenario, proxy.endpoint);
  try {
    await checks.check('doctor: a region that is not bootstrapped, and the command that mends it', async () =>
      stages.examine(),
    );
    await checks.check('stage create: two stages side by side, one named as the other begins', async () => {
      for (const stage of [first, second]) await stages.create(stage);
    });
    await checks.check('they share no name, and stage list knows what each has', async () =>
      stages.expectApart(),
    );
    await checks.check(
      'an app removed takes nothing of its own along, of the other stage least of all',
      async () => stages.removeApp(),
    );
    await checks.check(
      'stage delete: cut by Ctrl-C, then run again; versions and all, nothing is left',
      async () => stages.deleteInTwoGoes(),
    );
    await checks.check(
      'a stage that protects its data: deleted only when told what becomes of them',
      async () => stages.keepData(),
    );
    await checks.check('made anew, it takes back the logs that were kept, and not the tables', async () =>
      stages.createAnew(),
    );
    await checks.check(
      'stage delete --delete-data: tables, buckets, users and logs of both lives',
      async () => stages.deleteData(),
    );
  } finally {
    await proxy.stop();
  }
}

interface Found {
  stages: { stage: string; stacks?: { name: string }[]; left?: { kind: string; name: string }[] }[];
}

class Stages {
  readonly #scenario: Scenario;
  readonly #endpoint: string;
  readonly #account: StageAccount;
  #kept: string[] = [];

  constructor(scenario: Scenario, endpoint: string) {
    this.#scenario = scenario;
    this.#endpoint = endpoint;
    this.#account = createStageAccount(scenario.endpoint);
  }

  async examine(): Promise<void> {
    const bare = 'eu-north-1';
    const all = await this.#run(1, ['doctor', '--stage', first, '--set', `region=${bare}`]);
    const command = `bootstrap aws://${account}/${bare}\` once per account and region`;
    expectThat(all.includes(command), `expected "${command}" in:\n${all}`);
    await this.#run(0, ['doctor', '--stage', first, ...atRegion]);
  }

  async create(stage: string, ...settings: string[]): Promise<void> {
    await this.#run(0, ['synth', '--stage', stage, ...atRegion, ...settings]);
    await pretendImagesPushed(this.#scenario.workspace.root, stage, this.#endpoint);
    const all = await this.#run(0, ['stage', 'create', stage, ...atRegion, ...settings]);
    expectThat(/bootstrapped for CDK/.test(all), `the doctor did not look:\n${all}`);
  }

  async expectApart(): Promise<void> {
    const [one, other] = await Promise.all([this.#names(first), this.#names(second)]);
    const shared = [...one].filter((name) => other.has(name));
    expectThat(shared.length === 0, `both stages have: ${shared.join(', ')}`);
    const found = await this.#list();
    for (const stage of [first, second]) {
      const count = found.stages.find((each) => each.stage === stage)?.stacks?.length;
      expectThat(count === stacks.length, `stage list: ${stage} has ${count} stacks`);
    }
  }

  async removeApp(): Promise<void> {
    const before = await this.#names(second);
    await this.#run(0, ['destroy', 'weather', '--stage', first, '--yes', ...atRegion]);
    const left = (await this.#list()).stages.find(({ stage }) => stage === first)?.stacks ?? [];
    const names = left
      .map(({ name }) => name)
      .toSorted()
      .join(' ');
    const expected = stacks.filter((stack) => stack !== 'weather').map((stack) => this.#stack(first, stack));
    expectThat(names === expected.toSorted().join(' '), `left: ${names}`);
    await this.#expectSame(before);
  }

  async deleteInTwoGoes(): Promise<void> {
    const before = await this.#names(second);
    const bucket = await this.#scenario.account.readParameter(
      ssmPath.registry(prefixOf('parley', first), 'attachments-bucket'),
    );
    await this.#account.fill(bucket);
    const shown = await this.#run(0, ['stage', 'delete', first, '--dry-run', ...atRegion]);
    const counted = `${bucket}: ${versionsWritten / 2 - 1} objects, ${versionsWritten / 2 + 2} old versions and marks`;
    expectThat(shown.includes(counted), `expected "${counted}" in:\n${shown}`);
    await this.#cutAfter('frontend: removed');
    const all = await this.#run(0, ['stage', 'delete', first, '--yes', ...atRegion]);
    expectThat(all.includes(`Nothing of stage "${first}" is left`), all);
    await this.#expectNothingOf(first);
    await this.#expectSame(before);
  }

  async keepData(): Promise<void> {
    await this.create(second, ...protectedData);
    const logGroup = serviceLogGroup(prefixOf('parley', second), 'registry-api');
    await this.#account.writeLogStream(logGroup, 'of the first life');
    const refused = await this.#run(1, ['stage', 'delete', second, '--yes', ...atRegion]);
    expectThat(/--keep-data .* or --delete-data/.test(refused), refused);
    await this.#run(0, ['stage', 'delete', second, '--yes', '--keep-data', ...atRegion]).then((all) => {
      this.#kept = [...all.matchAll(/^ {2}bucket (\S+)$/gm)].map(([, name]) => name!);
    });
    const names = new Set(this.#kept);
    expectThat(names.size === 4, `expected 4 buckets to be kept, got ${[...names].join(', ')}`);
    for (const name of names) await this.#account.tagAsAws(name, prefixOf('parley', second));
    const left = (await this.#list()).stages.find(({ stage }) => stage === second)?.left ?? [];
    const kinds = new Set(left.map(({ kind }) => kind));
    expectThat(
      ['table', 'bucket', 'user pool'].every((kind) => kinds.has(kind)),
      [...kinds].join(', '),
    );
  }

  async createAnew(): Promise<void> {
    await this.create(second, ...protectedData);
    const streams = await this.#account.logStreams(
      serviceLogGroup(prefixOf('parley', second), 'registry-api'),
    );
    expectThat(streams.includes('of the first life'), `the log group holds ${streams.join(', ')}`);
  }

  async deleteData(): Promise<void> {
    const all = await this.#run(0, ['stage', 'delete', second, '--yes', '--delete-data', ...atRegion]);
    expectThat(all.includes(`Nothing of stage "${second}" is left`), all);
    await this.#expectNothingOf(second);
  }

  /** Presses Ctrl-C when a deletion has come that far. */
  async #cutAfter(line: string): Promise<void> {
    const deletion = this.#start(['stage', 'delete', first, '--yes', ...atRegion]);
    for await (const text of deletion.iterable()) {
      if (!text.includes(line)) continue;
      deletion.kill('SIGINT');
      break;
    }
    const { exitCode, all } = await deletion;
    expectThat(exitCode === 130, `expected exit code 130, got ${exitCode}:\n${all}`);
  }

  /** Of two stages, the one whose name goes on stands as it stood. */
  async #expectSame(before: ReadonlySet<string>): Promise<void> {
    const after = await this.#names(second);
    const lost = [...before].filter((name) => !after.has(name));
    expectThat(lost.length === 0, `${second} lost ${lost.join(', ')}`);
  }

  async #expectNothingOf(stage: string): Promise<void> {
    const prefix = prefixOf('parley', stage);
    const isIts = (name: string): boolean =>
      name.includes(prefix) && (stage === second || !name.includes(prefixOf('parley', second)));
    const inStacks = await this.#scenario.account.leftovers(prefix, []);
    const left = [...inStacks, ...(await this.#account.besideStacks())].filter(isIts);
    expectThat(left.length === 0, `left: ${left.join(', ')}`);
  }

  async #names(stage: string): Promise<Set<string>> {
    const { stages } = await this.#list();
    const names = stages.find((each) => each.stage === stage)?.stacks?.map(({ name }) => name) ?? [];
    return this.#account.physicalNames(names);
  }

  async #list(): Promise<Found> {
    const { stdout } = await this.#start(['stage', 'list', '--json', '--region', region]);
    return JSON.parse(stdout) as Found;
  }

  #stack(stage: string, stack: string): string {
    return stackName(prefixOf('parley', stage), stack);
  }

  async #run(code: number, args: string[]): Promise<string> {
    const { exitCode, all } = await this.#start(args);
    expectThat(
      exitCode === code,
      `parley ${args.join(' ')}: expected exit code ${code}, got ${exitCode}:\n${all}`,
    );
    return all;
  }

  #start(args: string[]) {
    const { workspace } = this.#scenario;
    return execa('node', ['packages/cli/src/main.ts', ...args], {
      cwd: workspace.root,
      env: {
        ...workspace.env,
        ...emulatedAws(this.#endpoint),
        // The CDK remembers there which account an access key is of.
        CDK_HOME: join(this.#scenario.folder, 'cdk-home-of-stages'),
      },
      extendEnv: false,
      all: true,
      reject: false,
    });
  }
}
