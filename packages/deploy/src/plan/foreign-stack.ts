import type { JsonObject } from '@parley/assembly/values';
import { ownerOf } from './stack-owner.ts';
import type { PlannedStack } from './types.ts';

/**
 * Why a stack that stands under the name is not ours to change; undefined when it is ours. Names of two stages can
 * meet: `parley-dev-x-weather` is weather of `dev-x`, or x-weather of `dev`.
 */
export function foreignStack(
  deployed: JsonObject,
  { stack, name, assembly, record }: Pick<PlannedStack, 'stack' | 'name' | 'assembly' | 'record'>,
): PlannedStack['blocked'] {
  const { prefix, stack: its } = ownerOf(deployed);
  if (prefix === assembly.prefix && its === stack) return undefined;
  if (prefix === undefined && record !== undefined) return undefined;
  const whose = prefix === undefined ? 'nothing of Parley' : `${its} of ${prefix}`;
  return {
    code: 'foreign',
    text: `the stack ${name} stands already, and is ${whose}`,
    nextStep: 'Nothing of it is touched. Give this chat app, or the stage, another name.',
  };
}
