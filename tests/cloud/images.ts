import { ECRClient, DescribeRepositoriesCommand, ListTagsForResourceCommand } from '@aws-sdk/client-ecr';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { join } from 'node:path';
import { buildah } from '@parley/image/builders/buildah';
import type { ImageEvent } from '@parley/image/events';
import { imageServices, type ImageService } from '@parley/image/image-services';
import { pushImages } from '@parley/image/push-images';
import { imageRepository, ssmPath, tags, type Prefix } from '@parley/contract/names';
import { pullImage } from '../deploy/pulled-image.ts';
import { credentials, region } from './env.ts';
import { expectThat } from './errors.ts';

export interface ImagesInput {
  /** Origin of the emulated AWS. */
  endpoint: string;
  /** Workspace in which the services are built. */
  root: string;
  prefix: Prefix;
  /** Templates that may hold services. */
  templates: readonly unknown[];
}

/** Why images cannot be pushed on this machine, or undefined. */
export async function noImages(): Promise<string | undefined> {
  const found = await buildah.find();
  return typeof found === 'string' ? `buildah: ${found}` : undefined;
}

/**
 * Into an account without repositories: the images of all services are built and pushed, and hold what was built;
 * their tags are written; a second push only looks. Needs what `noImages` asks for.
 */
export async function expectImagesPushed({ endpoint, root, prefix, templates }: ImagesInput): Promise<void> {
  const builder = await buildah.find();
  if (typeof builder === 'string') throw new TypeError(builder);
  const options = { endpoint, region, credentials };
  const ecr = new ECRClient(options);
  const ssm = new SSMClient(options);
  const workspaceFolder = (name: string): string => join(root, 'apps', name.split('/')[1] ?? '');
  const services = templates.flatMap((each) => imageServices(each, { prefix, workspaceFolder }));
  const events: ImageEvent[] = [];
  const push = async () =>
    pushImages({
      cloud: { ecr: async () => ecr, ssm: async () => ssm },
      prefix,
      services,
      builder,
      report: (event) => events.push(event),
    });
  const pushed = await push();
  for (const service of services) {
    const tag = await valueOf(ssm, ssmPath.imageTag(prefix, service.service));
    expectThat(
      tag === pushed.get(service.service),
      `${service.service}: expected its tag in SSM, got ${tag}`,
    );
    await expectRepository(ecr, prefix, service.service);
    await expectPulled(endpoint, prefix, service, events);
  }
  events.length = 0;
  await push();
  const states = new Set(events.map(({ state }) => state));
  expectThat(
    [...states].every((state) => state === 'present' || state === 'unchanged'),
    `a second push should only look, but did: ${[...states].join(', ')}`,
  );
}

async function expectRepository(ecr: ECRClient, prefix: Prefix, service: string): Promise<void> {
  const repositoryNames = [imageRepository(prefix, service)];
  const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({ repositoryNames }));
  const { repositoryArn, imageScanningConfiguration } = repositories[0] ?? {};
  expectThat(imageScanningConfiguration?.scanOnPush === true, `${service}: expected its repository to scan`);
  const { tags: given = [] } = await ecr.send(new ListTagsForResourceCommand({ resourceArn: repositoryArn }));
  expectThat(
    given.some(({ Key, Value }) => Key === tags.prefix && Value === prefix),
    `${service}: expected its repository to have the tag ${tags.prefix}`,
  );
}

async function expectPulled(
  url: string,
  prefix: Prefix,
  { service }: ImageService,
  events: readonly ImageEvent[],
): Promise<void> {
  const event = events.find((each) => each.service === service && each.state === 'pushed');
  const repository = imageRepository(prefix, service);
  const image = await pullImage({ url, authorization: 'none', repository, digest: event?.detail ?? '' });
  expectThat(image.files.has('app/server.mjs'), `${service}: expected app/server.mjs in its image`);
  await image.remove();
}

async function valueOf(ssm: SSMClient, name: string): Promise<string | undefined> {
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name }));
  return Parameter?.Value;
}
