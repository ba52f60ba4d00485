import { setTimeout as delay } from 'node:timers/promises';
import type { Cloud } from '../../cloud/connect.ts';
import { DeployError } from '../../errors.ts';
import { lossesIn, readChangeSet } from '../../engine/losses.ts';
import { firstFailure, readOperation } from '../../engine/operation-events.ts';
import { describeStack, isBusy, lookCommand } from '../../engine/stack-description.ts';

export interface RedeployOptions {
  /** CloudFormation's name. */
  name: string;
  /** Names of its template's parameters. */
  parameters: readonly string[];
  /** Logical ids of what is meant to change; others that do are told. */
  meant: ReadonlySet<string>;
  /** Told once, before anything begins. */
  onExtra(logicalIds: readonly string[]): void;
  /** Shows what changed meanwhile. */
  lookCommand: string;
  signal: AbortSignal;
  pollMs: number;
}

/**
 * Deploys a stack's template as it stands, with the values that its SSM parameters have now.
 * @returns whether anything changed
 * @throws DeployError `data-loss`, `redeploy-failed` with the first failing resource, or what AWS refused
 */
export async function redeploy(cloud: Cloud, options: RedeployOptions): Promise<boolean> {
  const changeSet = `parley-rollback-${Date.now().toString(36)}`;
  if (!(await makeChangeSet(cloud, changeSet, options))) return false;
  await checkChanges(cloud, changeSet, options);
  const { ExecuteChangeSetCommand } = await import('@aws-sdk/client-cloudformation');
  const client = await cloud.cloudFormation();
  options.signal.throwIfAborted();
  await client.send(new ExecuteChangeSetCommand({ StackName: options.name, ChangeSetName: changeSet }));
  await waitForUpdate(cloud, options);
  return true;
}

/** Makes the change set; false, and none is left, when there is nothing to change. */
async function makeChangeSet(
  cloud: Cloud,
  ChangeSetName: string,
  { name: StackName, parameters, signal, pollMs }: RedeployOptions,
): Promise<boolean> {
  const { CreateChangeSetCommand, DescribeChangeSetCommand } = await import('@aws-sdk/client-cloudformation');
  const client = await cloud.cloudFormation();
  await client.send(
    new CreateChangeSetCommand({
      StackName,
      ChangeSetName,
      UsePreviousTemplate: true,
      // Of a parameter of SSM that keeps the path: the value is always read anew.
      Parameters: parameters.map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true })),
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
      Description: 'parley rollback',
    }),
  );
  for (;;) {
    const { Status, StatusReason = '' } = await client.send(
      new DescribeChangeSetCommand({ StackName, ChangeSetName }),
    );
    if (Status === 'CREATE_COMPLETE') return true;
    if (Status === 'FAILED') {
      await removeChangeSet(cloud, StackName, ChangeSetName);
      if (/didn't contain changes|No updates are to be performed/i.test(StatusReason)) return false;
      throw new DeployError(
        'redeploy-failed',
        `CloudFormation made no change set of ${StackName}: ${StatusReason}`,
      );
    }
    await delay(pollMs, undefined, { signal });
  }
}

/** A value that another stack changed meanwhile comes along: it is told, and refused where it would cost data. */
async function checkChanges(
  cloud: Cloud,
  changeSet: string,
  { name, meant, onExtra, lookCommand: look }: RedeployOptions,
): Promise<void> {
  const changes = await readChangeSet(cloud, name, changeSet);
  const lost = lossesIn(changes);
  if (lost.length > 0) {
    await removeChangeSet(cloud, name, changeSet);
    const list = lost.map(({ logicalId, type, effect }) => `${logicalId} (${type}) is ${effect}`).join(', ');
    throw new DeployError(
      'data-loss',
      `Nothing was changed: values that ${name} reads were changed since its deploy, by which ${list}.`,
      { nextStep: `See what changed with \`${look}\`, and deploy that first.` },
    );
  }
  const extra = changes.flatMap(({ LogicalResourceId: id = '' }) => (meant.has(id) ? [] : [id]));
  if (extra.length > 0) onExtra(extra);
}

async function removeChangeSet(cloud: Cloud, StackName: string, ChangeSetName: string): Promise<void> {
  const { DeleteChangeSetCommand } = await import('@aws-sdk/client-cloudformation');
  await (await cloud.cloudFormation()).send(new DeleteChangeSetCommand({ StackName, ChangeSetName }));
}

async function waitForUpdate(cloud: Cloud, { name, signal, pollMs }: RedeployOptions): Promise<void> {
  for (;;) {
    const live = await describeStack(cloud, name);
    if (live?.status === 'UPDATE_COMPLETE' || live?.status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') return;
    if (!live || !isBusy(live.status)) {
      const failed = live && firstFailure(await readOperation(cloud, live.id));
      const why = failed
        ? `${failed.logicalId}: ${failed.reason || failed.status}`
        : (live?.status ?? 'it is gone');
      throw new DeployError('redeploy-failed', `CloudFormation could not update ${name}: ${why}`, {
        nextStep: `All of it: ${lookCommand(name, cloud.region)}`,
      });
    }
    await delay(pollMs, undefined, { signal });
  }
}
