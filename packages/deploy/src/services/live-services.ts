import type { StackAssembly } from '@parley/assembly/read-assembly';
import { servicesOf } from '@parley/assembly/services';
import type { Cloud } from '../cloud/connect.ts';

/** What of a stack has to be known to look after its services. */
export type ServiceStack = Pick<StackAssembly, 'stack' | 'name' | 'template'>;

/** An ECS service of a deployed stack. */
export interface LiveService {
  stack: string;
  service: string;
  /** Name of the cluster. */
  cluster: string;
  arn: string;
  /** ARN of the task definition that the stack wants it to run. */
  wanted: string;
}

/** The services of a stack as CloudFormation made them; those of its template that it has not made are left out. */
export async function liveServices(
  cloud: Cloud,
  { stack, name, template }: ServiceStack,
): Promise<LiveService[]> {
  const services = servicesOf(template);
  if (services.length === 0) return [];
  const ids = await physicalIds(cloud, name);
  return services.flatMap(({ service, logicalId, taskDefinition }) => {
    const arn = ids.get(logicalId) ?? '';
    const wanted = ids.get(taskDefinition) ?? '';
    if (arn === '' || wanted === '') return [];
    return [{ stack, service, cluster: arn.split('/').at(-2) ?? '', arn, wanted }];
  });
}

async function physicalIds(cloud: Cloud, StackName: string): Promise<Map<string, string>> {
  const { paginateListStackResources } = await import('@aws-sdk/client-cloudformation');
  const client = await cloud.cloudFormation();
  const ids = new Map<string, string>();
  for await (const page of paginateListStackResources({ client }, { StackName })) {
    for (const { LogicalResourceId = '', PhysicalResourceId = '' } of page.StackResourceSummaries ?? [])
      ids.set(LogicalResourceId, PhysicalResourceId);
  }
  return ids;
}
