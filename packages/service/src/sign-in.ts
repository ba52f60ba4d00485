import type { MiddlewareHandler } from 'hono';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { isUserPool } from '@parley/contract/names';
import type { Configuration, httpServiceSettings } from './config.ts';
import { HttpError } from './errors.ts';
import type { ServiceEnv, User } from './service-env.ts';
import { createVerifiedTokens } from './verified-tokens.ts';

export interface SignInOptions {
  /** The only issuer whose tokens count, as the `iss` claim spells it. */
  issuer: string;
  /** The scope a token must carry. */
  scope: string;
  /** What the `aud` claim must be, or have among others. Default: not looked at, as Cognito's access tokens have none. */
  audience?: string | undefined;
  /** Where the issuer's keys are. Default `<issuer>/.well-known/jwks.json`. */
  jwksUrl?: string | undefined;
  /** Instead of `jwksUrl`: finds the key of a token. */
  keys?: JWTVerifyGetKey;
  /** Now. Default the system's clock. */
  clock?: () => Date;
}

/** Whose tokens count, as the service's configuration says. */
export function signInOptions(
  config: Pick<
    Configuration<typeof httpServiceSettings>,
    'authIssuer' | 'authScope' | 'authAudience' | 'authJwksUrl'
  >,
): SignInOptions {
  const { authIssuer: issuer, authScope: scope, authAudience: audience, authJwksUrl: jwksUrl } = config;
  return { issuer, scope, audience, jwksUrl };
}

/** How far an issuer's clock may be from ours. */
const clockToleranceSeconds = 5;
const keysTimeoutMilliseconds = 3_000;
/** Signatures that need the issuer's private key: with a shared secret, anyone who checks could also mint. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/**
 * Middleware: verifies the bearer token and sets `user`. Without a valid token it throws
 * `not-signed-in` (401); when the issuer's keys cannot be fetched, `unavailable` (503).
 */
export function signIn(options: SignInOptions): MiddlewareHandler<ServiceEnv> {
  const verify = tokenVerifier(options);
  return async (c, next) => {
    c.set('user', await verify(c.req.header('authorization')));
    await next();
  };
}

/** Verifies the value of an `Authorization` header. Errors as `signIn`. */
function tokenVerifier(options: SignInOptions): (authorization: string | undefined) => Promise<User> {
  const { issuer, scope, audience, clock = () => new Date() } = options;
  const keys = reachable(options.keys ?? remoteKeys(options), issuer);
  const verified = createVerifiedTokens(clock);
  return async (authorization) => {
    const token = bearerToken(authorization);
    const known = verified.userOf(token);
    if (known) return known;
    const checks = { issuer, algorithms, clockTolerance: clockToleranceSeconds, currentDate: clock() };
    const claims = { requiredClaims: ['exp', 'sub'], ...(audience !== undefined && { audience }) };
    const { payload } = await jwtVerify(token, keys, { ...checks, ...claims }).catch((error: unknown) => {
      throw refusal(error, options);
    });
    requireAccessToken(payload, issuer);
    requireScope(payload, scope);
    const user = userOf(payload);
    verified.add(token, user, payload.exp ?? 0);
    return user;
  };
}

