import type { DestroyPlan, StackToDestroy } from '@parley/deploy/engine';

/** What would be removed, in order, what goes with it and what stays, for people. */
export function destroyLines({ stage, prefix, region, stacks, absent, remains }: DestroyPlan): string[] {
  if (stacks.length === 0) {
    const what = absent.length > 0 ? absent.join(', ') : 'Nothing';
    return [
      `${what} of stage "${stage}" ${absent.length > 0 ? 'is not there' : 'stands'} (${prefix} in ${region})${records(absent)}.`,
    ];
  }
  const width = Math.max(...stacks.map(({ stack }) => stack.length));
  return [
    `stage ${stage}: ${prefix} in ${region}: to be removed, in this order`,
    ...stacks.flatMap((each, i) => stackLines(each, width, stacks[i - 1]?.wave !== each.wave)),
    ...(absent.length > 0 ? [`Not there any more: ${absent.join(', ')}${records(absent)}`] : []),
    'Removed with them: their records, and the image tags of their services.',
    'Not removed:',
    ...remains.map((what) => `  ${what}`),
    ...stacks.flatMap(({ retained }) =>
      retained.map(({ type, physicalId }) => `  ${type} ${physicalId}, kept by its policy`),
    ),
    '',
  ];
}

function stackLines(
  { stack, wave, status, lost }: StackToDestroy,
  width: number,
  isFirstOfWave: boolean,
): string[] {
  const begin = isFirstOfWave ? `${wave + 1}`.padStart(3) : '   ';
  return [
    `${begin}  ${stack.padEnd(width)}  ${status}`,
    ...lost.map(({ type, physicalId }) => `       ! with its data: ${type} ${physicalId}`),
  ];
}

function records(absent: readonly string[]): string {
  return absent.length > 0 ? '; what is recorded of it is deleted' : '';
}
