import { createHash, randomBytes } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { Machine } from '../testing/machine.ts';
import { awsSettings } from '../testing/sample-client.ts';
import { echoProgram, echoService, foundation, registry } from '../testing/sample-stacks.ts';

let machine: Machine;
const stacks = () => [foundation(), registry(), echoService()];
const signIn = (): string => `${machine.system.url}/local/sign-in`;
const tokenSet = z.object({
  access_token: z.string(),
  id_token: z.string(),
  refresh_token: z.string().optional(),
});

beforeAll(async () => {
  machine = await Machine.create();
  await machine.program('@sample/echo', { 'server.mjs': echoProgram });
  await machine.start(stacks());
});
afterAll(() => machine.remove());

async function tokenRequest(fields: Record<string, string>) {
  const answer = await fetch(`${signIn()}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  });
  return { status: answer.status, body: (await answer.json()) as unknown };
}

async function signInAs(user: string, more: Record<string, string> = {}) {
  const grant = { grant_type: 'urn:parley:local:sign-in-as', client_id: 'local', user, ...more };
  return tokenSet.parse((await tokenRequest(grant)).body);
}

const redirect_uri = 'http://127.0.0.1:5555/back';
const verifier = randomBytes(32).toString('base64url');
const request = () => ({
  client_id: 'local',
  redirect_uri,
  response_type: 'code',
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
  state: 'st',
  nonce: 'no',
});

async function codeFor(
  fields: Record<string, string>,
): Promise<{ status: number; location: URL | undefined; text: string }> {
  const body = new URLSearchParams({ ...request(), ...fields });
  const answer = await fetch(`${signIn()}/oauth2/authorize`, { method: 'POST', body, redirect: 'manual' });
  const location = answer.headers.get('location');
  return {
    status: answer.status,
    location: location ? new URL(location) : undefined,
    text: await answer.text(),
  };
}

test('tokens are verified by the keys at the address services are given, and carry the claims of Cognito', async () => {
  const { jwks } = await awsSettings(machine);
  const { access_token, id_token } = await signInAs('alice', { groups: 'admins, staff' });
  const { payload } = await jwtVerify(access_token, createRemoteJWKSet(new URL(jwks)));
  expect(payload).toMatchObject({
    iss: expect.stringMatching(/^https:\/\/cognito-idp\.us-east-1\.amazonaws\.com\/us-east-1_\w{9}$/),
    sub: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/),
    username: 'alice',
    client_id: 'local',
    token_use: 'access',
    scope: 'sample/chat openid profile email',
    'cognito:groups': ['admins', 'staff'],
  });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
  expect(decodeJwt(id_token)).toMatchObject({ aud: 'local', token_use: 'id', sub: payload.sub });
});

test('a user keeps the same id, users differ, and issuer and keys outlive a restart on another port', async () => {
  const before = decodeJwt((await signInAs('alice')).access_token);
  const kept = (await signInAs('bob')).access_token;
  await machine.stop();
  await machine.start(stacks());
  const after = decodeJwt((await signInAs('alice')).access_token);
  expect([after.sub, after.iss]).toEqual([before.sub, before.iss]);
  expect(decodeJwt(kept).sub).not.toBe(before.sub);
  const { jwks } = await awsSettings(machine);
  await jwtVerify(kept, createRemoteJWKSet(new URL(jwks)), { issuer: String(before.iss) });
});

test('a browser signs in by code and PKCE, once per code', async () => {
  const page = await fetch(`${signIn()}/oauth2/authorize?${new URLSearchParams(request()).toString()}`);
  expect(await page.text()).toContain('name="state" value="st"');
  expect(page.headers.get('content-security-policy')).toContain("form-action 'self' http://127.0.0.1:5555");
  const { status, location } = await codeFor({ user: 'alice' });
  expect([status, location?.origin, location?.searchParams.get('state')]).toEqual([
    302,
    'http://127.0.0.1:5555',
    'st',
  ]);
  const grant = {
    grant_type: 'authorization_code',
    client_id: 'local',
    redirect_uri,
    code: location?.searchParams.get('code') ?? '',
    code_verifier: verifier,
  };
  const { id_token, refresh_token } = tokenSet.parse((await tokenRequest(grant)).body);
  expect(decodeJwt(id_token)).toMatchObject({ 'cognito:username': 'alice', nonce: 'no' });
  expect(await tokenRequest(grant)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  const refreshed = await tokenRequest({
    grant_type: 'refresh_token',
    client_id: 'local',
    refresh_token: refresh_token ?? '',
  });
  expect(decodeJwt(tokenSet.parse(refreshed.body).access_token)).toMatchObject({ username: 'alice' });
});

test('a code is refused with another verifier', async () => {
  const { location } = await codeFor({ suggested: 'bob' });
  const code = location?.searchParams.get('code') ?? '';
  const grant = {
    grant_type: 'authorization_code',
    client_id: 'local',
    redirect_uri,
    code,
    code_verifier: 'x'.repeat(43),
  };
  expect(await tokenRequest(grant)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

test.each<[string, Record<string, string>]>([
  ['a page of another machine', { redirect_uri: 'https://attacker.example/back' }],
  ['a name that only begins like this machine', { redirect_uri: 'http://127.0.0.1.attacker.example/' }],
  ['an address with a user name', { redirect_uri: 'http://localhost@attacker.example/' }],
  ['no PKCE', { code_challenge: '' }],
  ['plain PKCE', { code_challenge_method: 'plain' }],
  ['an unknown client', { client_id: 'nobody' }],
  ['a user name with markup', { user: '<script>alert(1)</script>' }],
])('%s is refused, and nothing is redirected', async (_title, fields) => {
  const { status, location, text } = await codeFor({ user: 'alice', ...fields });
  expect([status, location]).toEqual([400, undefined]);
  expect(text).not.toContain('<script>alert');
});

test('a wrong user name for the terminal grant is explained', async () => {
  const fields = { grant_type: 'urn:parley:local:sign-in-as', client_id: 'local', user: 'No Such Name!' };
  expect(await tokenRequest(fields)).toMatchObject({
    status: 400,
    body: { error: 'invalid_request', error_description: expect.stringContaining('No Such Name!') },
  });
});

test('only scopes that exist are granted', async () => {
  const { access_token } = await signInAs('alice', { scope: 'openid sample/chat admin/everything' });
  expect(decodeJwt(access_token)['scope']).toBe('openid sample/chat');
});

test('the user of an access token is told; a refresh token is no access token', async () => {
  const { access_token, refresh_token } = await signInAs('carol');
  const ask = (token = ''): Promise<Response> =>
    fetch(`${signIn()}/oauth2/userInfo`, { headers: { authorization: `Bearer ${token}` } });
  expect(await (await ask(access_token)).json()).toMatchObject({ username: 'carol' });
  expect((await ask(refresh_token)).status).toBe(401);
});

test('discovery names the endpoints at the gateway and the issuer of the pool', async () => {
  const found = (await (await fetch(`${signIn()}/.well-known/openid-configuration`)).json()) as Record<
    string,
    string
  >;
  expect(found['issuer']).toMatch(/^https:\/\/cognito-idp\./);
  expect(found['token_endpoint']).toBe(`${signIn()}/oauth2/token`);
});

test('signing out leads back to this machine only', async () => {
  const out = await fetch(`${signIn()}/logout?logout_uri=https://attacker.example/`, { redirect: 'manual' });
  expect(new URL(out.headers.get('location') ?? '').origin).toBe(machine.system.url);
});

test.each(['authorize', 'token'])(
  'a form for %s that is too large or broken is refused',
  async (endpoint) => {
    const post = async (body: string, type: string) => {
      const headers = { 'content-type': type };
      return (await fetch(`${signIn()}/oauth2/${endpoint}`, { method: 'POST', body, headers })).status;
    };
    expect(await post(`user=${'x'.repeat(100_000)}`, 'application/x-www-form-urlencoded')).toBe(413);
    expect(await post('no form', 'multipart/form-data; boundary=b')).toBe(400);
  },
);
