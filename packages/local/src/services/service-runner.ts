import { join } from 'node:path';
import type { EventListener, ServiceState } from '../events.ts';
import { LogFile } from '../process/log-file.ts';
import { Service } from './service.ts';
import type { ServiceSpec } from './service-spec.ts';

export interface ServiceRunnerOptions {
  dataFolder: string;
  workspaceFolder(name: string): string;
  /** Variables set beside the container's own. Asked at each start of a process. */
  extraEnvironment(spec: ServiceSpec): Record<string, string>;
  emit: EventListener;
}

const mostSecondsAtClose = 10;

/** Keeps the processes of all services as their specs say. */
export class ServiceRunner {
  readonly #options: ServiceRunnerOptions;
  readonly #services = new Map<string, Service>();
  readonly #logs = new Map<string, LogFile>();
  readonly #leaving = new Set<Promise<void>>();

  constructor(options: ServiceRunnerOptions) {
    this.#options = options;
  }

  /**
   * Start, replace and stop services until they are what `specs` say. A changed service is replaced only once
   * its successor is healthy; else the old one stays.
   * @returns the services that did not become ready
   */
  async reconcile(specs: ServiceSpec[]): Promise<{ service: string; error: string }[]> {
    const wanted = new Set(specs.map(({ key }) => key));
    for (const [key, service] of this.#services) {
      if (wanted.has(key)) continue;
      this.#services.delete(key);
      this.#leave(service);
    }
    const results = await Promise.all(specs.map((spec) => this.#bringUp(spec)));
    return results.filter((result) => result !== undefined);
  }

  /** Port of a healthy process that serves a target group. */
  target(targetGroupArn: string): number | undefined {
    for (const service of this.#services.values()) {
      if (!service.spec.targetGroups.includes(targetGroupArn)) continue;
      const port = service.target();
      if (port !== undefined) return port;
    }
    return undefined;
  }

  async close(): Promise<void> {
    await Promise.all([
      ...[...this.#services.values()].map((service) => service.stop(mostSecondsAtClose)),
      ...this.#leaving,
    ]);
    for (const log of this.#logs.values()) log.close();
  }

  async #bringUp(spec: ServiceSpec): Promise<{ service: string; error: string } | undefined> {
    const current = this.#services.get(spec.key);
    if (current?.spec.fingerprint === spec.fingerprint && current.spec.desiredCount === spec.desiredCount)
      return undefined;
    const service = new Service(spec, this.#optionsFor(spec));
    if (!current) this.#services.set(spec.key, service);
    const error = await service.start(!current);
    if (current && error !== undefined) await service.stop();
    if (current && error === undefined) {
      this.#services.set(spec.key, service);
      this.#leave(current);
    }
    return error === undefined ? undefined : { service: spec.name, error };
  }

  #leave(service: Service): void {
    const left = service.stop().finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
  }

  #optionsFor(spec: ServiceSpec) {
    const { workspaceFolder, extraEnvironment, emit } = this.#options;
    return {
      workspaceFolder,
      extraEnvironment,
      log: this.#logOf(spec),
      report: (state: ServiceState, detail?: string): void =>
        emit({ type: 'service', service: spec.name, state, ...(detail === undefined ? {} : { detail }) }),
      onLine: (line: string): void => emit({ type: 'log', source: spec.name, line }),
    };
  }

  #logOf({ logGroup }: ServiceSpec): LogFile {
    const path = join(this.#options.dataFolder, 'logs', `${logGroup.replace(/^\/+/, '')}.log`);
    const log = this.#logs.get(path) ?? new LogFile(path);
    this.#logs.set(path, log);
    return log;
  }
}
