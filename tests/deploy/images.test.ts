import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Builder } from '@parley/image/builder';
import { buildah } from '@parley/image/builders/buildah';
import { imageServices, type ImageService } from '@parley/image/image-services';
import { imageTag } from '@parley/image/image-tag';
import { pushImages } from '@parley/image/push-images';
import { startAwsServer, type AwsServer } from '@parley/image/testing/aws-server';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest';
import { createStacksWorkspace, repository, type SynthesizedStack } from '../templates/stacks-workspace.ts';
import { commandIn, pullImage, type PulledImage } from './pulled-image.ts';

const prefix = 'parley-dev';
const architectures = ['arm64', 'x86_64'] as const;
const here = process.arch === 'arm64' ? 'arm64' : 'x86_64';

let aws: AwsServer;
let stacks: Record<(typeof architectures)[number], SynthesizedStack[]>;
beforeAll(async () => {
  aws = await startAwsServer();
  const workspace = await createStacksWorkspace();
  const synth = (architecture: string) => workspace.synthAll({ stage: 'dev', overrides: { architecture } });
  stacks = { arm64: await synth('arm64'), x86_64: await synth('x86_64') };
  await workspace.remove();
});
afterAll(() => aws.close());

function servicesOf(architecture: (typeof architectures)[number]): ImageService[] {
  const workspaceFolder = (name: string): string => join(repository, 'apps', name.split('/')[1] ?? '');
  return stacks[architecture].flatMap(({ template }) => imageServices(template, { prefix, workspaceFolder }));
}

function registryApi(architecture: (typeof architectures)[number]): ImageService {
  return servicesOf(architecture).find(({ service }) => service === 'registry-api')!;
}

test.each(architectures)(
  'the services of the templates are known, and run on what the stage says: %s',
  (each) => {
    expect(servicesOf(each)).toMatchObject([
      { service: 'inference-api', workspace: '@parley/inference-api', architecture: each },
      { service: 'registry-api', workspace: '@parley/registry-api', architecture: each },
    ]);
  },
);

test('an image that is pushed, pulled by its digest and started from its own files answers', async (context) => {
  const services = servicesOf(here);
  const digests = await pushOrSkip(context, services);
  for (const service of services) {
    const image = await pulled(service, digests);
    const answer = await healthOf(image, service);
    expect(answer, service.service).toBe(200);
    await image.remove();
  }
});

test('an image for other processors is built without emulating them, of the same files', async (context) => {
  const other = here === 'arm64' ? 'x86_64' : 'arm64';
  const service = registryApi(other);
  const image = await pulled(service, await pushOrSkip(context, [service]));
  expect(image.config).toMatchObject({ os: 'linux', architecture: other === 'arm64' ? 'arm64' : 'amd64' });
  const node = await readFile(join(image.folder, 'usr/local/bin/node'));
  // `e_machine` in the ELF header: AArch64 or x86-64.
  expect(node.readUInt16LE(18)).toBe(other === 'arm64' ? 183 : 62);
  expect(await readFile(join(image.folder, 'app/server.mjs'))).toEqual(
    await readFile(join(service.folder, 'server.mjs')),
  );
  await image.remove();
});

test('an image holds Node, the libraries it needs and the service, to be read and not written by its user', async (context) => {
  const service = registryApi('arm64');
  const image = await pulled(service, await pushOrSkip(context, [service]));
  expect([...image.files].map(([path, mode]) => `${mode} ${path}`)).toEqual([
    '644 app/server.mjs',
    '644 etc/group',
    '644 etc/nsswitch.conf',
    '644 etc/os-release',
    '644 etc/passwd',
    '755 lib/ld-linux-aarch64.so.1',
    ...['c.so.6', 'dl.so.2', 'gcc_s.so.1', 'm.so.6', 'pthread.so.0', 'stdc++.so.6'].map(
      (name) => `644 usr/lib/aarch64-linux-gnu/lib${name}`,
    ),
    '755 usr/local/bin/node',
    ...['gcc-14-base', 'libc6'].map((name) => `644 usr/share/doc/${name}/copyright`),
    '644 usr/share/doc/node/LICENSE',
    ...['gcc-14-base', 'libc6', 'libgcc-s1', 'libstdc++6'].map((name) => `644 var/lib/dpkg/status.d/${name}`),
  ]);
  expect(image.config.config).toMatchObject({
    User: '1000:1000',
    WorkingDir: '/app',
    Env: expect.arrayContaining(['PATH=/usr/local/bin']) as unknown,
    Cmd: ['node', 'server.mjs'],
  });
  await image.remove();
});

