import { ImageError } from '../errors.ts';
import { buildah } from './buildah.ts';
import type { Builder, BuilderOption } from './builder.ts';
import { docker } from './docker.ts';
import { finch } from './finch.ts';
import { podman } from './podman.ts';

/** What can build an image, the first that works is taken. */
export const builderOptions: readonly BuilderOption[] = [docker, finch, podman, buildah];

/** The first builder that works on this machine. Throws `no-builder` with why each does not, and how to get it. */
export async function findBuilder(options: readonly BuilderOption[] = builderOptions): Promise<Builder> {
  const problems: string[] = [];
  for (const { name, install, find } of options) {
    const found = await find();
    if (typeof found !== 'string') return found;
    problems.push(`  ${name}: ${found}\n    ${install}`);
  }
  throw new ImageError(
    'no-builder',
    ['Nothing on this machine can build an image. Start or install one of these:', ...problems].join('\n'),
  );
}
