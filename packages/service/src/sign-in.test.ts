import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLog } from './log.ts';
import { createService } from './server.ts';
import { signIn, type SignInOptions } from './sign-in.ts';
import { createTestIssuer, type TestClaims, type TestIssuer } from './testing/test-issuer.ts';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await createTestIssuer();
});

function guarded(options: Partial<SignInOptions> = {}) {
  const lines: string[] = [];
  const service = createService({
    name: 'test',
    healthPath: '/health',
    log: createLog({ write: (l) => lines.push(l) }),
  });
  const { issuer: name, scope, keys } = issuer;
  const source = options.jwksUrl ? {} : { keys };
  service.app.use('/api/*', signIn({ issuer: name, scope, ...source, ...options }));
  service.app.get('/api/me', (c) => c.json(c.get('user')));
  const get = (authorization?: string) =>
    service.app.request('/api/me', authorization === undefined ? {} : { headers: { authorization } });
  return { get, lines, with: async (claims: TestClaims) => get(`Bearer ${await issuer.mint(claims)}`) };
}

async function refusalOf(response: Response) {
  const { error } = (await response.json()) as {
    error: { code: string; message: string; requestId: string };
  };
  return { status: response.status, challenge: response.headers.get('www-authenticate'), ...error };
}

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

describe('a valid token', () => {
  it('tells who the user is', async () => {
    const response = await guarded().with({ sub: 'u-1', 'cognito:groups': ['staff'], name: 'Ana' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ sub: 'u-1', groups: ['staff'], name: 'Ana' });
  });

  it('without a name or groups gives a user without groups, called by the user name or the sub', async () => {
    expect(await (await guarded().with({ sub: 'u-1' })).json()).toEqual({
      sub: 'u-1',
      groups: [],
      name: 'u-1',
    });
    expect(await (await guarded().with({ sub: 'u-1', username: 'ana' })).json()).toMatchObject({
      name: 'ana',
    });
  });

  it('with groups that are no list of texts gives no groups', async () => {
    const response = await guarded().with({ 'cognito:groups': 'staff' as unknown as string[] });
    expect(await response.json()).toMatchObject({ groups: [] });
  });

  it('may carry more scopes, in `scope` or in `scp`', async () => {
    const { scope } = issuer;
    expect((await guarded().with({ scope: `openid ${scope} email` })).status).toBe(200);
    expect((await guarded().with({ scope: undefined, scp: ['openid', scope] })).status).toBe(200);
  });

  it('is verified again each minute, and counts no longer than it says', async () => {
    let now = Date.now();
    let looks = 0;
    const keys: SignInOptions['keys'] = (header, jws) => {
      looks += 1;
      return issuer.keys(header, jws);
    };
    const { get } = guarded({ keys, clock: () => new Date(now) });
    const authorization = `Bearer ${await issuer.mint({ exp: inSeconds(90) })}`;
    const statusAfter = async (seconds: number) => {
      now += seconds * 1_000;
      return (await get(authorization)).status;
    };
    expect([await statusAfter(0), await statusAfter(59), looks]).toEqual([200, 200, 1]);
    expect([await statusAfter(2), looks]).toEqual([200, 2]);
    expect([await statusAfter(40), looks]).toEqual([401, 3]);
  });

  it('vouches for no other one', async () => {
    const { get } = guarded();
    const authorization = `Bearer ${await issuer.mint()}`;
    expect((await get(authorization)).status).toBe(200);
    const [header, , signature] = authorization.split('.');
    const [, claims] = (await issuer.mint({ sub: 'somebody-else' })).split('.');
    expect((await get([header, claims, signature].join('.'))).status).toBe(401);
  });

  it('counts for a few seconds more when the clocks differ', async () => {
    expect((await guarded().with({ exp: inSeconds(-2) })).status).toBe(200);
    expect((await guarded().with({ nbf: inSeconds(2) })).status).toBe(200);
    expect((await guarded().with({ exp: inSeconds(-20) })).status).toBe(401);
    expect((await guarded().with({ nbf: inSeconds(20) })).status).toBe(401);
  });
});

