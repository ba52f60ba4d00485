import { execa } from 'execa';
import type { StackAssembly } from '@parley/assembly/read-assembly';
import { imageServices, type ImageService } from '@parley/image/image-services';
import { imageTag, type ImageTag, parseImageTag } from '@parley/image/image-tag';
import { z } from 'zod';
import { UserError } from '../errors.ts';
import { rememberedFor } from '../synthesis/source-state.ts';
import { readWorkspace, type WorkspacePackage } from '../workspace.ts';

export interface WorkspaceImagesOptions {
  root: string;
  packages: readonly Pick<WorkspacePackage, 'name' | 'folder'>[];
  assemblies: readonly StackAssembly[];
  prefix: string;
}

/**
 * The services of stacks whose images come from packages of this workspace, built as their sources are now. An
 * assembly that is up to date says nothing of that: only turbo knows whether a dist folder is of other sources.
 */
export async function workspaceImages(options: WorkspaceImagesOptions): Promise<ImageService[]> {
  const services = servicesOf(options);
  await build(options.root, new Set(services.map(({ workspace }) => workspace)));
  return services;
}

function servicesOf({ packages, assemblies, prefix }: WorkspaceImagesOptions): ImageService[] {
  const workspaceFolder = (name: string): string => {
    const found = packages.find((each) => each.name === name);
    if (found) return found.folder;
    throw new UserError(`A service runs the package ${name}, which this workspace does not have.`);
  };
  return assemblies.flatMap(({ template }) => imageServices(template, { prefix, workspaceFolder }));
}

/**
 * Tells the tag of the image that a workspace package's build makes of its sources as they are now. Builds when it is
 * first asked, unless it was asked of the same sources before.
 */
export function tagOfPackage(options: WorkspaceImagesOptions): (workspace: string) => Promise<ImageTag> {
  let tags: Promise<Record<string, string>> | undefined;
  return async (workspace) => {
    tags ??= tagsOf(options);
    const tag = (await tags)[workspace];
    if (tag !== undefined) return parseImageTag(tag);
    throw new UserError(`No service runs the package ${workspace}.`);
  };
}

async function tagsOf(options: WorkspaceImagesOptions): Promise<Record<string, string>> {
  const described = servicesOf(options).map(({ folder: _here, ...rest }) => rest);
  return rememberedFor(options.root, 'image-tags', JSON.stringify(described), {
    parse: (value) => z.record(z.string(), z.string()).parse(value),
    make: async () => {
      const services = await workspaceImages(options);
      return Object.fromEntries(
        await Promise.all(services.map(async (each) => [each.workspace, await imageTag(each)] as const)),
      );
    },
  });
}

async function build(root: string, names: ReadonlySet<string>): Promise<void> {
  if (names.size === 0) return;
  // Turbo refuses a workspace in which two packages share a name; the synthesis has built everything without it.
  if ((await readWorkspace(root)).duplicates.length > 0) return;
  const filters = [...names].map((name) => `--filter=${name}`);
  const { exitCode, all } = await execa('turbo', ['run', 'build', '--output-logs=errors-only', ...filters], {
    cwd: root,
    env: { TURBO_TELEMETRY_DISABLED: '1' },
    preferLocal: true,
    localDir: root,
    all: true,
    reject: false,
  });
  if (exitCode !== 0) throw new UserError(`What services run could not be built:\n${all}`);
}
