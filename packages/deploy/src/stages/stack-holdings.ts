import type { Cloud } from '../cloud/connect.ts';

/** Physical names of everything that stacks hold. */
export async function readHoldings(cloud: Cloud, stacks: readonly string[]): Promise<Set<string>> {
  const { paginateListStackResources } = await import('@aws-sdk/client-cloudformation');
  const client = await cloud.cloudFormation();
  const names = new Set<string>();
  for (const StackName of stacks) {
    for await (const page of paginateListStackResources({ client }, { StackName })) {
      for (const { PhysicalResourceId, ResourceStatus } of page.StackResourceSummaries ?? []) {
        if (PhysicalResourceId !== undefined && ResourceStatus !== 'DELETE_COMPLETE') {
          names.add(PhysicalResourceId);
        }
      }
    }
  }
  return names;
}
