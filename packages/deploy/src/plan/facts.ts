import { ssmInputs, ssmOutputs } from '@parley/assembly/graph';
import { imagesOf } from '@parley/assembly/images';
import type { StackAssembly } from '@parley/assembly/read-assembly';
import { accountOf, refuseOtherAccount } from '../cloud/own-account.ts';
import { explain } from '../errors.ts';
import { type ChangedFiles, changedFiles } from '../git/changed-files.ts';
import type { StoredRecord } from '../record/record.ts';
import { readRecords } from '../record/records.ts';
import { type LiveStack, readLiveStacks } from './live-stacks.ts';
import { readValues } from './read-values.ts';
import type { PlanInput } from './types.ts';

/** Everything outside the sources that decides what has to be deployed, as it stands now. */
export interface Facts {
  /** By CloudFormation's name. */
  live: ReadonlyMap<string, LiveStack>;
  records: ReadonlyMap<string, StoredRecord>;
  values: ReadonlyMap<string, string>;
  imageTags: ReadonlyMap<string, string>;
  /** Stack that writes an SSM parameter, among the assemblies. */
  writers: ReadonlyMap<string, string>;
  /** Files that changed since a commit; each commit is looked at once, and only when asked for. */
  changedSince(commit: string | undefined): Promise<ChangedFiles>;
}

/**
 * Asks AWS, all at once: the list of stacks, the records, and the values that the stacks read.
 * @throws DeployError with what to do when AWS cannot be asked
 */
export async function readFacts(input: PlanInput): Promise<Facts> {
  const { cloud, prefix, assemblies, root } = input;
  try {
    const imageTags = await readImageTags(input);
    const [live, records, values] = await Promise.all([
      readLiveStacks(cloud, prefix),
      readRecords(cloud, prefix),
      readValues(cloud, pathsRead(assemblies, imageTags)),
      refuseOtherAccount(cloud, input.stage, accountOf(assemblies)),
    ]);
    return {
      live,
      records,
      values,
      imageTags,
      writers: writersOf(assemblies),
      changedSince: lookUpOnce(root),
    };
  } catch (error) {
    throw explain(error);
  }
}

async function readImageTags({ assemblies, imageTag }: PlanInput): Promise<Map<string, string>> {
  if (!imageTag) return new Map();
  const workspaces = new Set(
    assemblies.flatMap(({ template }) => imagesOf(template).flatMap(({ workspace }) => workspace ?? [])),
  );
  return new Map(
    await Promise.all([...workspaces].map(async (name) => [name, await imageTag(name)] as const)),
  );
}

/** Tags of images that are known from their sources need not be read. */
function pathsRead(assemblies: readonly StackAssembly[], imageTags: ReadonlyMap<string, string>): string[] {
  return assemblies.flatMap(({ template }) => {
    const known = imagesOf(template).filter(({ workspace = '' }) => imageTags.has(workspace));
    const tagPaths = new Set(known.map(({ path }) => path));
    return ssmInputs(template).flatMap(({ path }) => (tagPaths.has(path) ? [] : path));
  });
}

function writersOf(assemblies: readonly StackAssembly[]): Map<string, string> {
  return new Map(
    assemblies.flatMap(({ stack, template }) => ssmOutputs(template).map((path) => [path, stack] as const)),
  );
}

function lookUpOnce(root: string): Facts['changedSince'] {
  const known = new Map<string, Promise<ChangedFiles>>();
  return async (commit) => {
    if (commit === undefined) return { unknown: 'its last deploy recorded no commit' };
    const found = known.get(commit) ?? changedFiles(root, commit);
    known.set(commit, found);
    return found;
  };
}
