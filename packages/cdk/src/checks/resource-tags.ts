import { tags } from '@parley/contract/names';
import type { Check } from './check.ts';
import { asList, asObject, resourcesOf, textOf } from './template.ts';

/**
 * T45: what a stage's deletion finds by its tag and does not find without: a resource whose tag is gone or
 * another's, and tasks, which ECS makes at run time and tags only when told to.
 */
export const stageTags: Check = (template, { prefix }) => [
  ...resourcesOf(template).flatMap(({ logicalId, properties }) => {
    if (properties['Tags'] === undefined) return [];
    const value = tagValue(properties['Tags']);
    if (value === prefix) return [];
    return [
      {
        at: logicalId,
        found: value === undefined ? `it has no tag ${tags.prefix}` : `its tag ${tags.prefix} is "${value}"`,
        expected: `"${prefix}", as the whole stack has`,
        mend: 'leave the tag to the stack',
      },
    ];
  }),
  ...resourcesOf(template, 'AWS::ECS::Service')
    .filter(({ properties }) => !/^(SERVICE|TASK_DEFINITION)$/.test(String(properties['PropagateTags'])))
    .map(({ logicalId }) => ({
      at: logicalId,
      found: 'its tasks get no tags',
      expected: 'PropagateTags "SERVICE"',
      mend: 'set propagateTags: PropagatedTagSource.SERVICE',
    })),
];

/** Tags are a list of pairs, or for some types an object. */
function tagValue(list: unknown): string | undefined {
  if (!Array.isArray(list)) {
    const value = asObject(list)[tags.prefix];
    return value === undefined ? undefined : textOf(value);
  }
  const tag = asList(list)
    .map(asObject)
    .find(({ Key }) => Key === tags.prefix);
  return tag ? textOf(tag['Value']) : undefined;
}
