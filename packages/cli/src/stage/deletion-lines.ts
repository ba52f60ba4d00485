import { type SetOptions, setFlags } from '@parley/deploy/command-line';
import type { StageDeleted, StageDeletion, StageResource } from '@parley/deploy/stages';

/** What deleting a stage would do, for people. */
export function deletionLines(plan: StageDeletion, data: 'delete' | 'keep' | undefined): string[] {
  const { stage, prefix, region, destroy, buckets, images, byProducts, parameters } = plan;
  if (isNothing(plan)) return [`There is nothing of stage "${stage}" (${prefix} in ${region}).`];
  return [
    `stage ${stage}: ${prefix} in ${region}: to be deleted`,
    ...part(
      'Stacks, in this order',
      destroy.stacks.map(({ wave, stack, status }) => `${wave + 1}. ${stack} ${status}`),
    ),
    ...part(
      'With them, and all they hold',
      destroy.stacks.flatMap(({ lost }) =>
        lost.map(({ type, physicalId }) => `${type} ${physicalId}${contents(physicalId, buckets)}`),
      ),
    ),
    ...part(
      'Container images',
      images.map(({ name, images: number, bytes }) => `${name}: ${number} (${megabytes(bytes)})`),
    ),
    ...part(
      'Logs that AWS made beside the stacks',
      byProducts.map(({ name, bytes }) => `${name} (${megabytes(bytes)})`),
    ),
    ...part(
      'Parameters',
      parameters.length > 0 ? [`${parameters.length} records of deploys and image tags`] : [],
    ),
    ...keptLines(plan, data),
    ...part('Not touched', [
      'secrets, certificates and web ACLs that parley.config.ts names; what the bootstrap of CDK holds',
    ]),
    '',
  ];
}

export function isNothing({ destroy, images, byProducts, parameters, kept }: StageDeletion): boolean {
  return [destroy.stacks, destroy.absent, images, byProducts, parameters, kept].every(
    (each) => each.length === 0,
  );
}

function keptLines({ kept }: StageDeletion, data: 'delete' | 'keep' | undefined): string[] {
  const head =
    data === 'delete'
      ? 'Protected data and logs, DELETED too (--delete-data)'
      : 'Protected data and logs, which stay in the account and go on costing what they take';
  return part(head, kept.map(named));
}

/** What became of it. */
export function deletedLines(
  { stage, region }: Pick<StageDeletion, 'stage' | 'region'>,
  { deleted, problems, left = [], leftParameters }: StageDeleted,
  { deleteData = false, set }: { deleteData?: boolean | undefined; set: SetOptions },
): string[] {
  const rest = [...left.map(named), ...leftParameters.map((path) => `parameter ${path}`)];
  return [
    ...(deleted.length > 0 ? [`Besides the stacks, ${deleted.length} resources were deleted.`] : []),
    ...problems.flatMap(({ kind, name, message, nextStep }) => [
      `! ${kind} ${name}: ${message}`,
      ...(nextStep === undefined ? [] : [`  ${nextStep}`]),
    ]),
    ...(rest.length === 0
      ? [`Nothing of stage "${stage}" is left in ${region}.`]
      : [
          `Left of stage "${stage}" in ${region}:`,
          ...rest.map((line) => `  ${line}`),
          ...(left.some(({ kind }) => kind !== 'other') && !deleteData
            ? [
                `To delete the data and logs too: ${['pnpm run stage delete', stage, '--delete-data', ...setFlags(set)].join(' ')}`,
              ]
            : []),
        ]),
  ];
}

function named({ kind, name }: StageResource): string {
  return kind === 'other' ? name : `${kind} ${name}`;
}

function contents(bucket: string, buckets: StageDeletion['buckets']): string {
  const found = buckets.find(({ name }) => name === bucket);
  if (!found) return '';
  const more = found.isMore ? 'more than ' : '';
  return `: ${more}${found.objects} objects, ${found.versions} old versions and marks`;
}

function part(head: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${head}:`, ...lines.map((line) => `  ${line}`)];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
