import { Hono, type MiddlewareHandler } from 'hono';
import { answerError, answerUnmatched } from './answers.ts';
import { createLog, type Log } from './log.ts';
import { startListening, type Listener } from './listener.ts';
import { frameRequest, limitBody, refuseWhen } from './request-frame.ts';
import type { ServiceEnv } from './service-env.ts';

export interface ServiceOptions {
  /** Name of the service, in logs and in its health answer. */
  name: string;
  /** Shown by the health answer. Default `0.1.0`. */
  version?: string;
  /** Path that answers 200 while the service takes work, 503 while it stops. */
  healthPath: string;
  /** Largest request body in bytes. Default 1 MiB. */
  bodyBytesMax?: number;
  /** Default: JSON lines to stdout. */
  log?: Log;
  /**
   * Seconds from SIGTERM to the platform's SIGKILL. Default 30. What is still open one second before
   * that is cut, so that the process ends by itself.
   */
  stopSeconds?: number;
  /**
   * Called once when the service should stop: finish open work, then resolve. `timeIsUp` aborts four
   * seconds before the end: then wind up at once.
   */
  onStop?: (timeIsUp: AbortSignal) => Promise<void>;
}

/** A service: its app, to which routes are added, and its life. */
export interface Service {
  app: Hono<ServiceEnv>;
  log: Log;
  /** Aborts when the service begins to stop: take no new work. */
  stopping: AbortSignal;
  /** Starts to listen. Resolves with the port, which is new when 0 was asked for. */
  listen(at: { port: number; host?: string | undefined }): Promise<{ port: number }>;
  /** Takes no new requests, finishes the open ones and the `onStop` hook, then closes. Repeating it is harmless. */
  stop(): Promise<void>;
}

/** Creates a service: health, request ids, logs, error answers, size limit, security headers, orderly stop. */
export function createService(options: ServiceOptions): Service {
  const { name, version = '0.1.0', healthPath, bodyBytesMax = 1024 * 1024, stopSeconds = 30 } = options;
  const log = options.log ?? createLog({ fields: { service: name } });
  const stopping = new AbortController();
  const app = new Hono<ServiceEnv>();
  app.onError(answerError);
  app.notFound(answerUnmatched(app));
  app.use(frameRequest({ log, quietPath: healthPath }), refuseWhen(stopping.signal), limitBody(bodyBytesMax));
  app.get(healthPath, health(name, version));

  let listener: Listener | undefined;
  let stopped: Promise<void> | undefined;
  return {
    app,
    log,
    stopping: stopping.signal,
    async listen(at) {
      listener = await startListening(app, at);
      log.info('listening', { port: listener.port });
      return { port: listener.port };
    },
    stop: () =>
      (stopped ??= (async () => {
        log.info('stopping', { stopSeconds });
        stopping.abort();
        await windUp({ listener, onStop: options.onStop, log, stopSeconds });
        log.info('stopped');
      })()),
  };
}

/** Listens, and on SIGTERM or SIGINT stops in order and ends the process with exit code 0. */
export async function runService(
  service: Service,
  at: { port: number; host?: string | undefined },
): Promise<void> {
  // Nobody who reads the log (`… | head`), or no room for it, is no reason to stop.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void service.stop().then(() => process.exit(0)));
  }
  await service.listen(at);
}

function health(service: string, version: string): MiddlewareHandler<ServiceEnv> {
  return async (c) => c.json({ status: 'ok', service, version });
}

/** Before the end of the stop time: when the hook is told to wind up, and when everything is cut. */
const windUpMilliseconds = 4_000;
const cutMilliseconds = 1_000;

async function windUp(stop: {
  listener: Listener | undefined;
  onStop: ServiceOptions['onStop'];
  log: Log;
  stopSeconds: number;
}): Promise<void> {
  const end = stop.stopSeconds * 1_000;
  const timeIsUp = new AbortController();
  const timers = [setTimeout(() => timeIsUp.abort(), Math.max(0, end - windUpMilliseconds))];
  const deadline = new Promise<void>((resolve) =>
    timers.push(setTimeout(resolve, Math.max(0, end - cutMilliseconds))),
  );
  const hook = stop
    .onStop?.(timeIsUp.signal)
    .catch((error: unknown) => stop.log.error('the stop hook failed', error));
  await Promise.race([Promise.all([stop.listener?.drain(), hook]), deadline]);
  timers.forEach((timer) => clearTimeout(timer));
  stop.listener?.closeNow();
}
