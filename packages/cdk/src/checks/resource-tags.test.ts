import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

test.each([
  [`[{ Key: 'parley:prefix', Value: 'parley-prod' }]`, 'its tag parley:prefix is "parley-prod"'],
  [`[{ Key: 'team', Value: 'a' }]`, 'it has no tag parley:prefix'],
  [`{ team: 'a' }`, 'it has no tag parley:prefix'],
])('tags that hide a resource from the deletion of its stage are refused: %s (T45)', async (tags, found) => {
  expect(await problemsOf(`add('Topic', 'AWS::SNS::Topic', { Tags: ${tags} });`)).toEqual([
    `stack.ts: Topic (Topic): ${found}; expected "parley-dev", as the whole stack has: leave the tag to the stack [stage-tags]`,
  ]);
});

test('a service whose tasks get no tags is refused (T45)', async () => {
  expect(await problemsOf(`add('Service', 'AWS::ECS::Service');`)).toEqual([
    'stack.ts: Service (Service): its tasks get no tags; expected PropagateTags "SERVICE": set propagateTags: PropagatedTagSource.SERVICE [stage-tags]',
  ]);
});
