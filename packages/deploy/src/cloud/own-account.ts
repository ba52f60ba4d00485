import type { StackAssembly } from '@parley/assembly/read-assembly';
import { DeployError, explain } from '../errors.ts';
import type { Cloud } from './connect.ts';

/** The account that the settings of a stage name, as its stacks were synthesized for it. */
export function accountOf(assemblies: readonly Pick<StackAssembly, 'account'>[]): string | undefined {
  return assemblies.find(({ account }) => account !== undefined)?.account;
}

/**
 * A stage with an account is never looked for in another one, where all would seem never deployed, or be another's.
 * Without one in its settings, it is wherever the credentials lead.
 * @throws DeployError `wrong-account`
 */
export async function refuseOtherAccount(
  cloud: Pick<Cloud, 'identity'>,
  stage: string,
  wanted: string | undefined,
): Promise<void> {
  if (wanted === undefined) return;
  const { account, arn } = await cloud.identity().catch((error: unknown) => {
    throw explain(error);
  });
  if (account === wanted) return;
  throw new DeployError(
    'wrong-account',
    `Stage "${stage}" lives in account ${wanted}, but the credentials (${arn}) are of account ${account}.`,
    {
      nextStep: `Use credentials of account ${wanted} (AWS_PROFILE), or change \`account\` in parley.config.ts.`,
    },
  );
}
