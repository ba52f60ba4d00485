import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isSeededPath } from '@parley/contract/names';
import type { Prefix } from '@parley/contract/names';
import { registrationTypes } from '@parley/contract/registration';
import { siteResourceType } from '@parley/contract/site';
import { expectImagesPushed, noImages } from './images.ts';
import { refuseNeedlessGaps, takeAssemblies } from './assemblies.ts';
import type { StackAssembly } from './assemblies.ts';
import { expectCatalog, expectNewVersion, expectRetired, expectToolsAnswer, readCatalog } from './catalog.ts';
import type { Checks } from './checks.ts';
import type { CloudAccount } from './cloud-account.ts';
import { expectThat } from './errors.ts';
import { expectForeignOwnerRefused, expectGarbageRefused } from './refused-registration.ts';
import { deployOneFunction } from './one-function.ts';
import type { Report } from './report.ts';
import { careForServices } from './services.ts';
import type { Toolkit } from './toolkit.ts';
import type { WorkspaceCopy } from '../workspace/workspace-copy.ts';
import { expectConversation } from './conversation.ts';
import { expectSite } from './site.ts';
import { changePage, changeTool, synthesize } from './edited-workspace.ts';

export interface Scenario {
  workspace: WorkspaceCopy;
  /** Folder of this run. */
  folder: string;
  stage: string;
  prefix: Prefix;
  /** Origin of the emulated AWS. */
  endpoint: string;
  /** Resource types the emulator knows. */
  supported: Set<string>;
  toolkit: Toolkit;
  account: CloudAccount;
  checks: Checks;
  report: Report;
}

/** The life of a stage: deployed from nothing, deployed again, image and tool changed, removed. */
export async function runScenario(scenario: Scenario): Promise<void> {
  const { checks, toolkit, supported, stage, report } = scenario;
  await checks.check('only what the emulator lacks is left out', async () => refuseNeedlessGaps(supported));
  let stacks: StackAssembly[] = [];
  await checks.check(`every stack is synthesized for stage "${stage}"`, async () => {
    stacks = await synthesizeStacks(scenario, 'first');
    for (const { stack, changes } of stacks) report.leftOut(stack, changes);
  });
  await checks.check('the account is bootstrapped', async () => toolkit.bootstrap());
  await pushImage(scenario, stacks);
  await deployFromNothing(scenario, stacks);
  await deployAgain(scenario, stacks);
  await deployNewImages(scenario, stacks);
  await careForServices(scenario, stacks, async (assembly) => deploy(scenario, assembly));
  await deployOneFunction(scenario, stacks);
  await deployChangedCode(scenario, stacks);
  await removeAll(scenario, stacks);
}

async function synthesizeStacks(scenario: Scenario, name: string): Promise<StackAssembly[]> {
  const { workspace, folder, stage, supported } = scenario;
  await synthesize(workspace, stage);
  await mkdir(join(folder, name));
  return takeAssemblies(workspace.root, stage, join(folder, name), supported);
}

/** One is enough here: each holds a Node. */
async function pushImage(scenario: Scenario, stacks: StackAssembly[]): Promise<void> {
  const { checks, report, workspace, endpoint, prefix } = scenario;
  const assembly = stacks.find((each) => seededPaths(each).length > 0);
  const reason = await noImages();
  if (!assembly) return;
  const { stack, template } = assembly;
  if (reason !== undefined) return report.leftOut(stack, [`its image is not pushed: ${reason}`]);
  await checks.check(`the image of ${stack} is pushed into an account that has no repository`, async () =>
    expectImagesPushed({ endpoint, prefix, root: workspace.root, templates: [template] }),
  );
}

async function deployFromNothing(scenario: Scenario, stacks: StackAssembly[]): Promise<void> {
  const { account, checks, report } = scenario;
  for (const assembly of stacks) {
    const { stack, template } = assembly;
    await checks.check(`${stack} is deployed from nothing`, async () => {
      for (const path of seededPaths(assembly)) await account.writeParameter(path, 'first');
      const changed = await report.timed(stack, 'deploy', async () => deploy(scenario, assembly));
      report.resources(stack, changed.length);
      expectSame(
        changed,
        Object.entries(template.Resources).map(([id, { Type }]) => `${Type} ${id}`),
      );
    });
  }
  await checks.check('the registrar wrote every agent and chat app to the catalog', async () =>
    expectCatalog(await readCatalog(scenario), stacks),
  );
  await checks.check('every registered tool answers in its function', async () =>
    expectToolsAnswer(await readCatalog(scenario), account),
  );
  await checks.check('the services, run as their tasks are described, hold a chat through a tool', async () =>
    expectConversation(scenario, stacks),
  );
  await checks.check('the web site is in its bucket, with what the page is told', async () =>
    expectSite(account, stacks),
  );
  await checks.check(
    "another stack's claim to an agent fails, names the owner and leaves no trace",
    async () => expectForeignOwnerRefused(scenario),
  );
  await checks.check('a broken registration fails at once, names the field and can be removed', async () =>
    expectGarbageRefused(scenario),
  );
}

