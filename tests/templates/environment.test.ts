import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { env } from '@parley/contract/names';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createStacksWorkspace,
  repository,
  resourcesOf,
  type StacksWorkspace,
  type SynthesizedStack,
} from './stacks-workspace.ts';

let workspace: StacksWorkspace;
let stacks: SynthesizedStack[];
beforeAll(async () => {
  workspace = await createStacksWorkspace();
  stacks = await workspace.synthAll({ stage: 'dev' });
});
afterAll(() => workspace.remove());

/** Variables that only the place a service runs in can know; the template never sets them. */
const setByThePlace: string[] = [env.host, env.authJwksUrl, env.authMetadataUrl];
/** Set only if the stage's settings have a value for it. */
const optional: string[] = [env.authAudience];

/** Names of the variables that the configuration of an app asks for. */
async function namesRead(app: string): Promise<string[]> {
  const file = pathToFileURL(join(repository, 'apps', app, 'src/config.ts')).href;
  const module = (await import(file)) as Record<string, unknown>;
  const [read] = Object.entries(module)
    .filter(([name]) => name.endsWith('Config'))
    .map(([, value]) => value);
  const asked = new Set<string>();
  const own = process.env;
  process.env = new Proxy(
    {},
    {
      get: (_, name) => {
        asked.add(String(name));
        return undefined;
      },
      ownKeys: () => [],
    },
  );
  try {
    (read as () => unknown)();
  } catch (error) {
    if ((error as Error).name !== 'ConfigurationError') throw error;
  } finally {
    process.env = own;
  }
  return [...asked].filter((name) => name in byName);
}

const byName: Record<string, string> = Object.fromEntries(
  Object.entries(env).map(([key, name]) => [name, key]),
);

/** Names of the variables that templates set, by the app whose code gets them. */
function namesSet(): Record<string, string[]> {
  const services = resourcesOf(stacks, 'AWS::ECS::TaskDefinition').map(({ Properties }) => {
    const [container] = Properties['ContainerDefinitions'] as {
      DockerLabels: Record<string, string>;
      Environment: { Name: string }[];
    }[];
    const app = (container?.DockerLabels['parley.workspace'] ?? '').replace('@parley/', '');
    return [app, (container?.Environment ?? []).map(({ Name }) => Name)] as const;
  });
  const functions = resourcesOf(stacks, 'AWS::Lambda::Function').flatMap(({ Properties }) => {
    const name = Properties['FunctionName'];
    if (typeof name !== 'string') return [];
    const { Variables } = Properties['Environment'] as { Variables: object };
    return [[name.replace('parley-dev-', ''), Object.keys(Variables)] as const];
  });
  return Object.fromEntries([...services, ...functions]);
}

test.each(['registry-api', 'inference-api', 'registrar', 'site-publisher'])(
  'the variables set for %s are the ones it reads, no more and no fewer (T18)',
  async (app) => {
    const read = (await namesRead(app)).filter((name) => ![...setByThePlace, ...optional].includes(name));
    expect(read).not.toEqual([]);
    expect(namesSet()[app]?.toSorted()).toEqual(read.toSorted());
  },
);

test('every variable set for a service is a name of the contract', () => {
  for (const name of Object.values(namesSet()).flat()) expect(byName).toHaveProperty(name);
});

test('none is left out: each task and each function of our own has its check above', () => {
  expect(Object.keys(namesSet()).toSorted()).toEqual([
    'inference-api',
    'registrar',
    'registry-api',
    'site-publisher',
  ]);
});
