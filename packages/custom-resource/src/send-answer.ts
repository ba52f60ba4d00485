import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '@parley/service/log';

export interface SendOptions {
  url: string;
  body: string;
  log: Log;
  /** Milliseconds that are left for it. */
  remaining: () => number;
}

const attemptsMax = 5;
const attemptMilliseconds = 2_500;
const firstPauseMilliseconds = 100;

/**
 * Puts an answer to CloudFormation's signed address, again when the network or S3 fails. Resolves with
 * whether it arrived; never throws. The address is a credential and is never logged.
 */
export async function sendAnswer({ url, body, log, remaining }: SendOptions): Promise<boolean> {
  for (let attempt = 1; attempt <= attemptsMax && remaining() > 0; attempt += 1) {
    try {
      const status = await put(url, body, Math.min(attemptMilliseconds, remaining()));
      if (status < 300) return true;
      log.warn('CloudFormation’s answer address refused the answer', { status, attempt });
      if (status < 500 && status !== 408 && status !== 429) return false;
    } catch (error) {
      log.error('the answer could not be sent', error, { attempt });
    }
    if (attempt < attemptsMax)
      await wait(Math.max(0, Math.min(firstPauseMilliseconds * 2 ** attempt, remaining())));
  }
  return false;
}

async function put(url: string, body: string, milliseconds: number): Promise<number> {
  // Bytes, not text: text would bring a content type along, and the address is signed for none.
  const response = await fetch(url, {
    method: 'PUT',
    body: Buffer.from(body),
    signal: AbortSignal.timeout(Math.max(1, Math.ceil(milliseconds))),
  });
  await response.body?.cancel();
  return response.status;
}
