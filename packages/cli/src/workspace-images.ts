import { execa } from 'execa';
import type { StackAssembly } from '@parley/assembly/read-assembly';
import { imageServices, type ImageService } from '@parley/image/image-services';
import { imageTag, type ImageTag } from '@parley/image/image-tag';
import { UserError } from './errors.ts';
import type { WorkspacePackage } from './workspace.ts';

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
  const { root, packages, assemblies, prefix } = options;
  const workspaceFolder = (name: string): string => {
    const found = packages.find((each) => each.name === name);
    if (found) return found.folder;
    throw new UserError(`A service runs the package ${name}, which this workspace does not have.`);
  };
  const services = assemblies.flatMap(({ template }) => imageServices(template, { prefix, workspaceFolder }));
  await build(root, new Set(services.map(({ workspace }) => workspace)));
  return services;
}

/** Tells the tag of the image that a workspace package's build makes now; builds when it is first asked. */
export function tagOfPackage(options: WorkspaceImagesOptions): (workspace: string) => Promise<ImageTag> {
  let services: Promise<ImageService[]> | undefined;
  return async (workspace) => {
    services ??= workspaceImages(options);
    const service = (await services).find((each) => each.workspace === workspace);
    if (service) return imageTag(service);
    throw new UserError(`No service runs the package ${workspace}.`);
  };
}

async function build(root: string, names: ReadonlySet<string>): Promise<void> {
  if (names.size === 0) return;
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
