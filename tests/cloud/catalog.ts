import { createCatalogStore } from '@parley/store/catalog';
import type { LiveEntry } from '@parley/store/catalog';
import { ssmPath } from '@parley/contract/names';
import type { Prefix } from '@parley/contract/names';
import { registrationTypes } from '@parley/contract/registration';
import type { RegistrationKind } from '@parley/contract/registration';
import { toolResult } from '@parley/contract/tool';
import type { StackAssembly } from './assemblies.ts';
import type { CloudAccount } from './cloud-account.ts';
import { expectThat } from './errors.ts';

/** What is registered now, as the services would read it. */
export interface Catalog {
  agent: LiveEntry<'agent'>[];
  app: LiveEntry<'app'>[];
  /** Versions kept of each agent, newest first. */
  agentVersions: Map<string, string[]>;
}

/** Reads the catalog that the deployed registry's parameter names. */
export async function readCatalog({
  account,
  prefix,
}: {
  account: CloudAccount;
  prefix: Prefix;
}): Promise<Catalog> {
  const tableName = await account.readParameter(ssmPath.registry(prefix, 'catalog-table'));
  const store = createCatalogStore({ client: account.documents, tableName });
  const [agent, app] = [await store.listLive('agent'), await store.listLive('app')];
  const versions = agent.map(async ({ id }) => {
    const kept = await store.listVersions('agent', id);
    return [id, kept.map(({ version }) => version)] as const;
  });
  return { agent, app, agentVersions: new Map(await Promise.all(versions)) };
}

/** Every registration of every template is in the catalog, owned by its stack and live. */
export function expectCatalog(catalog: Catalog, stacks: StackAssembly[]): void {
  for (const kind of ['agent', 'app'] as const) {
    for (const { stackName, template } of stacks) {
      const wanted = registrations(template, kind);
      const found = catalog[kind]
        .filter(({ owner, enabled, retired }) => owner === stackName && enabled && !retired)
        .map(({ logicalResourceId }) => logicalResourceId);
      expectThat(
        wanted.length === found.length && wanted.every((id) => found.includes(id)),
        `the template of ${stackName} registers the ${kind}s [${wanted.join()}], the catalog holds [${found.join()}]`,
      );
    }
  }
  for (const { id, definition } of catalog.app) {
    const known = catalog.agent.some((agent) => agent.id === definition.agent);
    expectThat(known, `chat app ${id} names the agent "${definition.agent}", which is not in the catalog`);
  }
}

/** Every tool of every agent names a function that exists in the account and answers a call it cannot serve. */
export async function expectToolsAnswer(catalog: Catalog, account: CloudAccount): Promise<void> {
  const tools = catalog.agent.flatMap(({ definition }) => definition.tools);
  expectThat(tools.length > 0, 'no agent in the catalog has a tool');
  for (const { name, functionArn } of tools) {
    const context = { runId: 'test-cloud', toolCallId: name, app: 'test-cloud', user: 'test-cloud' };
    const answer = toolResult.parse(await account.invoke(functionArn, { input: 'not an object', context }));
    expectThat(
      !answer.ok && answer.error.code === 'invalid-input',
      `tool ${name} should refuse an input that is no object, but answered ${JSON.stringify(answer)}`,
    );
  }
}

/** The agents of one stack moved to a new version and kept the old one; nothing else moved. */
export function expectNewVersion(before: Catalog, after: Catalog, changed: StackAssembly): void {
  for (const agent of before.agent) {
    const now = after.agent.find(({ id }) => id === agent.id);
    const moved = now?.version !== agent.version;
    expectThat(
      moved === (agent.owner === changed.stackName),
      `agent ${agent.id} of ${agent.owner} was at version ${agent.version} and is at ${now?.version}`,
    );
    const kept = after.agentVersions.get(agent.id) ?? [];
    expectThat(
      kept.includes(agent.version),
      `version ${agent.version} of agent ${agent.id} is gone: ${kept.join()}`,
    );
  }
  const versions = ({ app }: Catalog) => app.map(({ id, version }) => `${id} ${version}`).join();
  expectThat(
    versions(before) === versions(after),
    'a chat app moved to another version, but only a tool changed',
  );
}

/** Nothing of a removed stack is live. */
export function expectRetired(catalog: Catalog, { stackName }: StackAssembly): void {
  const left = [...catalog.agent, ...catalog.app].filter(({ owner }) => owner === stackName);
  expectThat(left.length === 0, `still registered by ${stackName}: ${left.map(({ id }) => id).join()}`);
}

function registrations(template: StackAssembly['template'], kind: RegistrationKind): string[] {
  const all = Object.entries(template.Resources);
  return all.filter(([, { Type }]) => Type === registrationTypes[kind]).map(([id]) => id);
}
