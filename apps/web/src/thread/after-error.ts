import type { ErrorCode } from '@parley/contract/http-error';
import type { RunErrorCode } from '@parley/contract/run';

/** What a person can do about an answer that failed. */
export type WayOn = 'again' | 'continue' | 'compact' | 'edit' | 'new-chat';

interface AfterFailure {
  /** Added to what the server says; empty where that says what to do already. */
  advice: string;
  ways: readonly WayOn[];
}

const tellOperator = 'If it stays, tell whoever runs this site.';

/** Every way in which a run can fail, and what to do then: a code without an entry does not compile. */
const afterFailure: Readonly<Record<RunErrorCode, AfterFailure>> = {
  throttled: { advice: '', ways: ['again'] },
  'context-overflow': { advice: '', ways: ['compact', 'edit', 'new-chat'] },
  refused: { advice: '', ways: ['edit', 'again'] },
  'model-failed': { advice: tellOperator, ways: ['again'] },
  'model-unavailable': {
    advice: 'Nothing is lost: tell whoever runs this site, and try again when it is mended.',
    ways: ['again'],
  },
  'budget-reached': { advice: '', ways: ['continue', 'edit'] },
  'app-disabled': { advice: 'Ask whoever runs this site to switch the chat app on.', ways: ['again'] },
  internal: { advice: tellOperator, ways: ['again'] },
};

/** A newer server may have a code that is unknown here: what it says is shown, and another try is offered. */
export function afterFailureOf(code: string | undefined): AfterFailure {
  return afterFailure[code as RunErrorCode] ?? { advice: '', ways: ['again'] };
}

/** What a person can do about a message that was not taken; taking it back is always offered. */
type AfterRefusal = 'again' | 'reload' | 'none';

/** Every way in which a request can be refused: a code without an entry does not compile. */
const afterRefusal: Readonly<Record<ErrorCode, AfterRefusal>> = {
  'bad-request': 'again',
  'not-signed-in': 'reload',
  'not-allowed': 'again',
  'not-found': 'reload',
  'method-not-allowed': 'reload',
  conflict: 'again',
  'too-large': 'none',
  'too-many-requests': 'again',
  internal: 'again',
  'shutting-down': 'again',
  unavailable: 'again',
};

export function afterRefusalOf(code: string): AfterRefusal {
  return afterRefusal[code as ErrorCode] ?? 'again';
}