function remoteKeys({ issuer, jwksUrl }: SignInOptions): JWTVerifyGetKey {
  const url = jwksUrl ?? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`;
  return createRemoteJWKSet(new URL(url), { timeoutDuration: keysTimeoutMilliseconds });
}

/** Tells "this token's key is not the issuer's" from "the issuer's keys cannot be had". */
function reachable(keys: JWTVerifyGetKey, issuer: string): JWTVerifyGetKey {
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys)
        throw cause;
      if (cause instanceof errors.JOSENotSupported) throw cause;
      const message = `The keys of the issuer ${issuer} cannot be fetched, so nobody can be signed in. Try again soon.`;
      throw new HttpError('unavailable', message, { cause, headers: { 'retry-after': '5' } });
    }
  };
}

function bearerToken(authorization: string | undefined): string {
  if (!authorization) throw notSignedIn('No token: send the header "Authorization: Bearer <access token>".');
  const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (token) return token;
  throw notSignedIn(
    'The Authorization header is not a bearer token: expected "Authorization: Bearer <access token>".',
    'invalid_request',
  );
}

function refusal(error: unknown, expected: SignInOptions): unknown {
  if (error instanceof HttpError || !(error instanceof errors.JOSEError)) return error;
  return notSignedIn(wording(error, expected), 'invalid_token', { cause: error });
}

function wording(error: errors.JOSEError, expected: SignInOptions): string {
  if (error instanceof errors.JWTExpired) {
    const expired = new Date((error.payload.exp ?? 0) * 1_000).toISOString();
    return `The token expired at ${expired}: sign in again.`;
  }
  if (error instanceof errors.JWTClaimValidationFailed) return claimWording(error, expected);
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed) {
    return `The token's signature is not of the issuer ${expected.issuer}: sign in again.`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return `The token is signed in a way that is not accepted: expected one of ${algorithms.join(', ')}.`;
  }
  return 'The token is not a JSON Web Token: send the access token the issuer gave, unchanged.';
}

function claimWording(
  { claim, payload }: errors.JWTClaimValidationFailed,
  { issuer, audience }: SignInOptions,
): string {
  if (claim === 'iss') {
    return `The token is of another issuer: got ${shown(payload.iss)}, expected "${issuer}". Sign in with that issuer.`;
  }
  if (claim === 'aud') {
    return `The token is for another audience: got ${shown(payload.aud)}, expected "${audience}". Sign in with the client of this stage.`;
  }
  if (claim === 'nbf')
    return 'The token is not valid yet: check the clock of the issuer, then sign in again.';
  return `The token's claim "${claim}" is missing or wrong, got ${shown(payload[claim])}: sign in again.`;
}

function requireAccessToken({ token_use: use }: JWTPayload, issuer: string): void {
  if (use === 'access' || (use === undefined && !isUserPool(issuer))) return;
  throw notSignedIn(
    `The token is not an access token: token_use is ${shown(use)}, expected "access". Send the access token.`,
    'invalid_token',
  );
}

function requireScope(payload: JWTPayload, scope: string): void {
  const granted = scopesOf(payload);
  if (granted.includes(scope)) return;
  const got = granted.length > 0 ? granted.join(' ') : 'none';
  throw notSignedIn(
    `The token lacks the scope "${scope}", it has: ${got}. Sign in again and ask for that scope.`,
    'insufficient_scope',
    { scope },
  );
}

/** `scope` is a list in one string (RFC 9068); some issuers send `scp`, a list. */
function scopesOf({ scope, scp }: JWTPayload): string[] {
  const claim = scope ?? scp;
  if (typeof claim === 'string') return claim.split(' ').filter(Boolean);
  return textsOf(claim);
}

function userOf(payload: JWTPayload): User {
  const { sub } = payload;
  if (typeof sub !== 'string' || sub === '') {
    throw notSignedIn(
      `The token's claim "sub" is ${shown(sub)}, expected some text: sign in again.`,
      'invalid_token',
    );
  }
  const names = textsOf([payload['name'], payload['preferred_username'], payload['username']]);
  return { sub, groups: textsOf(payload['cognito:groups']), name: names[0] ?? sub };
}

function textsOf(claim: unknown): string[] {
  return Array.isArray(claim)
    ? claim.filter((each): each is string => typeof each === 'string' && each !== '')
    : [];
}

interface ChallengeOptions extends ErrorOptions {
  scope?: string;
}

/** RFC 6750: a request without a token gets the bare challenge, others the kind of error too. */
function notSignedIn(
  message: string,
  kind?: string,
  { scope, ...options }: ChallengeOptions = {},
): HttpError {
  const parts = [
    'realm="parley"',
    ...(kind ? [`error="${kind}"`] : []),
    ...(scope ? [`scope="${scope}"`] : []),
  ];
  return new HttpError('not-signed-in', message, {
    ...options,
    headers: { 'www-authenticate': `Bearer ${parts.join(', ')}` },
  });
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 100);
}
