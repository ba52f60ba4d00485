import { createHash, randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import * as z from 'zod';
import { isLoopbackUrl } from '../gateway/local-hosts.ts';
import { signInAsGrant, signInPath } from './names.ts';
import { type Pool, grantedScope } from './pool.ts';
import { groupsPattern, problemPage, signInPage, userNamePattern } from './sign-in-page.ts';
import type { Grant, Tokens } from './tokens.ts';

const codeLifetimeMs = 60_000;
/** Any page on the internet can send a form here, though it cannot read the answer. */
const formBytesMax = 64 * 1024;
const userName = z.string().regex(new RegExp(`^${userNamePattern}$`));
const groupNames = z.string().regex(new RegExp(`^(${groupsPattern})?$`));

interface Code extends Grant {
  redirectUri: string;
  challenge: string;
  expires: number;
}

export interface IssuerOptions {
  tokens: Tokens;
  /** The running stacks' user pool. */
  pool(): Pool | undefined;
  /** Origin of the gateway. */
  origin(): string;
}

/** An OIDC issuer that imitates Cognito: authorization code with PKCE, refresh, and sign-in by name for terminals. */
export function createIssuer({ tokens, pool, origin }: IssuerOptions): Hono {
  const app = new Hono().basePath(signInPath);
  const codes = new Map<string, Code>();

  app.use(async (context, next) => {
    if (!pool()) return context.html(problemPage('The running stacks have no user pool.'), 404);
    await next();
  });
  app.use(bodyLimit({ maxSize: formBytesMax }));
  app.get('/.well-known/openid-configuration', (context) =>
    // As the page that asks knows this machine: localhost and 127.0.0.1 are two origins to a browser.
    context.json(discovery(new URL(context.req.url).origin + signInPath, requirePool(pool))),
  );
  app.get('/.well-known/jwks.json', (context) => context.json(tokens.jwks()));
  app.get('/jwks.json', (context) => context.json(tokens.jwks()));

  app.get('/oauth2/authorize', (context) => {
    const checked = checkAuthorization(context.req.query(), requirePool(pool));
    if ('problem' in checked) return context.html(problemPage(checked.problem), 400);
    allowFormTo(context, checked.redirect_uri);
    return context.html(signInPage(context.req.query()));
  });

  app.post('/oauth2/authorize', async (context) => {
    const form = await fieldsOf(context);
    const checked = checkAuthorization(form, requirePool(pool));
    if ('problem' in checked) return context.html(problemPage(checked.problem), 400);
    const person = checkPerson(form['suggested'] ?? form['user'], form['groups']);
    if ('problem' in person) return context.html(problemPage(person.problem), 400);
    const code = randomBytes(24).toString('base64url');
    codes.set(code, {
      ...person,
      clientId: checked.client_id,
      scope: grantedScope(requirePool(pool), checked.scope),
      nonce: checked.nonce,
      redirectUri: checked.redirect_uri,
      challenge: checked.code_challenge,
      expires: Date.now() + codeLifetimeMs,
    });
    const back = new URL(checked.redirect_uri);
    back.searchParams.set('code', code);
    if (checked.state !== undefined) back.searchParams.set('state', checked.state);
    allowFormTo(context, checked.redirect_uri);
    return context.redirect(back.href);
  });

  app.post('/oauth2/token', async (context) => {
    const form = await fieldsOf(context);
    const { issuer } = requirePool(pool);
    context.header('cache-control', 'no-store');
    const grant = await grantFor(form, codes, tokens, requirePool(pool));
    if ('error' in grant) return context.json(grant, 400);
    return context.json(await tokens.issue(issuer, grant, form['grant_type'] !== 'refresh_token'));
  });

  app.get('/oauth2/userInfo', async (context) => {
    const token = /^Bearer (.+)$/i.exec(context.req.header('authorization') ?? '')?.[1] ?? '';
    const info = await tokens.userInfo(requirePool(pool).issuer, token);
    return info ? context.json(info) : context.json({ error: 'invalid_token' }, 401);
  });

  app.get('/logout', (context) => {
    const target = context.req.query('logout_uri') ?? origin();
    return context.redirect(isLoopbackUrl(target) ? target : origin());
  });
  return app;
}

function discovery(base: string, { issuer, scopes }: Pool): object {
  return {
    issuer,
    authorization_endpoint: `${base}/oauth2/authorize`,
    token_endpoint: `${base}/oauth2/token`,
    userinfo_endpoint: `${base}/oauth2/userInfo`,
    end_session_endpoint: `${base}/logout`,
    jwks_uri: `${base}/.well-known/jwks.json`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token', signInAsGrant],
    code_challenge_methods_supported: ['S256'],
    id_token_signing_alg_values_supported: ['RS256'],
    subject_types_supported: ['public'],
    token_endpoint_auth_methods_supported: ['none'],
    scopes_supported: scopes,
  };
}

const authorization = z.object({
  client_id: z.string(),
  redirect_uri: z.string(),
  response_type: z.literal('code'),
  code_challenge: z.string().regex(/^[\w-]{43}$/),
  code_challenge_method: z.literal('S256'),
  scope: z.string().optional(),
  state: z.string().optional(),
  nonce: z.string().optional(),
});

function checkAuthorization(
  fields: unknown,
  pool: Pool,
): z.infer<typeof authorization> | { problem: string } {
  const parsed = authorization.safeParse(fields);
  if (!parsed.success) return { problem: `The request is not right: ${z.prettifyError(parsed.error)}` };
  const { client_id, redirect_uri } = parsed.data;
  if (!pool.clientIds.includes(client_id)) {
    return { problem: `client_id is ${client_id}; known are ${pool.clientIds.join(', ')}.` };
  }
  if (!isLoopbackUrl(redirect_uri)) {
    return {
      problem: `redirect_uri is ${redirect_uri}; it must be an address of this machine (http://127.0.0.1:…).`,
    };
  }
  return parsed.data;
}

function checkPerson(
  user: string | undefined,
  groups = '',
): { userName: string; groups: string[] } | { problem: string } {
  const name = userName.safeParse(user);
  if (!name.success) {
    return {
      problem: `The user name is ${JSON.stringify(user ?? '')}; expected up to 32 of a-z, 0-9, ".", "_" and "-", such as alice.`,
    };
  }
  const list = groupNames.safeParse(groups.trim());
  if (!list.success)
    return { problem: `The groups are ${JSON.stringify(groups)}; write names separated by commas.` };
  return { userName: name.data, groups: list.data.split(',').flatMap((group) => group.trim() || []) };
}

type Refusal = { error: string; error_description: string };

async function grantFor(
  form: Record<string, string>,
  codes: Map<string, Code>,
  tokens: Tokens,
  pool: Pool,
): Promise<Grant | Refusal> {
  const clientId = form['client_id'] ?? '';
  if (!pool.clientIds.includes(clientId)) {
    return {
      error: 'invalid_client',
      error_description: `client_id is ${clientId}; known are ${pool.clientIds.join(', ')}.`,
    };
  }
  switch (form['grant_type']) {
    case 'authorization_code':
      return redeem(form, codes, clientId);
    case 'refresh_token': {
      const grant = await tokens.grantOf(pool.issuer, form['refresh_token'] ?? '', clientId);
      return (
        grant ?? {
          error: 'invalid_grant',
          error_description: 'The refresh token is not valid: sign in again.',
        }
      );
    }
    case signInAsGrant: {
      const person = checkPerson(form['user'], form['groups']);
      if ('problem' in person) return { error: 'invalid_request', error_description: person.problem };
      return { ...person, clientId, scope: grantedScope(pool, form['scope']) };
    }
    default:
      return {
        error: 'unsupported_grant_type',
        error_description: `grant_type is ${form['grant_type'] ?? '(missing)'}.`,
      };
  }
}

/** A code works once, within its time, for the client, address and verifier it was made for. */
function redeem(form: Record<string, string>, codes: Map<string, Code>, clientId: string): Grant | Refusal {
  const key = form['code'] ?? '';
  const code = codes.get(key);
  codes.delete(key);
  const challenge = createHash('sha256')
    .update(form['code_verifier'] ?? '')
    .digest('base64url');
  const right =
    code !== undefined &&
    code.expires > Date.now() &&
    code.clientId === clientId &&
    code.redirectUri === form['redirect_uri'] &&
    code.challenge === challenge;
  return right
    ? code
    : { error: 'invalid_grant', error_description: 'The code is wrong, used or too old: sign in again.' };
}

/** The form may be sent here, and its answer may lead to the client's page only. */
function allowFormTo(context: Context, redirectUri: string): void {
  const { origin } = new URL(redirectUri);
  context.header(
    'content-security-policy',
    `default-src 'none'; style-src 'self'; form-action 'self' ${origin}; frame-ancestors 'none'; base-uri 'none'`,
  );
}

async function fieldsOf(context: Context): Promise<Record<string, string>> {
  const form = await context.req.parseBody().catch((cause: unknown) => {
    throw new HTTPException(400, { message: 'The form cannot be read.', cause });
  });
  return Object.fromEntries(
    Object.entries(form).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

function requirePool(pool: () => Pool | undefined): Pool {
  const found = pool();
  if (!found) throw new Error('The running stacks have no user pool.');
  return found;
}
