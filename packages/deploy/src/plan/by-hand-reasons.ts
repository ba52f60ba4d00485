import { type StackFunction, functionsOf } from '@parley/assembly/functions';
import type { StackAssembly } from '@parley/assembly/read-assembly';
import { type StageArguments, commandLine } from '../command-line.ts';
import { shortHash } from '../record/hash.ts';
import type { DeployRecord } from '../record/record.ts';
import type { Reason } from './types.ts';

/** What there is to know of functions whose code was replaced one by one since the last deploy. */
export function byHandReasons(
  assembly: StackAssembly,
  { byHand = {}, fingerprint }: DeployRecord,
  run: StageArguments,
): Reason[] {
  const functions = new Map(functionsOf(assembly).map((each) => [each.name, each]));
  return Object.entries(byHand).flatMap(([name, hash]): Reason[] => {
    const wanted = functions.get(name);
    if (!wanted) return [];
    const text = textOf(assembly.stack, wanted, hash, fingerprint.assets?.[name], run);
    return [{ code: 'function-by-hand', text }];
  });
}

function textOf(
  stack: string,
  { name, asset }: StackFunction,
  hash: string,
  deployed: string | undefined,
  run: StageArguments,
): string {
  const ahead = `function ${name} was deployed by hand (${hash.slice(0, 8)}) ahead of the stack`;
  if (asset.hash === hash)
    return `${ahead}: deploy makes it permanent; until then a roll-back of the stack reverts it`;
  if (shortHash(asset.hash) !== deployed) return `${ahead}: deploy replaces it`;
  const command = commandLine(`fn deploy ${stack} ${name}`, run);
  return `${ahead}: CloudFormation, which does not know, would not change it back; \`${command}\` does`;
}
