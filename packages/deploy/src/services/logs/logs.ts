import type { FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cloud } from '../../cloud/connect.ts';
import { explain } from '../../errors.ts';
import { Recent } from './recent.ts';
import type { LogSource } from './sources.ts';

export { type LogSource, findSource, logSources } from './sources.ts';

/** One logged event. */
export interface LogLine {
  /** ISO 8601. */
  time: string;
  stream: string;
  /** As it was logged, without the line end; may hold anything. */
  message: string;
}

export interface ReadLogsOptions {
  source: LogSource;
  /** From when on. */
  since: Date;
  /** Whether to go on with what is logged from now on, until the signal. @default false */
  follow?: boolean;
  signal: AbortSignal;
  /** Milliseconds between two looks while following. @default 2000 */
  pollMs?: number;
}

/** How late CloudWatch may show an event for a follower to see it: seconds are usual, a minute is rare. */
const overlapMs = 60_000;

/**
 * What a service or function logged, oldest first, each event once. Followed by looking again and again, which costs
 * nothing; CloudWatch's live tail is paid by the minute and leaves out events when there are many.
 * @throws DeployError when AWS cannot be asked; ends quietly when the signal is aborted
 */
export async function* readLogs(cloud: Cloud, options: ReadLogsOptions): AsyncGenerator<LogLine> {
  const { source, since, follow = false, signal, pollMs = 2000 } = options;
  const recent = new Recent(since.getTime(), overlapMs);
  try {
    for (;;) {
      yield* look(cloud, source, recent, signal);
      if (!follow) return;
      recent.advance();
      await delay(pollMs, undefined, { signal });
    }
  } catch (error) {
    if (signal.aborted) return;
    throw explain(error);
  }
}

/** All pages from where the last look may have missed something. */
async function* look(
  cloud: Cloud,
  { group: logGroupName }: LogSource,
  recent: Recent,
  abortSignal: AbortSignal,
): AsyncGenerator<LogLine> {
  const { FilterLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
  const client = await cloud.logs();
  const startTime = recent.begin;
  let nextToken: string | undefined;
  do {
    const command = new FilterLogEventsCommand({ logGroupName, startTime, nextToken });
    const page = await client.send(command, { abortSignal });
    for (const event of page.events ?? []) {
      const { eventId = '', timestamp = 0 } = event;
      if (recent.isNew(eventId === '' ? standIn(event) : eventId, timestamp)) yield logLine(event);
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}

function standIn({ timestamp, logStreamName, message }: FilteredLogEvent): string {
  return `${timestamp} ${logStreamName} ${message}`;
}

function logLine({ timestamp = 0, logStreamName = '', message = '' }: FilteredLogEvent): LogLine {
  return { time: new Date(timestamp).toISOString(), stream: logStreamName, message: message.trimEnd() };
}
