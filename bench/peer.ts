import { fork } from 'node:child_process';
import { once } from 'node:events';

/** What a process of the bench does for the one that started it, by name. */
export type Duties = Record<string, (argument: never) => unknown>;

/** A process of its own, so that what it takes is not counted as another's. */
export interface Peer<D extends Duties> {
  pid: number;
  /** Rejects with what the other side threw, or when it ended before it answered. */
  call<K extends keyof D & string>(
    duty: K,
    ...argument: Parameters<D[K]>
  ): Promise<Awaited<ReturnType<D[K]>>>;
  stop(): Promise<void>;
}

interface Call {
  id: number;
  duty: string;
  argument: unknown;
}

interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}

/** Starts a module that ends in `serve(…)`. */
export function startPeer<D extends Duties>(module: URL): Peer<D> {
  const child = fork(module, { serialization: 'advanced', execArgv: ['--no-warnings'] });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  child.on('message', ({ id, value, error }: Answer) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(error));
  });
  const exited = once(child, 'exit').then(([code, signal]) => {
    for (const { reject } of waiting.values())
      reject(new Error(`${module.pathname} ended with ${code ?? signal}`));
    waiting.clear();
  });
  let calls = 0;
  return {
    pid: child.pid!,
    call: (duty, ...[argument]) => {
      const answered = Promise.withResolvers<unknown>();
      calls += 1;
      waiting.set(calls, answered);
      child.send({ id: calls, duty, argument } satisfies Call);
      return answered.promise as ReturnType<Peer<D>['call']>;
    },
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}

/** Does what the process that started this one asks for. Ends with it. */
export function serve<D extends Duties>(duties: D): void {
  process.on('message', ({ id, duty, argument }: Call) => {
    void Promise.try(() => duties[duty]!(argument as never)).then(
      (value) => process.send!({ id, value } satisfies Answer),
      (error: Error) => process.send!({ id, error: error.stack ?? error.message } satisfies Answer),
    );
  });
  process.on('disconnect', () => process.exit());
}
