import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';

/** An issuer for tests: real keys, real signatures, any claim. */
export interface TestIssuer {
  issuer: string;
  scope: string;
  /** The audience that its tokens have; none unless it was asked for. */
  audience?: string;
  /** For `signIn({ keys })`: finds the issuer's key without a network. */
  keys: JWTVerifyGetKey;
  jwks: JSONWebKeySet;
  /** A token of `sub` with the issuer, the scope and an hour to live; `claims` wins, `undefined` leaves a claim out. */
  mint(claims?: TestClaims): Promise<string>;
  /** The headers of a request that `mint(claims)` signs in. */
  headers(claims?: TestClaims): Promise<{ authorization: string }>;
  /** Serves the keys on 127.0.0.1, for `signIn({ jwksUrl })`. */
  serveKeys(): Promise<{ url: string; requests: () => number; close(): Promise<void> }>;
}

export type TestClaims = JWTPayload & { 'cognito:groups'?: string[]; name?: string };

export interface TestIssuerOptions {
  /** Default `https://issuer.test`. */
  issuer?: string;
  /** Default `parley-test/chat`. */
  scope?: string;
  /** Default: tokens have none, as Cognito's access tokens. */
  audience?: string;
}

const algorithm = 'ES256';

/** Creates an issuer with a key pair of its own. */
export async function createTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  const { issuer = 'https://issuer.test', scope = 'parley-test/chat', audience } = options;
  const common = { iss: issuer, scope, ...(audience !== undefined && { aud: audience }) };
  const { publicKey, privateKey } = await generateKeyPair(algorithm);
  const kid = randomUUID();
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' }] };
  const mint = (claims: TestClaims = {}) => signed(privateKey, kid, { ...common, ...claims });
  return {
    issuer,
    scope,
    ...(audience !== undefined && { audience }),
    jwks,
    mint,
    keys: createLocalJWKSet(jwks),
    headers: async (claims) => ({ authorization: `Bearer ${await mint(claims)}` }),
    serveKeys: () => serveJson(jwks),
  };
}

function signed(key: CryptoKey, kid: string, claims: JWTPayload): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const defaults = { sub: 'alice', iat: now, exp: now + 3_600, token_use: 'access' };
  return new SignJWT({ ...defaults, ...claims }).setProtectedHeader({ alg: algorithm, kid }).sign(key);
}

async function serveJson(body: unknown) {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/jwks.json`,
    requests: () => requests,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
