import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Builder } from './builders/builder.ts';
import { ImageError } from './errors.ts';
import { imageTag } from './image-tag.ts';
import { pushImages } from './push-images.ts';
import { ensureRepository } from './registry/repository.ts';
import { AwsFault } from './testing/aws-fault.ts';
import { startAwsServer, type AwsServer } from './testing/aws-server.ts';
import { putImage } from './testing/registry-store.ts';
import { createServiceFolder, type ServiceFolder } from './testing/service-folder.ts';

const prefix = 'parley-dev';

let aws: AwsServer;
let folder: ServiceFolder;
beforeEach(async () => {
  aws = await startAwsServer();
  folder = await createServiceFolder({ 'server.mjs': "throw new Error('no such module')" });
});
afterEach(async () => {
  await aws.close();
  await folder.remove();
});

/** A builder that must not be asked for anything. */
const unused: Builder = {
  name: 'unused',
  build: () => Promise.reject(new Error('asked to build')),
  push: () => Promise.reject(new Error('asked to push')),
  remove: async () => {},
};

const push = (builder: Builder = unused) =>
  pushImages({ cloud: aws.cloud, prefix, services: [folder.service], builder });

test('an image that is there is only looked up and selected', async () => {
  const tag = await imageTag(folder.service);
  await ensureRepository(await aws.cloud.ecr(), prefix, 'echo');
  putImage(aws.repositories.get('parley-dev/echo')!, Buffer.from('{}'), 'text/json', tag);
  expect(await push()).toEqual(new Map([['echo', tag]]));
  expect(aws.parameters.get('/parley-dev/echo/image-tag')?.value).toBe(tag);
});

test('a service that does not start is not built, and leaves nothing in AWS', async () => {
  await expect(push()).rejects.toMatchObject({ code: 'probe-failed' });
  await expect(push()).rejects.toThrow('no such module');
  expect(aws.repositories.size + aws.parameters.size).toBe(0);
});

test('without the permission the error names what AWS refused and what images take', async () => {
  const message = 'User: arn:aws:iam::123456789012:user/me is not authorized to perform: ecr:DescribeImages';
  aws.refuse('DescribeImages', new AwsFault('AccessDeniedException', message));
  await expect(push()).rejects.toThrow(ImageError);
  await expect(push()).rejects.toThrow(/perform: ecr:DescribeImages\nWhoever deploys images needs: ecr:/);
});

test('what is cut short while it is tried ends at once', async () => {
  const waiting = await createServiceFolder({ 'server.mjs': 'setInterval(() => {}, 1000)' });
  const stop = new AbortController();
  const pushing = pushImages({
    cloud: aws.cloud,
    prefix,
    services: [waiting.service],
    builder: unused,
    signal: stop.signal,
    report: ({ state }) => {
      if (state === 'probing') stop.abort();
    },
  });
  await expect(pushing).rejects.toMatchObject({ name: 'AbortError' });
  await waiting.remove();
});
