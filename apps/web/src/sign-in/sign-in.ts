import type { TokenSource } from '../api/client.ts';
import { ApiError } from '../api/errors.ts';
import { forgetDrafts } from '../thread/draft.ts';
import type { SiteConfig } from '../site/config.ts';
import { challengeOf, randomText } from './pkce.ts';

/** The parts of OIDC discovery that are used here. */
interface Metadata {
  authorization_endpoint: string;
  token_endpoint: string;
  end_session_endpoint?: string;
}

interface Tokens {
  access: string;
  refresh?: string;
  /** Milliseconds since 1970. */
  expires: number;
}

interface Attempt {
  verifier: string;
  state: string;
  returnTo: string;
}

/** What the issuer's error codes mean to a user; its own descriptions are for developers. */
const refusals: Readonly<Record<string, string>> = {
  access_denied: 'The sign-in was refused or given up. Try again, or ask whoever runs this site for access.',
  temporarily_unavailable: 'The sign-in server is busy. Try again in a moment.',
  server_error: 'The sign-in server had a fault. Try again in a moment.',
  invalid_scope: 'The sign-in server does not grant what this site asks for. Tell whoever runs it.',
  unauthorized_client: 'The sign-in server does not know this site. Tell whoever runs it.',
};

const tokensKey = 'parley:tokens';
const attemptKey = 'parley:sign-in';
/** A token that ends this soon is renewed before it is used. */
const renewBeforeMs = 60_000;

/**
 * Sign-in by authorization code with PKCE, at whatever OIDC issuer the site names: Cognito, another
 * one, or the local one. Tokens live in this tab's session storage, so that a reload stays signed in.
 */
export class SignIn implements TokenSource {
  readonly #config: SiteConfig;
  #metadata: Promise<Metadata> | undefined;
  #renewal: Promise<Tokens> | undefined;
  /** Called when only the user can bring a new token. */
  onSignedOut: () => void = () => undefined;

  constructor(config: SiteConfig) {
    this.#config = config;
  }

  get isSignedIn(): boolean {
    return read<Tokens>(tokensKey) !== undefined;
  }

  /** Leaves for the issuer's page; it comes back to `/` and then to where the user was. */
  async begin(returnTo = location.pathname): Promise<void> {
    const attempt: Attempt = { verifier: randomText(), state: randomText(16), returnTo };
    const { authorization_endpoint } = await this.#discover();
    sessionStorage.setItem(attemptKey, JSON.stringify(attempt));
    const address = new URL(authorization_endpoint);
    const query = {
      client_id: this.#config.clientId,
      redirect_uri: redirectUri(),
      response_type: 'code',
      scope: this.#config.scope,
      state: attempt.state,
      code_challenge: await challengeOf(attempt.verifier),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    location.assign(address);
  }

  /**
   * Ends a sign-in that comes back to this page, if one does.
   * @returns a sentence for the user when it failed
   */
  async finish(): Promise<string | undefined> {
    const query = new URLSearchParams(location.search);
    if (!query.has('state') || !(query.has('code') || query.has('error'))) return undefined;
    const attempt = read<Attempt>(attemptKey);
    // Anybody can make a link to here: what a foreign one says is not shown, and ends no sign-in of ours.
    if (attempt === undefined || attempt.state !== query.get('state')) {
      history.replaceState(null, '', '/');
      return 'That sign-in was not begun here, or took too long. Try again.';
    }
    sessionStorage.removeItem(attemptKey);
    history.replaceState(null, '', attempt.returnTo);
    const code = query.get('code');
    if (code === null) return refusals[query.get('error') ?? ''] ?? 'The sign-in did not work. Try again.';
    const grant = { grant_type: 'authorization_code', code, code_verifier: attempt.verifier };
    try {
      await this.#exchange({ ...grant, redirect_uri: redirectUri() });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async token(): Promise<string> {
    const tokens = read<Tokens>(tokensKey);
    if (!tokens) return this.#signedOut();
    if (tokens.expires - Date.now() > renewBeforeMs) return tokens.access;
    return (await this.#renew(tokens)).access;
  }

  async reject(): Promise<void> {
    const tokens = read<Tokens>(tokensKey);
    if (tokens) await this.#renew(tokens);
  }

  /** Forgets the tokens and what was being written, and ends the issuer's own session where it offers that. */
  async end(): Promise<void> {
    sessionStorage.clear();
    forgetDrafts();
    const { end_session_endpoint } = await this.#discover();
    if (end_session_endpoint === undefined) return location.assign('/');
    const address = new URL(end_session_endpoint);
    // Cognito's names, then those of OIDC; an issuer ignores the others'.
    address.searchParams.set('client_id', this.#config.clientId);
    address.searchParams.set('logout_uri', redirectUri());
    address.searchParams.set('post_logout_redirect_uri', redirectUri());
    location.assign(address);
  }

  #renew(tokens: Tokens): Promise<Tokens> {
    if (tokens.refresh === undefined) return this.#signedOut();
    this.#renewal ??= this.#exchange({ grant_type: 'refresh_token', refresh_token: tokens.refresh })
      .catch((error: unknown) => {
        if (error instanceof ApiError && error.isPassing) throw error;
        return this.#signedOut();
      })
      .finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  async #exchange(fields: Record<string, string>): Promise<Tokens> {
    const { token_endpoint } = await this.#discover();
    const body = new URLSearchParams({ ...fields, client_id: this.#config.clientId });
    const response = await fetch(token_endpoint, { method: 'POST', body }).catch((error: unknown) => {
      throw new ApiError('offline', 'The sign-in server cannot be reached. Try again in a moment.', 0, {
        cause: error,
      });
    });
    const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    if (!response.ok || typeof answer['access_token'] !== 'string') {
      const reason = answer['error_description'] ?? answer['error'];
      const sentence = typeof reason === 'string' ? reason : `the server answered ${response.status}`;
      throw new ApiError('sign-in-failed', `Sign-in did not work: ${sentence}. Try again.`, response.status);
    }
    const refresh = answer['refresh_token'] ?? fields['refresh_token'];
    const tokens: Tokens = {
      access: answer['access_token'],
      expires: Date.now() + Number(answer['expires_in'] ?? 300) * 1000,
      ...(typeof refresh === 'string' && { refresh }),
    };
    sessionStorage.setItem(tokensKey, JSON.stringify(tokens));
    return tokens;
  }

  #discover(): Promise<Metadata> {
    const { issuer, metadataUrl } = this.#config;
    const address = metadataUrl ?? `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    this.#metadata ??= fetch(address)
      .then(async (response) => {
        if (response.ok) return (await response.json()) as Metadata;
        throw new Error(`answered ${response.status}`);
      })
      .catch((error: unknown) => {
        this.#metadata = undefined;
        throw new ApiError('offline', 'The sign-in server cannot be reached. Try again in a moment.', 0, {
          cause: error,
        });
      });
    return this.#metadata;
  }

  #signedOut(): never {
    sessionStorage.removeItem(tokensKey);
    this.onSignedOut();
    throw new ApiError('not-signed-in', 'You are signed out. Sign in again to go on.', 401);
  }
}

function redirectUri(): string {
  return `${location.origin}/`;
}

function read<T>(key: string): T | undefined {
  const text = sessionStorage.getItem(key);
  return text === null ? undefined : (JSON.parse(text) as T);
}
