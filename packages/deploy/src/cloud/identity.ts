import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Identity } from './connect.ts';

/** Whose the credentials are, as STS says. */
export async function readIdentity(client: STSClient): Promise<Identity> {
  const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
  return { account: Account, arn: Arn, who: Arn.split(/[/:]/).at(-1) ?? Arn };
}
