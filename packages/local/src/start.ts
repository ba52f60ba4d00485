import type { NotRun } from './deploy/not-run.ts';
import type { EventListener } from './events.ts';
import { DataLock } from './state/data-lock.ts';
import { System, type UpdateReport } from './system.ts';

export { AlreadyRunningError, LocalError } from './errors.ts';
export type { NotRun } from './deploy/not-run.ts';
export type { StackReport } from './deploy/update-stacks.ts';
export type { UpdateReport } from './system.ts';
export type { LocalEvent, ResourceAction, ServiceState, StackOutcome } from './events.ts';

export interface LocalOptions {
  /** Absolute folders of cloud assemblies, one per stack (`cdk.out/local`). */
  assemblies: string[];
  /** Absolute folder that keeps everything between runs (`.parley`). */
  dataFolder: string;
  /** Wanted port of the gateway. @default 4747, or the next free one */
  port?: number;
  /** With `port`: fail when it is taken, in place of trying the next ones. @default false */
  exactPort?: boolean;
  /** Absolute folder of a workspace package, by its name. */
  workspaceFolder(name: string): string;
  /** SSM parameters that no template writes, by path. */
  seeds?: Record<string, string>;
  /**
   * Stands in for Secrets Manager: the value of a secret by the variable of the service that it fills. It is
   * given to that service alone and never written down. @default no secret has a value
   */
  secret?: (variable: string) => string | undefined;
  /** Called on progress. @default nothing is reported */
  onEvent?: EventListener;
}

export interface LocalSystem {
  /** Origin of the gateway, e.g. `http://127.0.0.1:4747`. */
  url: string;
  /** What the first update did. */
  report: UpdateReport;
  /** Template resources that are not really run, grouped by type. */
  notRun: NotRun[];
  /** Bring the system to what these assemblies say; a stack that is missing from the list is deleted. */
  update(assemblies: string[]): Promise<UpdateReport>;
  /** Stop services and functions, and release the data folder. */
  close(): Promise<void>;
}

const defaultPort = 4747;

/**
 * Run synthesized stacks on this machine.
 *
 * Resolves when every stack is up (or rolled back, see `report`) and every service is ready (or has failed).
 * @throws AlreadyRunningError when another process runs on the same data folder
 * @throws LocalError when the port or the data folder cannot be used, or the stacks depend on each other in a circle
 */
export async function startLocal(options: LocalOptions): Promise<LocalSystem> {
  const {
    assemblies,
    dataFolder,
    workspaceFolder,
    port = defaultPort,
    exactPort = false,
    seeds = {},
    secret = () => undefined,
  } = options;
  const emit = options.onEvent ?? (() => undefined);
  const lock = await DataLock.take(dataFolder);
  let system: System | undefined;
  const close = async (): Promise<void> => {
    await system?.close();
    await lock.release();
  };
  try {
    const opened = await System.open({ dataFolder, workspaceFolder, port, exactPort, seeds, secret, emit });
    system = opened;
    await lock.announce(opened.url);
    const report = await opened.update(assemblies);
    return {
      url: opened.url,
      report,
      get notRun() {
        return opened.notRun;
      },
      update: (changed) => opened.update(changed),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
