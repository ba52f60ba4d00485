import { env as envNames, workspaceLabel } from '@parley/contract/names';
import { LocalError } from '../errors.ts';
import type { ParameterStore } from '../state/parameter-store.ts';
import type { PlacedResource } from '../state/records.ts';
import type { StackStore } from '../state/stack-store.ts';
import {
  type Json,
  canonicalJson,
  listAt,
  numberAt,
  objectAt,
  textAt,
  textsAt,
} from '@parley/assembly/values';
import { shortHash } from '../resources/physical-names.ts';

const defaultStopTimeoutSeconds = 30;

/** What stands in for Secrets Manager: the value of a secret by the variable it fills; undefined when there is none. */
export type ReadSecret = (variable: string) => string | undefined;

/** One ECS service, ready to be run as processes. */
export interface ServiceSpec {
  /** `<stack>/<logical id>`: stays the same while the service changes. */
  key: string;
  /** What people call it: the workspace package without its scope. */
  name: string;
  /** Package whose `dist` folder it runs. */
  workspace: string;
  /** Program and arguments, as in the container. */
  command: string[];
  /** The container's environment, without `PORT`. */
  environment: Record<string, string>;
  targetGroups: string[];
  /** Path that must answer 200, or undefined when nothing checks it. */
  healthPath: string | undefined;
  logGroup: string;
  stopTimeoutSeconds: number;
  desiredCount: number;
  region: string;
  /** Changes with anything that needs a new process. */
  fingerprint: string;
}

/**
 * Every ECS service of the running stacks.
 * @returns the specs, and for a service that cannot be run why not
 */
export function serviceSpecs(
  store: StackStore,
  parameters: ParameterStore,
  secret: ReadSecret,
): { specs: ServiceSpec[]; failed: { service: string; error: string }[] } {
  const specs: ServiceSpec[] = [];
  const failed: { service: string; error: string }[] = [];
  for (const placed of store.ofType('AWS::ECS::Service')) {
    try {
      specs.push(specOf(placed, store, parameters, secret));
    } catch (error) {
      if (!(error instanceof LocalError)) throw error;
      failed.push({ service: `${placed.stack.name}/${placed.logicalId}`, error: error.message });
    }
  }
  return { specs, failed };
}

function specOf(
  { stack, logicalId, record }: PlacedResource,
  store: StackStore,
  parameters: ParameterStore,
  secret: ReadSecret,
): ServiceSpec {
  const taskArn = textAt(record.properties, 'TaskDefinition') ?? '';
  const task = store.find('AWS::ECS::TaskDefinition', taskArn);
  if (!task) throw new LocalError(`Its task definition ${taskArn} is not part of the running stacks.`);
  const container = labelledContainer(listAt(task.record.properties, 'ContainerDefinitions'));
  const workspace = textAt(objectAt(container, 'DockerLabels'), workspaceLabel) ?? '';
  const targetGroups = listAt(record.properties, 'LoadBalancers').flatMap(
    (item) => textAt(item, 'TargetGroupArn') ?? [],
  );
  const group = store.find('AWS::ElasticLoadBalancingV2::TargetGroup', targetGroups[0] ?? '');
  const command = [...textsAt(container, 'EntryPoint'), ...textsAt(container, 'Command')];
  return {
    key: `${stack.name}/${logicalId}`,
    name: workspace.split('/').at(-1) ?? logicalId,
    workspace,
    command: command.length > 0 ? command : ['node', 'server.mjs'],
    environment: environmentOf(container, parameters, secret),
    targetGroups,
    healthPath: group ? (textAt(group.record.properties, 'HealthCheckPath') ?? '/') : undefined,
    logGroup:
      textAt(objectAt(objectAt(container, 'LogConfiguration'), 'Options'), 'awslogs-group') ??
      `/ecs/${logicalId}`,
    stopTimeoutSeconds: numberAt(container, 'StopTimeout') ?? defaultStopTimeoutSeconds,
    desiredCount: numberAt(record.properties, 'DesiredCount') ?? 1,
    region: stack.region,
    fingerprint: shortHash(canonicalJson(container), targetGroups.join()),
  };
}

function labelledContainer(containers: Json[]): Json {
  const found = containers.find((container) => textAt(objectAt(container, 'DockerLabels'), workspaceLabel));
  if (found) return found;
  throw new LocalError(
    `None of its containers has the docker label ${workspaceLabel}, which names the workspace package to run.`,
  );
}

function environmentOf(
  container: Json,
  parameters: ParameterStore,
  secret: ReadSecret,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const item of listAt(container, 'Environment')) {
    environment[textAt(item, 'Name') ?? ''] = textAt(item, 'Value') ?? '';
  }
  for (const item of listAt(container, 'Secrets')) {
    const from = textAt(item, 'ValueFrom') ?? '';
    if (from.includes(':secretsmanager:')) {
      const name = textAt(item, 'Name') ?? '';
      const value = secret(name);
      if (value !== undefined) environment[name] = value; // else the service says what it lacks, when it needs it
      continue;
    }
    const path = from.split(':parameter')[1] ?? from;
    const value = parameters.get(path)?.value;
    if (value === undefined) {
      throw new LocalError(
        `Its secret ${textAt(item, 'Name')} comes from ${from}, which does not exist here.`,
      );
    }
    environment[textAt(item, 'Name') ?? ''] = value;
  }
  delete environment[envNames.port];
  return environment;
}
