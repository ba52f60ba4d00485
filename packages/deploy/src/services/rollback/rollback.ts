import type { Template } from '@parley/assembly/references';
import { servicesOf } from '@parley/assembly/services';
import { type Prefix, ssmPath, stackName } from '@parley/contract/names';
import { parseImageTag } from '@parley/image/image-tag';
import { useImage } from '@parley/image/use-image';
import type { Cloud } from '../../cloud/connect.ts';
import { type StageArguments, commandLine } from '../../command-line.ts';
import { DeployError, explain } from '../../errors.ts';
import { describeStack, isBusy, lookCommand } from '../../engine/stack-description.ts';
import { readDeployedTemplate } from '../../plan/deployed-template.ts';
import { stackState } from '../../plan/stack-state.ts';
import { withImage } from '../../record/fingerprint.ts';
import type { DeployRecord } from '../../record/record.ts';
import { readRecords, writeRecord } from '../../record/records.ts';
import { afterCare } from '../after-care.ts';
import type { ReportService } from '../events.ts';
import { stageServices } from '../stage-services.ts';
import { chooseTag } from './choose-tag.ts';
import { pushedImages } from './images.ts';
import { redeploy } from './redeploy.ts';
import { readTagHistory } from './tag-history.ts';

/** A way back that was looked up, and can be taken. */
export interface Rollback {
  stage: string;
  prefix: Prefix;
  service: string;
  stack: string;
  /** CloudFormation's name. */
  name: string;
  /** Tag that the service is told to run. */
  from: string;
  to: string;
  /** Tag that it runs, where that is another one: ECS may have gone back by itself. */
  running?: string;
}

export interface RollbackOptions extends StageArguments {
  prefix: Prefix;
  service: string;
  /** Stacks of the workspace. */
  stacks: readonly string[];
  /** @default the tag before */
  to?: string | undefined;
}

/** Something that happens on the way back. */
export type RollbackEvent =
  | { type: 'rollback'; state: 'selected' | 'updating' | 'unchanged' }
  /** Resources that change too, as values they read changed since the last deploy. */
  | { type: 'also-changes'; logicalIds: readonly string[] };

/**
 * Looks up from which image to which a service would go back. Reads only.
 * @throws DeployError `unknown-service`, `in-progress`, `stuck`, or why there is no such image
 */
export async function planRollback(
  cloud: Cloud,
  { stage, set, prefix, service, stacks, to }: RollbackOptions,
): Promise<Rollback> {
  try {
    const records = await readRecords(cloud, prefix);
    const services = await stageServices(cloud, prefix, [...new Set([...stacks, ...records.keys()])]);
    const found = services.find((each) => each.service === service);
    if (found?.stack === undefined) throw unknownService(service, services);
    const name = stackName(prefix, found.stack);
    const [history, images] = await Promise.all([
      readTagHistory(cloud, ssmPath.imageTag(prefix, service)),
      pushedImages(cloud, prefix, service),
      refuseBusy(cloud, found.stack, name, { stage, set }),
    ]);
    const tags = chooseTag({ service, history, images, to });
    const running = found.tag === undefined || found.tag === tags.from ? {} : { running: found.tag };
    return { stage, prefix, service, stack: found.stack, name, ...tags, ...running };
  } catch (error) {
    throw explain(error);
  }
}

/**
 * Goes back: makes the stage run the image, by an update of the stack with the template that it has, so that
 * CloudFormation knows what runs; then waits for the rollout and records it.
 * @throws DeployError saying how far it came; what the signal was aborted with when it is aborted
 */
export async function rollBack(
  cloud: Cloud,
  rollback: Rollback,
  options: { signal: AbortSignal; pollMs?: number } & Pick<StageArguments, 'set'>,
  report: (event: RollbackEvent | Parameters<ReportService>[0]) => void,
): Promise<void> {
  const { stage, prefix, service, stack, name, to } = rollback;
  const { signal, pollMs = 5000, set } = options;
  try {
    const template = (await readDeployedTemplate(cloud, name)) as unknown as Template;
    const parts = servicesOf(template).find((each) => each.service === service);
    await useImage({ cloud, prefix, service, tag: parseImageTag(to) });
    report({ type: 'rollback', state: 'selected' });
    await recorded(cloud, rollback, async () => {
      report({ type: 'rollback', state: 'updating' });
      const isChanged = await redeploy(cloud, {
        name,
        parameters: Object.keys(template.Parameters ?? {}),
        meant: new Set(parts ? [parts.logicalId, parts.taskDefinition] : []),
        onExtra: (logicalIds) => report({ type: 'also-changes', logicalIds }),
        lookCommand: commandLine('plan', { stage, set }),
        signal,
        pollMs,
      });
      if (!isChanged) report({ type: 'rollback', state: 'unchanged' });
      const assembly = { stack, name, template };
      await afterCare(cloud, { prefix, stage, set, assembly, signal, pollMs }, report);
    });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw explain(error);
  }
}

/** Carries out the update between two records, as a deploy does. A stack without a record gets none. */
async function recorded(
  cloud: Cloud,
  { prefix, stack, service, to }: Rollback,
  update: () => Promise<void>,
): Promise<void> {
  const stored = (await readRecords(cloud, prefix)).get(stack);
  if (!stored || !('record' in stored)) return update();
  const { reason: _old, ...before } = stored.record;
  const { who } = await cloud.identity();
  const write = async (outcome: DeployRecord['outcome'], more: Partial<DeployRecord>) =>
    writeRecord(cloud, prefix, { ...before, outcome, who, at: new Date().toISOString(), ...more });
  const after = {
    fingerprint: withImage(before.fingerprint, service, to),
    rolledBack: { ...before.rolledBack, [service]: to },
  };
  await write('started', after);
  try {
    await update();
  } catch (error) {
    await write('failed', { ...after, reason: explain(error).message.split('\n')[0]!.slice(0, 300) });
    throw error;
  }
  await write('succeeded', after);
}

async function refuseBusy(cloud: Cloud, stack: string, name: string, run: StageArguments): Promise<void> {
  const live = await describeStack(cloud, name);
  if (live && isBusy(live.status)) {
    throw new DeployError('in-progress', `CloudFormation is at work on ${stack} (${live.status}).`, {
      nextStep: `Wait until it is through, then run the same command again. To look at it: ${lookCommand(name, cloud.region)}`,
    });
  }
  const { blocked } = stackState(stack, live, undefined, { ...run, region: cloud.region });
  if (blocked) throw new DeployError(blocked.code, `${stack}: ${blocked.text}.`, blocked);
}

function unknownService(service: string, services: readonly { service: string }[]): DeployError {
  const names = services.map((each) => each.service).join(', ');
  return new DeployError('unknown-service', `No service of this stage is called "${service}".`, {
    nextStep: names === '' ? 'No service runs in this stage; deploy it first.' : `There are: ${names}.`,
  });
}
