import { type Prefix, isSeededPath, ssmPath } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';

/** SSM parameters below `/<prefix>/`, by who wrote them. */
export interface StageParameters {
  /** Records of deploys and tags of images, which are in no stack. */
  ours: string[];
  /** In a stack, or somebody else's. */
  others: string[];
}

export async function readParameters(cloud: Cloud, prefix: Prefix): Promise<StageParameters> {
  const { paginateGetParametersByPath } = await import('@aws-sdk/client-ssm');
  const found: StageParameters = { ours: [], others: [] };
  const input = { Path: `/${prefix}`, Recursive: true };
  for await (const page of paginateGetParametersByPath({ client: await cloud.ssm() }, input)) {
    for (const { Name = '' } of page.Parameters ?? []) {
      const isOurs = isSeededPath(Name) || Name.startsWith(`${ssmPath.stacks(prefix)}/`);
      (isOurs ? found.ours : found.others).push(Name);
    }
  }
  return found;
}

/** Greatest number of names in one DeleteParameters call. */
const batchSize = 10;

export async function deleteParameters(cloud: Cloud, names: readonly string[]): Promise<void> {
  const { DeleteParametersCommand } = await import('@aws-sdk/client-ssm');
  const client = await cloud.ssm();
  for (let i = 0; i < names.length; i += batchSize) {
    await client.send(new DeleteParametersCommand({ Names: names.slice(i, i + batchSize) }));
  }
}