describe('an audience', () => {
  const audience = 'https://chat.test';

  it('is not asked of a token unless the service is told one', async () => {
    expect((await guarded().with({})).status).toBe(200);
    expect((await guarded().with({ aud: 'https://other.test' })).status).toBe(200);
  });

  it.each([[audience], [['https://other.test', audience]]])('is taken as %j', async (aud) => {
    expect((await guarded({ audience }).with({ aud })).status).toBe(200);
  });

  it.each<[string, TestClaims]>([
    ['missing', {}],
    ['"https://other.test"', { aud: 'https://other.test' }],
    ['["https://other.test","https://chat.test/more"]', { aud: ['https://other.test', `${audience}/more`] }],
    ['""', { aud: '' }],
    ['[]', { aud: [] }],
  ])('that is %s is refused, and the refusal says so', async (got, claims) => {
    const refusal = await refusalOf(await guarded({ audience }).with(claims));
    expect(refusal).toMatchObject({ status: 401, code: 'not-signed-in' });
    expect(refusal.challenge).toContain('error="invalid_token"');
    expect(refusal.message).toContain(`for another audience: got ${got}, expected "${audience}"`);
  });

  it('does not stand in for the scope', async () => {
    const refusal = await refusalOf(await guarded({ audience }).with({ aud: audience, scope: 'openid' }));
    expect(refusal.message).toContain('lacks the scope');
  });
});

describe('a request that is refused gets 401 and says why', () => {
  it('when it has no token', async () => {
    const refusal = await refusalOf(await guarded().get());
    expect(refusal).toMatchObject({ status: 401, code: 'not-signed-in', challenge: 'Bearer realm="parley"' });
    expect(refusal.message).toContain('Authorization: Bearer');
    expect(refusal.requestId).toBeTruthy();
  });

  it.each(['Basic abc', 'Bearer', 'Bearer ', 'Bearer a b', 'abc'])(
    'when the header is "%s"',
    async (header) => {
      const refusal = await refusalOf(await guarded().get(header));
      expect(refusal).toMatchObject({
        status: 401,
        challenge: 'Bearer realm="parley", error="invalid_request"',
      });
    },
  );

  it.each(['abc', 'a.b.c', 'e30.e30.', '{}'])('when the token is "%s"', async (token) => {
    const refusal = await refusalOf(await guarded().get(`Bearer ${token}`));
    expect(refusal).toMatchObject({ status: 401, challenge: 'Bearer realm="parley", error="invalid_token"' });
    expect(refusal.message).toContain('not a JSON Web Token');
  });

  it.each<[string, TestClaims, string]>([
    ['it expired', { exp: 1_700_000_000 }, 'expired at 2023-11-14T22:13:20.000Z'],
    ['it never expires', { exp: undefined }, '"exp" is missing'],
    ['it is not valid yet', { nbf: inSeconds(60) }, 'not valid yet'],
    [
      'another issuer minted it',
      { iss: 'https://other.test' },
      'got "https://other.test", expected "https://issuer.test"',
    ],
    ['it names no issuer', { iss: undefined }, 'got missing, expected "https://issuer.test"'],
    ['it names no user', { sub: undefined }, '"sub"'],
    ['its user is empty', { sub: '' }, '"sub" is ""'],
    ['it is an id token', { token_use: 'id' }, 'token_use is "id", expected "access"'],
  ])('when %s', async (_, claims, words) => {
    const refusal = await refusalOf(await guarded().with(claims));
    expect(refusal).toMatchObject({ status: 401, code: 'not-signed-in' });
    expect(refusal.challenge).toContain('error="invalid_token"');
    expect(refusal.message).toContain(words);
  });

  it.each<[string, TestClaims]>([
    ['none', { scope: undefined }],
    ['parley-dev/chat', { scope: 'parley-dev/chat' }],
    ['parley-test/chatter', { scope: 'parley-test/chatter' }],
  ])('when its scope is %s', async (got, claims) => {
    const refusal = await refusalOf(await guarded().with(claims));
    expect(refusal.status).toBe(401);
    expect(refusal.challenge).toBe(
      'Bearer realm="parley", error="insufficient_scope", scope="parley-test/chat"',
    );
    expect(refusal.message).toContain(`lacks the scope "parley-test/chat", it has: ${got}`);
  });

  it('when another key signed it, even under the key id of the issuer', async () => {
    const stranger = await createTestIssuer();
    const { get } = guarded();
    expect((await get(`Bearer ${await stranger.mint()}`)).status).toBe(401);
    const claims = { iss: issuer.issuer, sub: 'mallory', scope: issuer.scope };
    const forged = (await stranger.mint(claims)).split('.');
    const [header] = (await issuer.mint(claims)).split('.');
    const refusal = await refusalOf(await get([`Bearer ${header}`, ...forged.slice(1)].join('.')));
    expect(refusal).toMatchObject({ status: 401 });
    expect(refusal.message).toContain('signature');
  });

  it('when it is not signed, or signed with a shared secret', async () => {
    const claims = { sub: 'mallory', scope: issuer.scope, iss: issuer.issuer, exp: inSeconds(60) };
    const { get } = guarded();
    expect((await get(`Bearer ${new UnsecuredJWT(claims).encode()}`)).status).toBe(401);
    const secret = new TextEncoder().encode(JSON.stringify(issuer.jwks.keys[0]));
    const symmetric = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret);
    const refusal = await refusalOf(await get(`Bearer ${symmetric}`));
    expect(refusal.message).toContain('expected one of RS256');
  });

  it('and never has the token in the answer or the log', async () => {
    const { get, lines } = guarded();
    const token = await issuer.mint({ exp: 1_700_000_000 });
    const answer = await (await get(`Bearer ${token}`)).text();
    expect(answer + lines.join('')).not.toContain(token.split('.')[1]);
  });
});

