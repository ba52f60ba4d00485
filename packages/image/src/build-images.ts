import { imageRepository, type Prefix } from '@parley/contract/names';
import { rm } from 'node:fs/promises';
import type { Builder } from './builders/builder.ts';
import { findBuilder } from './builders/find-builder.ts';
import { writeContext } from './context.ts';
import type { ImageEvent, ReportImage } from './events.ts';
import { imageTag, type ImageTag } from './image-tag.ts';
import type { ImageService } from './image-services.ts';
import { platforms } from './platform.ts';
import { probe } from './probe.ts';

export interface BuildImagesOptions {
  prefix: Prefix;
  services: readonly ImageService[];
  report?: ReportImage;
  signal?: AbortSignal | undefined;
  /** @default the first that works on this machine */
  builder?: Builder;
  /** Where Debian's packages come from. @default Debian's own */
  mirrors?: readonly string[];
}

/**
 * Tries and builds the services' images on this machine, each named `<prefix>/<service>:<tag>`. Nothing is pushed.
 * @returns the tag of each service
 * @throws ImageError at the first that fails
 */
export async function buildImages(options: BuildImagesOptions): Promise<Map<string, ImageTag>> {
  const { services, prefix, report = () => {} } = options;
  const builder = options.builder ?? (await findBuilder());
  const built = new Map<string, ImageTag>();
  for (const service of services) {
    const tag = await imageTag(service);
    const reference = `${imageRepository(prefix, service.service)}:${tag}`;
    await buildImage({ ...options, service, tag, reference, builder, report });
    report({ type: 'image', service: service.service, tag, state: 'built', detail: reference });
    built.set(service.service, tag);
  }
  return built;
}

export interface BuildImageOptions {
  service: ImageService;
  tag: ImageTag;
  /** Name of the image on this machine. */
  reference: string;
  builder: Builder;
  report: ReportImage;
  signal?: AbortSignal | undefined;
  mirrors?: readonly string[];
}

/** Starts what the image will hold, then builds it. */
export async function buildImage(options: BuildImageOptions): Promise<void> {
  const { service, tag, reference, builder, report, signal, mirrors } = options;
  const at = (state: ImageEvent['state'], detail: string): void =>
    report({ type: 'image', service: service.service, tag, state, detail });
  at('probing', service.healthPath ?? '/');
  await probe(service, { signal });
  const { platform } = platforms[service.architecture];
  at('building', `${platform} with ${builder.name}`);
  const folder = await writeContext(service, mirrors ? { mirrors } : {});
  try {
    await builder.build({ folder, platform, reference, signal });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