test('what is in the registry is neither built nor pushed again, and the same bytes are built again', async (context) => {
  const service = registryApi('arm64');
  const first = (await pushOrSkip(context, [service])).get(service.service);
  const builder = await builderOrSkip(context);
  const states: string[] = [];
  const push = (): Promise<unknown> =>
    pushImages({
      cloud: aws.cloud,
      prefix,
      services: [service],
      builder,
      report: ({ state }) => states.push(state),
    });
  await push();
  expect(states).toEqual(['present', 'unchanged']);

  aws.repositories.get(`${prefix}/${service.service}`)!.images.length = 0;
  states.length = 0;
  await push();
  expect(states).toEqual(['probing', 'building', 'pushing', 'pushed', 'unchanged']);
  expect((await pushOrSkip(context, [service])).get(service.service)).toBe(first);
});

test('a registry that refuses the push says so, and no tag is written', async (context) => {
  const builder = await builderOrSkip(context);
  const other = await startAwsServer();
  other.refuse('PUT', Object.assign(new Error('no ecr:PutImage'), { name: 'AccessDeniedException' }));
  const service = registryApi(here);
  const failure = pushImages({ cloud: other.cloud, prefix, services: [service], builder });
  await expect(failure).rejects.toMatchObject({ code: 'push-failed' });
  await expect(failure).rejects.toThrow(/buildah push failed:[^]*no ecr:PutImage/);
  expect(other.parameters.size).toBe(0);
  await other.close();
});

async function builderOrSkip(context: TestContext): Promise<Builder> {
  const builder = await buildah.find();
  return typeof builder === 'string' ? context.skip(`buildah does not work here: ${builder}`) : builder;
}

/**
 * Pushes the services' images, or skips the test where no daemonless builder works or the base cannot be fetched.
 * @returns digest of each service
 */
async function pushOrSkip(context: TestContext, services: ImageService[]): Promise<Map<string, string>> {
  const builder = await builderOrSkip(context);
  const digests = new Map<string, string>();
  try {
    await pushImages({
      cloud: aws.cloud,
      prefix,
      services,
      builder,
      report: ({ service, state, detail = '' }) => {
        if (state === 'pushed' || state === 'present') digests.set(service, detail);
      },
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'base-unavailable')
      return context.skip(error.message);
    throw error;
  }
  for (const each of services)
    expect(aws.parameters.get(`/${prefix}/${each.service}/image-tag`)?.value).toBe(await imageTag(each));
  return digests;
}

function pulled({ service }: ImageService, digests: Map<string, string>): Promise<PulledImage> {
  const digest = digests.get(service) ?? '';
  return pullImage({
    url: aws.url,
    authorization: aws.authorization,
    repository: `${prefix}/${service}`,
    digest,
  });
}

/** Starts an image and returns what its health path answers. */
async function healthOf(image: PulledImage, service: ImageService): Promise<number> {
  const port = await freePort();
  const { command, cwd } = commandIn(image);
  const [program = '', ...args] = command;
  const unknown = 'http://127.0.0.1:9/none';
  const known = Object.entries(service.environment).map(([name, value]) => [name, value ?? unknown]);
  const environment = {
    ...Object.fromEntries(known),
    // Of the image, then where chroot is.
    PATH: '/usr/local/bin:/usr/sbin:/usr/bin',
    PORT: String(port),
    AWS_REGION: 'us-east-1',
  };
  const stop = new AbortController();
  const child = execa(program, args, {
    cwd,
    env: environment as Record<string, string>,
    extendEnv: false,
    preferLocal: false,
    all: true,
    reject: false,
    cancelSignal: stop.signal,
  });
  const ended = child.then(({ all, shortMessage }) => {
    throw new Error(`${shortMessage}\n${all}`);
  });
  try {
    return await Promise.race([ended, firstAnswer(`http://127.0.0.1:${port}${service.healthPath}`)]);
  } finally {
    stop.abort();
    await ended.catch(() => {});
  }
}

async function firstAnswer(url: string): Promise<number> {
  let status = 0;
  await expect
    .poll(
      async () =>
        (status = await fetch(url).then(
          (answer) => answer.status,
          () => 0,
        )),
    )
    .toBeGreaterThan(0);
  return status;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
