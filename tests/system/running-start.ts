import { execa } from 'execa';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import type { WorkspaceCopy } from '../workspace/workspace-copy.ts';

/** `pnpm start` in a workspace copy, as a user runs it. */
export interface RunningStart {
  url: string;
  /** Every event it printed, in order. */
  events: StartEvent[];
  /** The next event of a type, after now. */
  next(type: string): Promise<StartEvent>;
  /** Reads no more of what it prints. */
  closeOutput(): void;
  /** Ctrl-C, and wait until everything has ended. */
  stop(): Promise<void>;
  /** kill -9 of the command and everything it started. */
  kill(): Promise<void>;
}

export type StartEvent = Record<string, unknown> & { type: string };

export async function start({ root, env }: WorkspaceCopy, args: string[] = []): Promise<RunningStart> {
  // A process group of its own, so that a signal reaches it as a terminal's Ctrl-C would.
  const child = execa('pnpm', ['start', '--json', ...args], {
    cwd: root,
    env,
    extendEnv: false,
    detached: true,
    reject: false,
    buffer: false,
  });
  const events: StartEvent[] = [];
  const arrived = new EventEmitter();
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(String(chunk)));
  const signal = async (name: NodeJS.Signals): Promise<void> => {
    try {
      process.kill(-child.pid!, name);
    } catch {
      // It has ended already.
    }
    await child;
  };
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      const event = JSON.parse(line) as StartEvent;
      events.push(event);
      arrived.emit(event.type, event);
      if (event.type === 'ready') resolve(String(event['url']));
    });
    void child.then(() =>
      reject(
        new Error(
          `start ended:\n${events.map((each) => JSON.stringify(each)).join('\n')}\n${errors.join('')}`,
        ),
      ),
    );
  });
  const next = async (type: string): Promise<StartEvent> => {
    const [event] = (await once(arrived, type)) as [StartEvent];
    return event;
  };
  return {
    url,
    events,
    next,
    closeOutput: () => void child.stdout.destroy(),
    stop: () => signal('SIGINT'),
    kill: () => signal('SIGKILL'),
  };
}
