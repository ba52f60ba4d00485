import type { Prefix } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';
import { DeployError } from '../errors.ts';
import type { RunningImageEvent } from './events.ts';
import type { LiveService } from './live-services.ts';
import { readTasks } from './stopped-tasks.ts';
import { wantedImage } from './wanted-image.ts';

/**
 * Compares what a service's tasks run with the image that its tag names in the registry.
 * @returns what they run; undefined when there is nothing to compare: no task, or no image of Parley's
 * @throws DeployError `image-differs` naming the first task that runs another one
 */
export async function compareImage(
  cloud: Cloud,
  prefix: Prefix,
  live: LiveService,
): Promise<RunningImageEvent | undefined> {
  const tasks = (await readTasks(cloud, live, 'RUNNING')).filter(
    ({ taskDefinitionArn, lastStatus }) => taskDefinitionArn === live.wanted && lastStatus === 'RUNNING',
  );
  const digests = tasks.flatMap(({ taskArn = '', containers = [] }) =>
    containers.flatMap(({ name = '', imageDigest }) =>
      imageDigest === undefined ? [] : [{ task: taskArn.split('/').at(-1), name, imageDigest }],
    ),
  );
  if (digests.length === 0) return undefined;
  const image = await wantedImage(cloud, prefix, live);
  if (!image) return undefined;
  const { stack, service } = live;
  const compared = digests.filter(({ name }) => name === image.container);
  const other = compared.find(({ imageDigest }) => !image.digests.has(imageDigest));
  if (other) {
    throw new DeployError(
      'image-differs',
      `${service} does not run the image it should: task ${other.task} runs ${other.imageDigest}, ` +
        `but ${image.tag} is ${image.digest} in the registry.`,
      {
        nextStep: `The tag was moved after the task began. New tasks take what it is now: aws ecs update-service --cluster ${live.cluster} --service ${live.arn} --force-new-deployment --region ${cloud.region}`,
      },
    );
  }
  return {
    type: 'running-image',
    stack,
    service,
    tag: image.tag,
    digest: image.digest,
    tasks: compared.length,
  };
}