describe('on Cognito', () => {
  const cognito = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc';

  it('only access tokens count', async () => {
    const guard = guarded({ issuer: cognito });
    expect((await guard.with({ iss: cognito, token_use: 'access' })).status).toBe(200);
    expect((await guard.with({ iss: cognito, token_use: 'id' })).status).toBe(401);
    expect((await guard.with({ iss: cognito, token_use: undefined })).status).toBe(401);
  });

  it('is the only place where a token must say what it is for', async () => {
    expect((await guarded().with({ token_use: undefined })).status).toBe(200);
  });
});

describe('the issuer’s keys', () => {
  it('are fetched from the given address, once', async () => {
    const server = await issuer.serveKeys();
    const guard = guarded({ jwksUrl: server.url });
    expect((await guard.with({})).status).toBe(200);
    expect((await guard.with({})).status).toBe(200);
    expect(server.requests()).toBe(1);
    await server.close();
  });

  it('are looked for below the issuer when no address is given', async () => {
    const paths: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url);
      response.end(JSON.stringify(issuer.jwks));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const name = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pool`;
    const service = createService({
      name: 'test',
      healthPath: '/health',
      log: createLog({ write: () => {} }),
    });
    service.app.use(signIn({ issuer: name, scope: issuer.scope }));
    service.app.get('/', (c) => c.text(c.get('user').sub));
    const headers = await issuer.headers({ iss: name });
    expect((await service.app.request('/', { headers })).status).toBe(200);
    expect(paths).toEqual(['/pool/.well-known/jwks.json']);
    server.closeAllConnections();
    server.close();
  });

  it('that cannot be had make it 503, since the token may be good', async () => {
    const server = await issuer.serveKeys();
    await server.close();
    const guard = guarded({ jwksUrl: server.url });
    const refusal = await refusalOf(await guard.with({}));
    expect(refusal).toMatchObject({ status: 503, code: 'unavailable', challenge: null });
    expect(refusal.message).toContain('https://issuer.test');
    expect(guard.lines.join('')).toContain('ECONNREFUSED');
  });

  it('that come as rubbish make it 503 as well', async () => {
    for (const [status, body] of [
      [500, '{}'],
      [200, 'no json'],
      [200, '{"keys":7}'],
    ] as const) {
      const server = createServer((_, response) => response.writeHead(status).end(body));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      expect((await guarded({ jwksUrl }).with({})).status).toBe(503);
      server.closeAllConnections();
      server.close();
    }
  });
});