async function deployAgain(scenario: Scenario, stacks: StackAssembly[]): Promise<void> {
  for (const assembly of stacks) {
    await scenario.checks.check(`${assembly.stack} deployed again makes no change`, async () => {
      const changed = await scenario.report.timed(assembly.stack, 'again', async () =>
        deploy(scenario, assembly),
      );
      expectSame(changed, []);
    });
  }
}

async function deployNewImages(scenario: Scenario, stacks: StackAssembly[]): Promise<void> {
  const { account, checks } = scenario;
  for (const assembly of stacks.filter((each) => seededPaths(each).length > 0)) {
    await checks.check(`a new image tag alone rolls out the service of ${assembly.stack}`, async () => {
      for (const path of seededPaths(assembly)) await account.writeParameter(path, 'second');
      const changed = await deploy(scenario, assembly);
      expectSame([...new Set(changed.map(typeOf))], ['AWS::ECS::Service', 'AWS::ECS::TaskDefinition']);
    });
  }
}

async function deployChangedCode(scenario: Scenario, stacks: StackAssembly[]): Promise<void> {
  const app = stacks.find(({ template }) => hasType(template, registrationTypes.agent));
  if (!app) return;
  await scenario.checks.check(
    `a changed tool of ${app.stack} and a changed page change their functions and registrations only`,
    async () => {
      const before = await readCatalog(scenario);
      await changeTool(scenario.workspace, app.stack);
      await changePage(scenario.workspace);
      const expected: Record<string, string[]> = {
        [app.stack]: ['AWS::Lambda::Function', registrationTypes.agent],
        frontend: ['AWS::Lambda::Function', siteResourceType],
      };
      const changed = new Map<string, string[]>();
      for (const assembly of await synthesizeStacks(scenario, 'second')) {
        changed.set(assembly.stack, (await deploy(scenario, assembly)).map(typeOf));
      }
      for (const [stack, types] of changed) {
        expectSame(types, expected[stack] ?? [], stack);
      }
      expectNewVersion(before, await readCatalog(scenario), app);
    },
  );
}

async function removeAll(scenario: Scenario, stacks: StackAssembly[]): Promise<void> {
  const { account, checks, report, toolkit, prefix } = scenario;
  const protectedStacks = stacks.filter(({ terminationProtection }) => terminationProtection);
  for (const { stack, stackName, path } of protectedStacks) {
    await checks.check(`${stack} is protected against removal`, async () => {
      const refusal = await toolkit.destroy(path, stackName).catch((error: unknown) => String(error));
      expectThat(
        /TerminationProtection/.test(String(refusal)),
        `cdk destroy was not refused: ${String(refusal)}`,
      );
      await account.liftTerminationProtection(stackName);
    });
  }
  for (const assembly of stacks.toReversed()) {
    const { stack, stackName, path } = assembly;
    await checks.check(`${stack} is removed`, async () => {
      const id = await account.stackId(stackName);
      await report.timed(stack, 'remove', async () => toolkit.destroy(path, stackName));
      expectSame(await account.retained(id), [], 'left standing');
      if (hasType(assembly.template, registrationTypes.app))
        expectRetired(await readCatalog(scenario), assembly);
    });
  }
  await checks.check('nothing of the stage is left', async () =>
    expectSame(await account.leftovers(prefix, stacks.flatMap(seededPaths)), []),
  );
}

/** Deploys and returns what CloudFormation added, modified or removed for it, as `type logical-id`. */
async function deploy({ toolkit, account }: Scenario, { stackName, path }: StackAssembly): Promise<string[]> {
  const changeSet = `test-cloud-${randomUUID()}`;
  const outcome = await toolkit.deploy(path, stackName, changeSet);
  const changes = await account.changes(stackName, changeSet);
  expectThat(
    (outcome === 'changed') === changes.length > 0,
    `the toolkit reported "${outcome}", but the change set of ${stackName} holds ${changes.length} changes`,
  );
  return changes;
}

/** Parameters the template reads and no template writes: the push step would have written them. */
function seededPaths({ template }: StackAssembly): string[] {
  const parameters = Object.values((template['Parameters'] ?? {}) as Record<string, TemplateParameter>);
  const paths = parameters
    .filter(({ Type }) => Type.startsWith('AWS::SSM::Parameter::Value'))
    .map((p) => p.Default);
  return paths.filter((path) => path !== undefined).filter(isSeededPath);
}

interface TemplateParameter {
  Type: string;
  Default?: string;
}

function hasType(template: StackAssembly['template'], type: string): boolean {
  return Object.values(template.Resources).some(({ Type }) => Type === type);
}

function typeOf(change: string): string {
  return change.split(' ')[0] ?? change;
}

function expectSame(actual: string[], expected: string[], where?: string): void {
  const [a, e] = [actual, expected].map((list) => list.toSorted((x, y) => x.localeCompare(y)));
  const place = where === undefined ? '' : `${where}: `;
  expectThat(isDeepStrictEqual(a, e), `${place}expected ${JSON.stringify(e)}, got ${JSON.stringify(a)}`);
}
