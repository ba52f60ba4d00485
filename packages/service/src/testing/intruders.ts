import { createHmac } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createTestIssuer, type TestIssuer } from './test-issuer.ts';

/**
 * Those who say they are `sub` and are not to be believed: who they are, and the Authorization header they send
 * to a service that takes the tokens of `issuer`. RFC 8725 names most of these attacks.
 */
export async function intruders(issuer: TestIssuer, sub: string): Promise<[string, string | undefined][]> {
  const { issuer: iss, scope, audience: aud, jwks } = issuer;
  const now = Math.floor(Date.now() / 1_000);
  const stranger = await createTestIssuer({ issuer: 'https://elsewhere.test', scope });
  const claims = { sub, iss, scope, aud, iat: now, exp: now + 3_600, token_use: 'access' };
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const forged = (header: object) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', ...header }).sign(privateKey);
  const bearer = async (token: string | Promise<string>) => `Bearer ${await token}`;
  return [
    ['nobody', undefined],
    ['somebody without a scheme', await issuer.mint({ sub })],
    ['somebody with a password', `Basic ${Buffer.from(`${sub}:secret`).toString('base64')}`],
    ['somebody with an empty token', 'Bearer '],
    ['somebody whose token expired', await bearer(issuer.mint({ sub, exp: now - 60 }))],
    ['somebody whose token never expires', await bearer(issuer.mint({ sub, exp: undefined }))],
    ['somebody whose token is not valid yet', await bearer(issuer.mint({ sub, nbf: now + 600 }))],
    ['a user of another issuer', await bearer(stranger.mint({ sub, aud }))],
    ['a user whose issuer is another in name', await bearer(issuer.mint({ sub, iss: `${iss}.evil.test` }))],
    ['a user of another audience', await bearer(issuer.mint({ sub, aud: 'another-client' }))],
    ['a user without an audience', await bearer(issuer.mint({ sub, aud: undefined }))],
    ['a user of another stage', await bearer(issuer.mint({ sub, scope: `${scope}-other` }))],
    ['a user without a scope', await bearer(issuer.mint({ sub, scope: undefined }))],
    ['a user with an identity token', await bearer(issuer.mint({ sub, token_use: 'id' }))],
    ['a user without a name', await bearer(issuer.mint({ sub: undefined }))],
    ['a forger with a key of their own', await bearer(forged({}))],
    ['a forger who names the real key', await bearer(forged({ kid: jwks.keys[0]?.kid }))],
    ['a forger who brings the key along', await bearer(forged({ jwk: await exportJWK(publicKey) }))],
    ['a forger who changed a token', await bearer(changed(await issuer.mint({ sub: 'mallory' }), claims))],
    ['a forger who signs nothing', await bearer(unsigned({ alg: 'none' }, claims))],
    ['a forger who signs with the public key', await bearer(signedWithPublicKey(issuer, claims))],
  ];
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function unsigned(header: object, claims: object): string {
  return `${part({ typ: 'JWT', ...header })}.${part(claims)}.`;
}

function changed(token: string, claims: object): string {
  const [header = '', , signature = ''] = token.split('.');
  return `${header}.${part(claims)}.${signature}`;
}

/** The attack on checkers that take the algorithm's name from the token: the public key as a shared secret. */
function signedWithPublicKey({ jwks }: TestIssuer, claims: object): string {
  const [key] = jwks.keys;
  const content = `${part({ alg: 'HS256', kid: key?.kid })}.${part(claims)}`;
  return `${content}.${createHmac('sha256', JSON.stringify(key)).update(content).digest('base64url')}`;
}
