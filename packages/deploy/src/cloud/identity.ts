import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';

/** Whose the credentials are. */
export interface Identity {
  account: string;
  arn: string;
  /** Last part of the ARN: a user's name, or a role's session name. */
  who: string;
}

/** Whose the credentials are, as STS says. */
export async function readIdentity(client: STSClient): Promise<Identity> {
  const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
  return { account: Account, arn: Arn, who: Arn.split(/[/:]/).at(-1) ?? Arn };
}
