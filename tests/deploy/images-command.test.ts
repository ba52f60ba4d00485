import { join } from 'node:path';
import { imageServices } from '@parley/image/image-services';
import { imageTag } from '@parley/image/image-tag';
import { ensureRepository } from '@parley/image/repository';
import { putImage } from '@parley/image/testing/registry-store';
import { startAwsServer, type AwsServer } from '@parley/image/testing/aws-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStacksWorkspace, repository } from '../templates/stacks-workspace.ts';
import { copyWorkspace, type WorkspaceCopy } from '../workspace/workspace-copy.ts';

const prefix = 'parley-dev';

let copy: WorkspaceCopy;
let aws: AwsServer;
beforeAll(async () => {
  aws = await startAwsServer();
  copy = await copyWorkspace();
});
afterAll(async () => {
  await copy.dispose();
  await aws.close();
});

async function images(...args: string[]) {
  return copy.run('pnpm', ['run', 'images', ...args], { env: { ...copy.env, ...aws.env } });
}

/** Tag of each service's image, as this checkout makes it. */
async function tagsHere(): Promise<Record<string, string>> {
  const stacks = await createStacksWorkspace();
  const workspaceFolder = (name: string): string => join(repository, 'apps', name.split('/')[1] ?? '');
  const services = (await stacks.synthAll({ stage: 'dev' })).flatMap(({ template }) =>
    imageServices(template, { prefix, workspaceFolder }),
  );
  await stacks.remove();
  return Object.fromEntries(
    await Promise.all(services.map(async (each) => [each.service, await imageTag(each)] as const)),
  );
}

test('a clone in another folder finds the images that this one pushed, and lets the next deploy use them', async () => {
  const tags = await tagsHere();
  for (const [service, tag] of Object.entries(tags)) {
    await ensureRepository(await aws.cloud.ecr(), prefix, service);
    putImage(
      aws.repositories.get(`${prefix}/${service}`)!,
      Buffer.from(`{"of":"${service}"}`),
      'text/json',
      tag,
    );
  }
  const { exitCode, stdout, all } = await images('push', '--stage', 'dev', '--json');
  expect(exitCode, all).toBe(0);
  const events = stdout.split('\n').filter((line) => line.startsWith('{'));
  expect(events.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    ...Object.keys(tags).map((service) => ({ type: 'image', service, tag: tags[service], state: 'present' })),
    ...Object.keys(tags).map((service) => ({
      type: 'image',
      service,
      tag: tags[service],
      state: 'selected',
    })),
    { type: 'images', tags },
  ]);
  expect(Object.keys(tags)).toEqual(['inference-api', 'registry-api']);
  for (const [service, tag] of Object.entries(tags))
    expect(aws.parameters.get(`/${prefix}/${service}/image-tag`)?.value).toBe(tag);
});

test('an unknown service is answered with those there are', async () => {
  const { exitCode, all } = await images('build', 'registry');
  expect(exitCode).toBe(1);
  expect(all).toContain('No service is called "registry". There are: inference-api, registry-api.');
});
