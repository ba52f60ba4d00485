import { routePattern } from '@parley/contract/routes';
import { idempotencyHeader, idempotencyKey, startRunBody } from '@parley/contract/run';
import { eventId, streamHeader } from '@parley/contract/stream';
import { HttpError } from '@parley/service/errors';
import { readJson } from '@parley/service/input';
import type { ServiceEnv } from '@parley/service/service-env';
import type { ConversationStore, Run } from '@parley/store/conversations';
import type { RunLog } from '@parley/store/run-log';
import type { RunReader } from '@parley/store/run-reader';
import type { Context, Hono } from 'hono';
import { eventStreamResponse, sseDone, sseRecord, type EventStreamTimes } from '../sse/event-stream.ts';
import { leavingSignal } from '../sse/leaving.ts';
import type { RunHost } from './host.ts';
import { resumePoint } from './resume-point.ts';
import type { StartRun } from './start.ts';
import { stopRun } from './stop.ts';

export interface RunRoutesOptions {
  conversations: Pick<ConversationStore, 'ownedSession' | 'ownedRun' | 'listMessages' | 'settleRun'>;
  runLog: Pick<RunLog, 'lastBatch' | 'seal'>;
  reader: Pick<RunReader, 'follow'>;
  host: Pick<RunHost, 'stop' | 'isOpen' | 'isNew'>;
  startRun: StartRun;
  /** Something happened in a session of this owner. */
  onChange: (run: Run) => void;
  /** Ends the streams of runs that go on elsewhere. */
  stopping: AbortSignal;
  times: EventStreamTimes;
}

/** Starting, following and stopping runs. Every route begins with the ownership guard. */
export function addRunRoutes(app: Hono<ServiceEnv>, options: RunRoutesOptions): void {
  const { conversations, runLog, startRun, onChange } = options;

  app.post(routePattern('startRun'), async (c) => {
    const user = c.get('user');
    const session = await conversations.ownedSession(user.sub, param(c, 'sessionId'));
    const body = await readJson(c, startRunBody);
    const key = body.decisions ? {} : { idempotencyKey: keyOf(c.req.header(idempotencyHeader)) };
    const run = await startRun({ user, session, ...key, body });
    onChange(run);
    return runStream(c, options, run, 0);
  });

  app.get(routePattern('openRun'), async (c) => {
    const user = c.get('user');
    const session = await conversations.ownedSession(user.sub, param(c, 'sessionId'));
    const open = (await conversations.listMessages(session)).findLast(({ status }) => status === 'streaming');
    if (open?.runId === undefined) return c.body(null, 204);
    return runStream(c, options, await conversations.ownedRun(user.sub, open.runId), 0);
  });

  app.get(routePattern('runEvents'), async (c) => {
    const run = await conversations.ownedRun(c.get('user').sub, param(c, 'runId'));
    const seen = { lastEventId: c.req.header('last-event-id'), after: c.req.query('after') };
    return runStream(c, options, run, await resumePoint(runLog, run, seen));
  });

  app.post(routePattern('stopRun'), async (c) => {
    const run = await conversations.ownedRun(c.get('user').sub, param(c, 'runId'));
    const status = await stopRun(options, run);
    onChange(run);
    return c.json({ runId: run.runId, messageId: run.messageId, status });
  });
}

/** The run's events from number `from` on as server-sent events, until its end. */
function runStream(c: Context<ServiceEnv>, options: RunRoutesOptions, run: Run, from: number): Response {
  const { reader, host, stopping, times } = options;
  return eventStreamResponse(c, { ...times, headers: Object.fromEntries([streamHeader]) }, async (stream) => {
    // While we shut down we finish our own runs; readers of others find them on another task.
    const leaving = host.isOpen(run.runId) ? stream.gone : leavingSignal(stream.gone, stopping);
    for await (const { n, event } of reader.follow(run, from, leaving, host.isNew(run.runId))) {
      await stream.write(sseRecord(event, eventId(run.runId, n)));
    }
    if (leaving.aborted) stream.cut();
    else await stream.write(sseDone);
  });
}

function keyOf(header: string | undefined): string {
  const parsed = idempotencyKey.safeParse(header);
  if (parsed.success) return parsed.data;
  const got = header === undefined ? 'nothing' : JSON.stringify(header.slice(0, 140));
  throw new HttpError(
    'bad-request',
    `The header Idempotency-Key makes repeating a start harmless: got ${got}, expected 1 to 128 visible ASCII ` +
      'characters. Send a fresh one, such as a UUID, with each new message, and the same one when you repeat it.',
    { field: 'Idempotency-Key' },
  );
}

function param(c: Context<ServiceEnv>, name: string): string {
  return c.req.param(name) ?? '';
}
