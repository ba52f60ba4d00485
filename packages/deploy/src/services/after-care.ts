import type { StackAssembly } from '@parley/assembly/read-assembly';
import type { Prefix } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';
import type { StageArguments } from '../command-line.ts';
import { DeployError, explain } from '../errors.ts';
import type { ReportService } from './events.ts';
import { type LiveService, liveServices } from './live-services.ts';
import { rolloutFailure } from './rollout-failure.ts';
import { compareImage } from './running-image.ts';
import { type WatchOptions, watchRollout } from './watch-rollout.ts';

export type { ReportService, ServiceEvent } from './events.ts';

export interface AfterCareOptions extends StageArguments {
  prefix: Prefix;
  assembly: Pick<StackAssembly, 'stack' | 'name' | 'template'>;
  /** @default never aborted */
  signal?: AbortSignal;
  /** Minutes that a rollout may take after CloudFormation is through. @default 15 */
  limitMinutes?: number;
  /** Milliseconds between two looks. @default 5000 */
  pollMs?: number;
}

/**
 * Looks after the ECS services of a stack that was just deployed: waits for each rollout, and compares what runs with
 * what was wanted. A stack without services takes no call.
 * @throws DeployError `rollout-failed`, `rollout-slow`, `image-differs` or `image-missing`; what the signal was
 *   aborted with when it is aborted
 */
export async function afterCare(
  cloud: Cloud,
  options: AfterCareOptions,
  report: ReportService,
): Promise<void> {
  const signal = options.signal ?? new AbortController().signal;
  try {
    const services = await liveServices(cloud, options.assembly);
    const failures = (
      await Promise.all(services.map((live) => careFor(cloud, live, options, { report, signal })))
    ).filter((failure) => failure !== undefined);
    if (failures.length > 1) throw together(failures);
    if (failures[0]) throw failures[0];
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw explain(error);
  }
}

/** One service's failure does not end the watch over the others. */
async function careFor(
  cloud: Cloud,
  live: LiveService,
  { prefix, stage, set, limitMinutes = 15, pollMs = 5000 }: AfterCareOptions,
  { report, signal }: Pick<WatchOptions, 'report' | 'signal'>,
): Promise<DeployError | undefined> {
  const rollout = await watchRollout(cloud, live, {
    report,
    signal,
    pollMs,
    limitMs: limitMinutes * 60_000,
  });
  if (rollout.state === 'going') {
    const why = `it is still rolling out after ${limitMinutes} minutes; ECS goes on with it`;
    return rolloutFailure(cloud, prefix, { stage, set }, live, { code: 'rollout-slow', why });
  }
  if (rollout.state === 'failed') {
    return rolloutFailure(cloud, prefix, { stage, set }, live, { code: 'rollout-failed', why: rollout.why });
  }
  try {
    const running = await compareImage(cloud, prefix, live);
    if (running) report(running);
    return undefined;
  } catch (error) {
    return explain(error);
  }
}

function together(failures: readonly DeployError[]): DeployError {
  const [first] = failures;
  return new DeployError(first!.code, failures.map(({ message }) => message).join('\n'), {
    nextStep: [...new Set(failures.flatMap(({ nextStep }) => nextStep ?? []))].join(' '),
  });
}
