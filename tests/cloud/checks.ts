import { styleText } from 'node:util';
import { CloudTestError } from './errors.ts';

/** Runs named checks one after the other, prints each result at once and counts them. */
export interface Checks {
  /** Runs one check. After a failed one the others are skipped: each needs the state the one before left. */
  check<T>(title: string, run: () => Promise<T>): Promise<T | undefined>;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function createChecks(print: (line: string) => void): Checks {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  return {
    get passed() {
      return counts.passed;
    },
    get failed() {
      return counts.failed;
    },
    get skipped() {
      return counts.skipped;
    },
    async check(title, run) {
      if (counts.failed > 0) {
        counts.skipped += 1;
        print(`${styleText('dim', '-')} ${title} (not run)`);
        return undefined;
      }
      const began = performance.now();
      try {
        const result = await run();
        counts.passed += 1;
        print(`${styleText('green', '✓')} ${title} (${seconds(began)})`);
        return result;
      } catch (error) {
        counts.failed += 1;
        print(`${styleText('red', '✗')} ${title} (${seconds(began)})`);
        print(indented(worded(error)));
        return undefined;
      }
    },
  };
}

/** Expected failures say all they have to say in their message; others need their stack. */
function worded(error: unknown): string {
  if (error instanceof CloudTestError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function seconds(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}

function indented(text: string): string {
  return text.replace(/^/gm, '    ');
}
