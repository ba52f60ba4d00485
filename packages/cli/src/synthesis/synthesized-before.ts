import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Synthesis, SynthesizeOptions } from './synthesize.ts';

/** The assemblies that stand, for a command that turbo runs after their synthesis: it cannot run turbo itself. */
export function synthesizedBefore({
  workspace,
  stage,
  stacks,
}: Omit<SynthesizeOptions, 'set'>): Pick<Synthesis, 'stacks'> {
  const found = workspace.packages.flatMap(({ stack, folder: home }) => {
    const folder = join(home, 'cdk.out', stage);
    const isWanted = stack !== undefined && (stacks?.includes(stack) ?? true);
    return isWanted && existsSync(join(folder, 'manifest.json')) ? [{ stack, folder, problems: [] }] : [];
  });
  return { stacks: found };
}
