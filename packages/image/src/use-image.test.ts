import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseImageTag, type ImageTag } from './image-tag.ts';
import { ensureRepository } from './registry/repository.ts';
import { AwsFault } from './testing/aws-fault.ts';
import { startAwsServer, type AwsServer } from './testing/aws-server.ts';
import { putImage } from './testing/registry-store.ts';
import { useImage } from './use-image.ts';

const prefix = 'parley-dev';
const service = 'echo';
const path = '/parley-dev/echo/image-tag';
const [first, second, third] = ['a', 'b', 'c'].map((letter) => parseImageTag(letter.repeat(32))) as [
  ImageTag,
  ImageTag,
  ImageTag,
];

let aws: AwsServer;
beforeEach(async () => {
  aws = await startAwsServer();
  await ensureRepository(await aws.cloud.ecr(), prefix, service);
  for (const tag of [first, second, third])
    putImage(repository(), Buffer.from(`{"of":"${tag}"}`), 'text/json', tag);
});
afterEach(() => aws.close());

const repository = () => aws.repositories.get('parley-dev/echo')!;
const use = (tag: ImageTag) => useImage({ cloud: aws.cloud, prefix, service, tag });
const tagsOf = (tag: ImageTag) => [...(repository().images.find(({ tags }) => tags.has(tag))?.tags ?? [])];

test("the next deploy's image is in its parameter, which has the stage's tag", async () => {
  expect(await use(first)).toBe(true);
  expect(aws.parameters.get(path)).toEqual({ value: first, tags: { 'parley:prefix': 'parley-dev' } });
  expect(await use(second)).toBe(true);
  expect(aws.parameters.get(path)).toEqual({ value: second, tags: { 'parley:prefix': 'parley-dev' } });
});

test('what is in use already is not written again', async () => {
  await use(first);
  aws.asked.length = 0;
  expect(await use(first)).toBe(false);
  expect(aws.asked.filter((name) => /^(Put|Add|Create)/.test(name))).toEqual([]);
});

test('the image in use and the one before it are marked, also on the way back', async () => {
  await use(first);
  expect(tagsOf(first)).toEqual([first, 'in-use']);
  await use(second);
  expect(tagsOf(first)).toEqual([first, 'in-use-before']);
  expect(tagsOf(second)).toEqual([second, 'in-use']);
  await use(first);
  expect(tagsOf(first)).toEqual([first, 'in-use']);
  expect(tagsOf(second)).toEqual([second, 'in-use-before']);
  await use(third);
  expect(tagsOf(second)).toEqual([second]);
});

test('an image that is not in the registry is not selected', async () => {
  await expect(use(parseImageTag('d'.repeat(32)))).rejects.toThrow(
    `There is no image parley-dev/echo:${'d'.repeat(32)} in the registry: build and push it first.`,
  );
  expect(aws.parameters.size).toBe(0);
});

test('without the permission the error names what AWS refused and what images take', async () => {
  const message = 'User: arn:aws:iam::123456789012:user/me is not authorized to perform: ssm:PutParameter';
  aws.refuse('PutParameter', new AwsFault('AccessDeniedException', message));
  await expect(use(first)).rejects.toMatchObject({ code: 'registry-refused' });
  await expect(use(first)).rejects.toThrow(
    /perform: ssm:PutParameter\nWhoever deploys images needs: ecr:.*ssm:PutParameter/s,
  );
});
