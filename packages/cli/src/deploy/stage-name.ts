import type { Prefix } from '@parley/contract/names';
import { UserError } from '../errors.ts';
import { localStage } from '../local/local-sources.ts';

/** Throws for a stage that cannot be in AWS: the one of this machine, and one whose names AWS would refuse. */
export async function refuseUnfitStage(stage: string, prefix: Prefix): Promise<void> {
  if (stage === localStage) {
    throw new UserError(
      `Stage "${localStage}" is the one that \`pnpm start\` runs on this machine: give the one in AWS another name.`,
    );
  }
  const { nameProblem } = await import('@parley/deploy/stage-name');
  const problem = nameProblem(prefix);
  if (problem !== undefined) throw new UserError(`Stage "${stage}": ${problem}. Choose another name.`);
}
