import { localClientId, signInAsGrant, signInPath } from '@parley/local/sign-in';
import { z } from 'zod';
import { UserError } from '../errors.ts';

const tokenReply = z.object({ access_token: z.string(), expires_in: z.number() });
const renewBeforeMs = 60_000;

/** Gives access tokens of a user of the system that runs at `url`, and renews them in time. */
export function localSignIn(url: string, user: string): () => Promise<string> {
  let current: { token: string; until: number } | undefined;
  return async () => {
    if (current && Date.now() < current.until) return current.token;
    const { access_token: token, expires_in: seconds } = await fetchToken(url, user);
    current = { token, until: Date.now() + seconds * 1000 - renewBeforeMs };
    return token;
  };
}

async function fetchToken(url: string, user: string): Promise<z.infer<typeof tokenReply>> {
  const body = new URLSearchParams({ grant_type: signInAsGrant, client_id: localClientId, user });
  const response = await fetch(new URL(`${signInPath}/oauth2/token`, url), { method: 'POST', body }).catch(
    (cause: unknown) => {
      throw new UserError(`Nothing answers at ${url}. Start it with: npx pnpm start`, { cause });
    },
  );
  const reply: unknown = await response.json().catch(() => undefined);
  if (response.ok) return tokenReply.parse(reply);
  const reason = z.object({ error_description: z.string() }).safeParse(reply);
  throw new UserError(
    `Could not sign in as "${user}": ${reason.data?.error_description ?? `status ${response.status}`}`,
  );
}
