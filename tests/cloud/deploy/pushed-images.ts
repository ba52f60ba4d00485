import { CreateRepositoryCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { readStackAssembly } from '@parley/assembly/read-assembly';
import { imageRepository } from '@parley/contract/names';
import { imageServices } from '@parley/image/image-services';
import { imageTag } from '@parley/image/image-tag';
import { glob, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { credentials, region } from '../env.ts';

/**
 * Registers the images of a stage's services as another machine would have pushed them: building them is no part of
 * what these checks are about, and the emulator has no registry to push to.
 */
export async function pretendImagesPushed(root: string, stage: string, endpoint: string): Promise<number> {
  const ecr = new ECRClient({ endpoint, region, credentials });
  const folders = await packageFolders(root);
  let pushed = 0;
  for await (const manifest of glob(`stacks/**/cdk.out/${stage}/manifest.json`, { cwd: root })) {
    const { template, prefix = '' } = await readStackAssembly(join(root, dirname(manifest)));
    const services = imageServices(template, { prefix, workspaceFolder: (name) => folders.get(name) ?? '' });
    for (const service of services) {
      const repositoryName = imageRepository(prefix, service.service);
      await ecr.send(new CreateRepositoryCommand({ repositoryName })).catch(() => {});
      const imageManifest = JSON.stringify({ schemaVersion: 2, config: {}, layers: [] });
      const tag = await imageTag(service);
      await ecr.send(new PutImageCommand({ repositoryName, imageTag: tag, imageManifest }));
      pushed++;
    }
  }
  return pushed;
}

async function packageFolders(root: string): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  for await (const file of glob('apps/*/package.json', { cwd: root })) {
    const { name } = JSON.parse(await readFile(join(root, file), 'utf8')) as { name: string };
    folders.set(name, join(root, dirname(file)));
  }
  return folders;
}
