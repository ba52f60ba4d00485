import { AccountRecovery, ResourceServerScope, UserPool } from 'aws-cdk-lib/aws-cognito';
import { Aws } from 'aws-cdk-lib/core';
import { acknowledge } from '@parley/cdk/acknowledge';
import type { ParleyStack } from '@parley/cdk/parley-stack';
import { SignIn } from '@parley/cdk/registry';
import { dataRemovalPolicy } from '@parley/cdk/retention';
import { chatScope, signInDomainPrefix } from '@parley/contract/names';

/** Whose tokens the stage accepts: the issuer its settings name, else a user pool of its own. */
export function createSignIn(stack: ParleyStack): SignIn {
  const { signIn } = stack.settings;
  const scope = signIn?.scope ?? chatScope(stack.prefix);
  return new SignIn(stack, signIn?.issuer ?? createUserPool(stack), scope);
}

/** Creates the pool with its scope and sign-in domain; returns its issuer. */
function createUserPool(stack: ParleyStack): string {
  const { protectData } = stack.settings;
  const pool = new UserPool(stack, 'Users', {
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    passwordPolicy: { minLength: 12 },
    deletionProtection: protectData,
    removalPolicy: dataRemovalPolicy(stack),
  });
  acknowledge(
    pool,
    {
      id: 'AwsSolutions-COG1',
      reason: 'Length counts, kinds of characters do not (NIST SP 800-63B, 5.1.1.2): twelve at least.',
    },
    {
      id: 'AwsSolutions-COG2',
      reason: 'Whoever has a policy for second factors has an issuer for it, which `signIn` names.',
    },
    {
      id: 'AwsSolutions-COG8',
      reason: 'The plus tier costs by the user and month, and guards passwords that nobody can sign up with.',
    },
  );
  const [identifier = '', scopeName = ''] = chatScope(stack.prefix).split('/');
  pool.addResourceServer('ResourceServer', {
    identifier,
    scopes: [new ResourceServerScope({ scopeName, scopeDescription: 'Chat' })],
  });
  // Domains share one name space per region, so that the account has to be in it.
  pool.addDomain('Domain', {
    cognitoDomain: { domainPrefix: signInDomainPrefix(stack.prefix, Aws.ACCOUNT_ID) },
  });
  return `https://cognito-idp.${stack.region}.${Aws.URL_SUFFIX}/${pool.userPoolId}`;
}
