import type { Service } from '@aws-sdk/client-ecs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cloud } from '../cloud/connect.ts';
import type { ReportService } from './events.ts';
import type { LiveService } from './live-services.ts';
import { type Rollout, rolloutOf } from './rollout.ts';
import { stoppedTasks } from './stopped-tasks.ts';

export interface WatchOptions {
  report: ReportService;
  signal: AbortSignal;
  /** Milliseconds between two looks. */
  pollMs: number;
  /** Milliseconds after which it is given up. */
  limitMs: number;
}

/** Looks at a service until its rollout is through, has failed, or the time is over; tells what happens meanwhile. */
export async function watchRollout(
  cloud: Cloud,
  live: LiveService,
  { report, signal, pollMs, limitMs }: WatchOptions,
): Promise<Rollout> {
  const teller = new Teller(cloud, live, report);
  const end = performance.now() + limitMs;
  for (;;) {
    const service = await readService(cloud, live);
    await teller.tell(service);
    const rollout = rolloutOf(service, live.wanted);
    if (rollout.state !== 'going' || performance.now() + pollMs > end) return rollout;
    await delay(pollMs, undefined, { signal });
  }
}

async function readService(cloud: Cloud, { cluster, arn }: LiveService): Promise<Service> {
  const { DescribeServicesCommand } = await import('@aws-sdk/client-ecs');
  const client = await cloud.ecs();
  const { services = [] } = await client.send(new DescribeServicesCommand({ cluster, services: [arn] }));
  return services[0] ?? {};
}

/** Tells each thing once, in the order in which it happened. */
class Teller {
  readonly #cloud: Cloud;
  readonly #live: LiveService;
  readonly #report: ReportService;
  readonly #told = new Set<string>();

  constructor(cloud: Cloud, live: LiveService, report: ReportService) {
    this.#cloud = cloud;
    this.#live = live;
    this.#report = report;
  }

  async tell(service: Service): Promise<void> {
    const { stack, service: name, wanted } = this.#live;
    const deployment = service.deployments?.find(({ taskDefinition }) => taskDefinition === wanted);
    const about = { stack, service: name };
    for (const { id = '', createdAt, message: text = '' } of service.events?.toReversed() ?? []) {
      const isOld = createdAt && deployment?.createdAt && createdAt < deployment.createdAt;
      if (isOld || !this.#isNew(id)) continue;
      this.#report({ type: 'service-message', ...about, at: createdAt?.toISOString() ?? '', text });
    }
    const { failedTasks: failed = 0 } = deployment ?? {};
    if (failed > 0) await this.#tellStopped();
    const {
      id = '',
      rolloutState: state = '',
      runningCount: running = 0,
      desiredCount = 0,
    } = deployment ?? {};
    if (!deployment || !this.#isNew(`${id} ${state} ${running} ${desiredCount} ${failed}`)) return;
    this.#report({ type: 'rollout', ...about, deployment: id, state, running, wanted: desiredCount, failed });
  }

  async #tellStopped(): Promise<void> {
    const { stack, service, wanted } = this.#live;
    for (const task of (await stoppedTasks(this.#cloud, this.#live, wanted)).toReversed()) {
      if (this.#isNew(task.id)) this.#report({ type: 'task-stopped', stack, service, task });
    }
  }

  #isNew(key: string): boolean {
    if (this.#told.has(key)) return false;
    this.#told.add(key);
    return true;
  }
}
