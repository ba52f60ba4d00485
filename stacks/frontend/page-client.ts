import {
  type CfnUserPoolClient,
  ClientAttributes,
  OAuthScope,
  UserPool,
  UserPoolClient,
  UserPoolClientIdentityProvider,
} from 'aws-cdk-lib/aws-cognito';
import { Aws, Duration, Fn } from 'aws-cdk-lib/core';
import type { ParleyStack } from '@parley/cdk/parley-stack';
import { readParameter } from '@parley/cdk/shared-parameter';
import { signInDomainPrefix, ssmPath } from '@parley/contract/names';
import type { WebConfig } from '@parley/contract/web-config';

/** Whose tokens the stage accepts, as the page sees it. */
export interface Issuer {
  issuer: string;
  /** Origins the page talks to when it signs in. */
  origins: string[];
  scope: string;
}

/** The issuer the registry names: the stage's own user pool, unless the settings name another one. */
export function issuerOf(stack: ParleyStack): Issuer {
  const { signIn } = stack.settings;
  const issuer = readParameter(stack, ssmPath.auth(stack.prefix, 'issuer'));
  const scope = readParameter(stack, ssmPath.auth(stack.prefix, 'scope'));
  const poolDomain = `${signInDomainPrefix(stack.prefix, Aws.ACCOUNT_ID)}.auth.${stack.region}.amazoncognito.com`;
  const other = signIn ? signIn.tokenOrigin : `https://${poolDomain}`;
  return {
    issuer,
    scope,
    origins: [`https://${partOf(issuer, 2)}`, ...(other === undefined ? [] : [other])],
  };
}

/**
 * The page's client at the issuer: in the stage's user pool one of its own, public, by authorization code;
 * at another issuer the one the settings name.
 * @param urls origins the page is served at
 */
export function createPageClient(stack: ParleyStack, { issuer, scope }: Issuer, urls: string[]): WebConfig {
  const { signIn } = stack.settings;
  const clientId = signIn ? signIn.clientId : createPoolClient(stack, issuer, scope, urls);
  return { issuer, clientId, scope: `openid profile ${scope}` };
}

function createPoolClient(stack: ParleyStack, issuer: string, scope: string, urls: string[]): string {
  const addresses = [...new Set(urls)].map((url) => `${url}/`);
  const client = new UserPoolClient(stack, 'PageClient', {
    // The issuer's address ends with the pool's id: https://cognito-idp.<region>.amazonaws.com/<pool>.
    userPool: UserPool.fromUserPoolId(stack, 'Users', partOf(issuer, 3)),
    // A page cannot keep a secret: PKCE takes its place.
    generateSecret: false,
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: [OAuthScope.OPENID, OAuthScope.PROFILE, OAuthScope.custom(scope)],
      callbackUrls: addresses,
      logoutUrls: addresses,
    },
    supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    accessTokenValidity: Duration.hours(1),
    idTokenValidity: Duration.hours(1),
    refreshTokenValidity: Duration.days(7),
    readAttributes: new ClientAttributes().withStandardAttributes({
      email: true,
      fullname: true,
      nickname: true,
    }),
    writeAttributes: new ClientAttributes().withStandardAttributes({ fullname: true, nickname: true }),
  });
  // Passwords are typed at the pool's own page and nowhere else.
  (client.node.defaultChild as CfnUserPoolClient).explicitAuthFlows = ['ALLOW_REFRESH_TOKEN_AUTH'];
  return client.userPoolClientId;
}

/** Part of an address between slashes: 2 is its host, 3 the first segment of its path. */
function partOf(address: string, index: number): string {
  return Fn.select(index, Fn.split('/', address));
}
