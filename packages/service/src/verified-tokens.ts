import { BoundedMap } from '@parley/contract/bounded-map';
import type { User } from './service-env.ts';

/** Whose tokens were verified a moment ago. */
export interface VerifiedTokens {
  /** Undefined for a token that is to be verified (again). */
  userOf(token: string): User | undefined;
  /** `expiresAt` in seconds since 1970, as the claim `exp` has it. */
  add(token: string, user: User, expiresAt: number): void;
}

/**
 * So long a token counts without another look at its signature. The issuer's keys are kept for ten times as long
 * (jose's default), so that a key that was withdrawn is noticed no later.
 */
const trustedMs = 60_000;
const tokensMax = 2_000;

/** Checking a signature goes to a thread of its own, and takes longer than most of what a request asks for. */
export function createVerifiedTokens(clock: () => Date): VerifiedTokens {
  const known = new BoundedMap<string, { user: User; until: number }>(tokensMax);
  return {
    userOf: (token) => {
      const found = known.get(token);
      return found && clock().getTime() < found.until ? found.user : undefined;
    },
    add: (token, user, expiresAt) => {
      known.set(token, { user, until: Math.min(clock().getTime() + trustedMs, expiresAt * 1_000) });
    },
  };
}
