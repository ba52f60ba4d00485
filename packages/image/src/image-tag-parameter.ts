import {
  AddTagsToResourceCommand,
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { ssmPath, tags, type Prefix } from '@parley/contract/names';
import { imageTagPattern, type ImageTag } from './image-tag.ts';

/**
 * Writes the tag of the image that a service's next deploy uses, when it is another one. SSM refuses any later value
 * that is no tag. The stage's tag follows by itself: SSM takes none along with an overwrite.
 * @returns whether it was written
 */
export async function writeImageTag(
  ssm: SSMClient,
  prefix: Prefix,
  service: string,
  tag: ImageTag,
): Promise<boolean> {
  const Name = ssmPath.imageTag(prefix, service);
  const before = await valueOf(ssm, Name);
  if (before === tag) return false;
  await ssm.send(
    new PutParameterCommand({
      Name,
      Value: tag,
      Type: 'String',
      Overwrite: true,
      AllowedPattern: imageTagPattern,
      Description: `Image that ${service} of ${prefix} runs`,
    }),
  );
  if (before === undefined) {
    const Tags = [{ Key: tags.prefix, Value: prefix }];
    await ssm.send(new AddTagsToResourceCommand({ ResourceType: 'Parameter', ResourceId: Name, Tags }));
  }
  return true;
}

async function valueOf(ssm: SSMClient, name: string): Promise<string | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name }));
    return Parameter?.Value;
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}
