import type { EventListener, StackOutcome } from './events.ts';

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
  /** Called on progress. @default nothing is reported */
  onEvent?: EventListener;
}

/** A type of template resource that is not really run on this machine, and why. */
export interface NotRun {
  type: string;
  reason: string;
  /** `<stack>/<logical id>` of each. */
  resources: string[];
}

export interface StackReport {
  stack: string;
  outcome: StackOutcome;
  /** Only with `failed`: the first failing resource and its reason. */
  error?: string;
  /** Logical ids that were created, updated, replaced or removed. */
  changed: string[];
}

export interface UpdateReport {
  stacks: StackReport[];
  /** Services that did not become ready, with the reason. */
  failedServices: { service: string; error: string }[];
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

/**
 * Run synthesized stacks on this machine.
 *
 * Resolves when every stack is up (or rolled back, see `report`) and every service is ready (or has failed).
 * @throws AlreadyRunningError when another process runs on the same data folder
 */
export function startLocal(options: LocalOptions): Promise<LocalSystem> {
  return Promise.reject(new Error(`Not built yet: cannot run ${options.assemblies.length} stacks.`));
}
