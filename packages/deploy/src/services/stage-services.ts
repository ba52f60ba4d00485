import type { ContainerDefinition, Service } from '@aws-sdk/client-ecs';
import { type Prefix, serviceLogGroup, ssmPath, stackName } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';
import { readValues } from '../plan/read-values.ts';

/** An ECS service of a stage, as it stands. */
export interface StageService {
  service: string;
  /** The stack it belongs to; undefined when no known stack's name begins its own. */
  stack: string | undefined;
  cluster: string;
  arn: string;
  /** Tag of the image in its task definition; undefined when it has none of Parley's. */
  tag: string | undefined;
  state: Service;
}

/** Greatest number of services that DescribeServices takes. */
const batchSize = 10;

/** The services in a stage's cluster, by name. None when the stage has no cluster. */
export async function stageServices(
  cloud: Cloud,
  prefix: Prefix,
  stacks: readonly string[],
): Promise<StageService[]> {
  const path = ssmPath.network(prefix, 'ecs-cluster-name');
  const cluster = (await readValues(cloud, [path])).get(path);
  if (cluster === undefined) return [];
  const services = await describeServices(cloud, cluster, await serviceArns(cloud, cluster));
  const read = await Promise.all(
    services.map((state) => stageService(cloud, prefix, stacks, cluster, state)),
  );
  return read.flatMap((each) => each ?? []).toSorted((a, b) => a.service.localeCompare(b.service));
}

async function serviceArns(cloud: Cloud, cluster: string): Promise<string[]> {
  const { ClusterNotFoundException, paginateListServices } = await import('@aws-sdk/client-ecs');
  const client = await cloud.ecs();
  const arns: string[] = [];
  try {
    for await (const page of paginateListServices({ client, pageSize: 100 }, { cluster }))
      arns.push(...(page.serviceArns ?? []));
  } catch (error) {
    if (!(error instanceof ClusterNotFoundException)) throw error;
  }
  return arns;
}

async function describeServices(cloud: Cloud, cluster: string, arns: readonly string[]): Promise<Service[]> {
  const { DescribeServicesCommand } = await import('@aws-sdk/client-ecs');
  const client = await cloud.ecs();
  const batches = Array.from({ length: Math.ceil(arns.length / batchSize) }, (_, i) =>
    arns.slice(i * batchSize, (i + 1) * batchSize),
  );
  const answers = await Promise.all(
    batches.map((services) => client.send(new DescribeServicesCommand({ cluster, services }))),
  );
  return answers.flatMap(({ services = [] }) => services);
}

/** A service is known by the log group of its container: the one name that every service is given. */
async function stageService(
  cloud: Cloud,
  prefix: Prefix,
  stacks: readonly string[],
  cluster: string,
  state: Service,
): Promise<StageService | undefined> {
  const { DescribeTaskDefinitionCommand } = await import('@aws-sdk/client-ecs');
  const client = await cloud.ecs();
  const { taskDefinition } = await client.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: state.taskDefinition }),
  );
  for (const container of taskDefinition?.containerDefinitions ?? []) {
    const service = serviceOf(prefix, container);
    if (service === undefined) continue;
    const { serviceArn: arn = '', serviceName = '' } = state;
    const tag = container.image?.split(`/${prefix}/${service}:`)[1];
    return { service, stack: stackOf(prefix, stacks, serviceName), cluster, arn, tag, state };
  }
  return undefined;
}

function serviceOf(prefix: Prefix, { logConfiguration }: ContainerDefinition): string | undefined {
  const group = logConfiguration?.options?.['awslogs-group'] ?? '';
  const begin = serviceLogGroup(prefix, '');
  return group.startsWith(begin) ? group.slice(begin.length) : undefined;
}

/** CloudFormation begins a service's name with its stack's; of two stacks that fit, the longer name is meant. */
function stackOf(prefix: Prefix, stacks: readonly string[], serviceName: string): string | undefined {
  return stacks
    .filter((stack) => serviceName.startsWith(`${stackName(prefix, stack)}-`))
    .toSorted((a, b) => b.length - a.length)[0];
}
