import { randomUUID } from 'node:crypto';
import { type CryptoKey, SignJWT, importJWK, jwtVerify } from 'jose';
import { type LocalSecrets, userId } from './sign-in-keys.ts';

/** Seconds for which access and id tokens are valid, as Cognito's are. */
export const tokenLifetimeSeconds = 3600;
const refreshLifetime = '30d';
const algorithm = 'RS256';

/** Who signed in, and for what. */
export interface Grant {
  userName: string;
  groups: string[];
  clientId: string;
  scope: string;
  nonce?: string | undefined;
}

/** The answer of the token endpoint. */
export interface TokenSet {
  access_token: string;
  id_token: string;
  refresh_token?: string;
  token_type: 'Bearer';
  expires_in: number;
}

/** Mints and checks tokens with the claims of Cognito's. */
export class Tokens {
  readonly #secrets: LocalSecrets;
  readonly #key: Promise<CryptoKey | Uint8Array>;

  constructor(secrets: LocalSecrets) {
    this.#secrets = secrets;
    this.#key = importJWK(secrets.privateKey, algorithm);
  }

  /** The public keys, for services to verify with. */
  jwks(): { keys: object[] } {
    const { kty, n, e } = this.#secrets.privateKey;
    return { keys: [{ kty, n, e, kid: this.#secrets.kid, alg: algorithm, use: 'sig' }] };
  }

  /** @param issuer the name tokens are issued in; @param withRefresh false when a refresh token was given */
  async issue(issuer: string, grant: Grant, withRefresh: boolean): Promise<TokenSet> {
    const { userName, groups, clientId, scope, nonce } = grant;
    const shared = {
      sub: userId(this.#secrets.salt, userName),
      auth_time: Math.floor(Date.now() / 1000),
      origin_jti: randomUUID(),
      ...(groups.length > 0 ? { 'cognito:groups': groups } : {}),
    };
    const lifetime = `${tokenLifetimeSeconds}s`;
    const access = {
      ...shared,
      token_use: 'access',
      client_id: clientId,
      scope,
      username: userName,
      version: 2,
    };
    const id = {
      ...shared,
      token_use: 'id',
      aud: clientId,
      'cognito:username': userName,
      name: userName,
      email: `${userName}@localhost`,
      email_verified: true,
      ...(nonce === undefined ? {} : { nonce }),
    };
    return {
      access_token: await this.#sign(issuer, access, lifetime),
      id_token: await this.#sign(issuer, id, lifetime),
      ...(withRefresh
        ? { refresh_token: await this.#sign(issuer, refreshClaims(grant), refreshLifetime) }
        : {}),
      token_type: 'Bearer',
      expires_in: tokenLifetimeSeconds,
    };
  }

  /** The grant behind a refresh token, or undefined when it is not valid for this client. */
  async grantOf(issuer: string, refreshToken: string, clientId: string): Promise<Grant | undefined> {
    const claims = await this.#verify(issuer, refreshToken);
    if (claims?.['token_use'] !== 'refresh' || claims['client_id'] !== clientId) return undefined;
    const groups = Array.isArray(claims['groups']) ? claims['groups'].map(String) : [];
    return { userName: String(claims['username']), groups, clientId, scope: String(claims['scope']) };
  }

  /** The user info behind an access token, or undefined when it is not valid. */
  async userInfo(issuer: string, accessToken: string): Promise<Record<string, unknown> | undefined> {
    const claims = await this.#verify(issuer, accessToken);
    if (claims?.['token_use'] !== 'access') return undefined;
    const username = String(claims['username']);
    return { sub: claims['sub'], username, name: username, email: `${username}@localhost` };
  }

  async #verify(issuer: string, token: string): Promise<Record<string, unknown> | undefined> {
    try {
      const { kty, n, e } = this.#secrets.privateKey;
      const key = await importJWK({ kty, n, e } as Parameters<typeof importJWK>[0], algorithm);
      return (await jwtVerify(token, key, { issuer, algorithms: [algorithm] })).payload;
    } catch {
      return undefined;
    }
  }

  async #sign(issuer: string, claims: Record<string, unknown>, lifetime: string): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, kid: this.#secrets.kid })
      .setIssuer(issuer)
      .setIssuedAt()
      .setJti(randomUUID())
      .setExpirationTime(lifetime)
      .sign(await this.#key);
  }
}

function refreshClaims({ userName, groups, clientId, scope }: Grant): Record<string, unknown> {
  return { token_use: 'refresh', username: userName, groups, client_id: clientId, scope };
}
