import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

const task = (image: string, platform = `{ CpuArchitecture: 'ARM64' }`) => `
  add('Task', 'AWS::ECS::TaskDefinition', {
    RuntimePlatform: ${platform}, ContainerDefinitions: [{ Name: 'web', Image: ${image} }],
  });`;
const mend =
  'expected a repository that is spelled out, and a tag from an SSM parameter: read the tag with readParameter(scope, ssmPath.imageTag(prefix, service)), or pin the image by its digest [image-tags]';

test('an image with its tag in the template is refused (T22)', async () => {
  expect(await problemsOf(task(`'nginx:latest'`))).toEqual([
    `stack.ts: Task (Task): the image is "nginx:latest"; ${mend}`,
  ]);
});

test('an image whose whole address is a parameter is refused (T23)', async () => {
  expect(await problemsOf(task(`readParameter(stack, '/parley-dev/web/image-tag')`))).toEqual([
    `stack.ts: Task (Task): the whole address of the image is the value of "/parley-dev/web/image-tag"; ${mend}`,
  ]);
});

test.each([
  ['a tag from a parameter', `'repository:' + readParameter(stack, '/parley-dev/web/image-tag')`],
  ['a digest', `'public.ecr.aws/xray/daemon@sha256:1234'`],
])('an image with %s is accepted', async (_, image) => {
  expect(await problemsOf(task(image))).toEqual([]);
});

test('an image that is for no stated processor is refused (T21)', async () => {
  expect(await problemsOf(task(`'x@sha256:1'`, '{}'))).toEqual([
    'stack.ts: Task (Task): it has an image and no RuntimePlatform.CpuArchitecture, which means x86-64; expected the processor that the image is built for: set it, to ARM64 unless the image is built for another [image-architecture]',
  ]);
});

test('a service and an image repository in one stack are refused (T32)', async () => {
  const body = `
    add('Images', 'AWS::ECR::Repository');
    add('Service', 'AWS::ECS::Service', { PropagateTags: 'SERVICE' });`;
  expect(await problemsOf(body)).toEqual([
    'stack.ts: Images (Images): the stack has an image repository and something that runs images; expected a repository that stands, with an image in it, before the first deploy: remove it: deploy makes the repositories of services and pushes to them first [service-with-repository]',
  ]);
});
