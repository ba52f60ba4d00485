import {
  DescribeTaskDefinitionCommand,
  ECSClient,
  type ContainerDefinition,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { createApiClient } from '@parley/cli/api-client';
import { readWorkspace } from '@parley/cli/workspace';
import { env, workspaceLabel } from '@parley/contract/names';
import type { StreamEvent } from '@parley/contract/stream';
import { startServiceProcess, type ServiceProcess } from '@parley/inference-api/testing/service-process';
import { createTestIssuer, type TestIssuer } from '@parley/service/testing';
import { join } from 'node:path';
import type { StackAssembly } from './assemblies.ts';
import { attachFile, attachmentIdOf, expectDeletedWith } from './attachments.ts';
import { credentials, emulatedAws, region } from './env.ts';
import { expectThat } from './errors.ts';
import type { Scenario } from './scenario.ts';

const question = 'What will the weather be in Lisbon tomorrow?';

/**
 * The emulator keeps task definitions and runs no container: the services run here as processes of the bundles that
 * their images hold, with the variables that CloudFormation resolved, on the emulator's tables and functions. Only the
 * keys of the issuer are ours, as Cognito's pages sign nobody in here.
 */
export async function expectConversation(scenario: Scenario, stacks: StackAssembly[]): Promise<void> {
  const containers = await containersOf(scenario, stacks);
  const variables = variablesOf(containers.get('@parley/inference-api'));
  const issuer = await createTestIssuer({
    issuer: variables[env.authIssuer] ?? '',
    scope: variables[env.authScope] ?? '',
  });
  const keys = await issuer.serveKeys();
  const running: ServiceProcess[] = [];
  try {
    const start = async (name: string): Promise<string> => {
      const service = await startService(scenario, containers.get(name), keys.url);
      running.push(service);
      return service.url;
    };
    const urls = {
      registry: await start('@parley/registry-api'),
      inference: await start('@parley/inference-api'),
    };
    await converse(urls, issuer);
    await readAFile(urls, issuer);
  } finally {
    for (const { process } of running) process.kill('SIGTERM');
    await Promise.all(running.map(({ exited }) => exited));
    await keys.close();
  }
}

interface Urls {
  registry: string;
  inference: string;
}

async function converse(urls: Urls, issuer: TestIssuer): Promise<void> {
  const token = async (): Promise<string> => issuer.mint({ sub: 'alice' });
  const registry = createApiClient(urls.registry, token);
  const apps = (await registry.chatApps()).map(({ id }) => id);
  expectThat(apps.includes('weather'), `the chat apps are ${apps.join()}`);
  const { id } = await registry.createSession('weather');
  const events: StreamEvent[] = [];
  const run = createApiClient(urls.inference, token).run(id, { parentId: null, text: question });
  for await (const { event } of run) events.push(event);
  const types = events.map(({ type }) => type);
  expectThat(
    types.includes('tool-output-available') && types.at(-1) === 'finish',
    `the answer's events are ${JSON.stringify(events)}`,
  );
  const said = events.map((event) => (event.type === 'text-delta' ? event.delta : '')).join('');
  const [asked, answer] = await registry.messages(id);
  expectThat(asked?.role === 'user' && answer?.status === 'finished', `kept is ${JSON.stringify(answer)}`);
  const kept = answer.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  expectThat(said.includes('Lisbon') && kept === said, `said was "${said}", and kept is "${kept}"`);
}

/** A file goes by the bucket's form to the model, and with its session. */
async function readAFile(urls: Urls, issuer: TestIssuer): Promise<void> {
  const token = await issuer.mint({ sub: 'alice' });
  const tokenOf = async (): Promise<string> => token;
  const { id } = await createApiClient(urls.registry, tokenOf).createSession('weather');
  const registry = { url: urls.registry, authorization: `Bearer ${token}` };
  const file = await attachFile(registry, id);
  const question = {
    parentId: null,
    text: 'When does the ferry leave?',
    attachments: [attachmentIdOf(file)],
  };
  let said = '';
  for await (const { event } of createApiClient(urls.inference, tokenOf).run(id, question))
    if (event.type === 'text-delta') said += event.delta;
  expectThat(said.includes('at seven'), `of its file the model said "${said}"`);
  await expectDeletedWith(registry, id, file);
}

/** By the workspace package that it runs, the container of each service's task definition as ECS has it. */
async function containersOf(
  { account, endpoint }: Scenario,
  stacks: StackAssembly[],
): Promise<Map<string, ContainerDefinition>> {
  const ecs = new ECSClient({ endpoint, region, credentials });
  const found = new Map<string, ContainerDefinition>();
  for (const { stackName, template } of stacks) {
    for (const [id, { Type }] of Object.entries(template.Resources)) {
      if (Type !== 'AWS::ECS::TaskDefinition') continue;
      const taskDefinition = await account.physicalId(stackName, id);
      const answer = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
      for (const each of containers(answer.taskDefinition))
        found.set(each.dockerLabels![workspaceLabel]!, each);
    }
  }
  return found;
}

function containers(task: TaskDefinition | undefined): ContainerDefinition[] {
  return (task?.containerDefinitions ?? []).filter(({ dockerLabels }) => dockerLabels?.[workspaceLabel]);
}

function variablesOf(container: ContainerDefinition | undefined): Record<string, string> {
  const { environment = [], secrets = [] } = container ?? {};
  expectThat(
    environment.length > 0 && secrets.length === 0,
    `its variables are ${JSON.stringify(container)}`,
  );
  return Object.fromEntries(environment.map(({ name = '', value = '' }) => [name, value]));
}

async function startService(
  { workspace, endpoint }: Scenario,
  container: ContainerDefinition | undefined,
  jwksUrl: string,
): Promise<ServiceProcess> {
  const { packages } = await readWorkspace(workspace.root);
  const name = container?.dockerLabels?.[workspaceLabel];
  const folder = packages.find((each) => each.name === name)!.folder;
  return startServiceProcess({
    entry: join(folder, 'dist/server.mjs'),
    environment: {
      ...variablesOf(container),
      ...emulatedAws(endpoint),
      [env.port]: '0',
      [env.host]: '127.0.0.1',
      [env.authJwksUrl]: jwksUrl,
    },
  });
}
