import type { Cloud } from '../../cloud/connect.ts';

/** A tag that was written to a service's parameter at some time. */
export interface WrittenTag {
  tag: string;
  at: Date | undefined;
  /** Last part of the writer's ARN. */
  who: string;
}

/** All that SSM remembers of a parameter: its last hundred values, oldest first. */
export async function readTagHistory(cloud: Cloud, path: string): Promise<WrittenTag[]> {
  const { ParameterNotFound, paginateGetParameterHistory } = await import('@aws-sdk/client-ssm');
  const client = await cloud.ssm();
  const written: { version: number; entry: WrittenTag }[] = [];
  try {
    for await (const page of paginateGetParameterHistory({ client }, { Name: path })) {
      for (const {
        Version = 0,
        Value = '',
        LastModifiedDate: at,
        LastModifiedUser = '',
      } of page.Parameters ?? []) {
        const who = LastModifiedUser.split(/[/:]/).at(-1) ?? '';
        written.push({ version: Version, entry: { tag: Value, at, who } });
      }
    }
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) throw error;
  }
  return written.toSorted((a, b) => a.version - b.version).map(({ entry }) => entry);
}

/**
 * The tags that lead to the one in use, oldest first, the one in use last. Going back to a tag takes those after it off,
 * so that a second way back leads further and never to the image that was left.
 */
export function lineage(history: readonly WrittenTag[]): WrittenTag[] {
  const line: WrittenTag[] = [];
  for (const each of history) {
    const at = line.findIndex(({ tag }) => tag === each.tag);
    if (at === -1) line.push(each);
    else line.splice(at + 1);
  }
  return line;
}
