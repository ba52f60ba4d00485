import type { ECRClient } from '@aws-sdk/client-ecr';
import { imageRepository } from '@parley/contract/names';
import type { Builder } from './builders/builder.ts';
import { findBuilder } from './builders/find-builder.ts';
import { buildImage, type BuildImagesOptions } from './build-images.ts';
import { ImageError } from './errors.ts';
import { imageTag, type ImageTag } from './image-tag.ts';
import type { ImageService } from './image-services.ts';
import { findImage } from './registry/images.ts';
import { withRefusalsExplained } from './registry/refusals.ts';
import { ensureRepository } from './registry/repository.ts';
import { registryOf } from './registry/sign-in.ts';
import { useImage, type ImageCloud } from './use-image.ts';

export interface PushImagesOptions extends BuildImagesOptions {
  cloud: ImageCloud;
}

/**
 * Sees to it that the images of services are in the registry, building and pushing those that are not, and then that
 * each service's next deploy uses its own. Done again with nothing changed, it only looks.
 * @returns the tag of each service
 * @throws ImageError at the first that fails; what was pushed before stays, no service's tag is written
 */
export async function pushImages(options: PushImagesOptions): Promise<Map<string, ImageTag>> {
  const { services, cloud, prefix, report = () => {} } = options;
  const ecr = await cloud.ecr();
  let found: Promise<Builder> | undefined = options.builder && Promise.resolve(options.builder);
  const builder = (): Promise<Builder> => (found ??= findBuilder());
  const pushed = new Map<string, ImageTag>();
  for (const service of services) {
    const tag = await imageTag(service);
    await withRefusalsExplained(() => pushIfAbsent({ ...options, report, builder, ecr, service, tag }));
    pushed.set(service.service, tag);
  }
  for (const [service, tag] of pushed) {
    const isNew = await useImage({ cloud, prefix, service, tag });
    report({ type: 'image', service, tag, state: isNew ? 'selected' : 'unchanged' });
  }
  return pushed;
}

interface PushOptions
  extends
    Required<Pick<PushImagesOptions, 'prefix' | 'report'>>,
    Pick<PushImagesOptions, 'signal' | 'mirrors'> {
  builder: () => Promise<Builder>;
  ecr: ECRClient;
  service: ImageService;
  tag: ImageTag;
}

async function pushIfAbsent({ builder: find, ...options }: PushOptions): Promise<void> {
  const { ecr, prefix, tag, report, signal } = options;
  const { service } = options.service;
  const there = await findImage(ecr, prefix, service, tag);
  if (there !== undefined) return report({ type: 'image', service, tag, state: 'present', detail: there });
  const builder = await find();
  const registry = await registryOf(ecr);
  const reference = `${registry.host}/${imageRepository(prefix, service)}:${tag}`;
  try {
    await buildImage({ ...options, reference, builder });
    await ensureRepository(ecr, prefix, service);
    report({ type: 'image', service, tag, state: 'pushing', detail: reference });
    const digest = await pushed(builder.push({ reference, registry, signal }), () =>
      findImage(ecr, prefix, service, tag),
    );
    report({ type: 'image', service, tag, state: 'pushed', detail: digest });
  } finally {
    await builder.remove(reference);
  }
}

/** The digest of what was pushed. That somebody else pushed the same just before is no failure. */
async function pushed(push: Promise<void>, find: () => Promise<string | undefined>): Promise<string> {
  const failure = await push.then(
    () =>
      new ImageError(
        'push-failed',
        'The push succeeded, but the registry does not have the image: push again.',
      ),
    (error: unknown) => error,
  );
  const digest = await find();
  if (digest === undefined) throw failure;
  return digest;
}
