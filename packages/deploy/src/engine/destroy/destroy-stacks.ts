import type { Cloud } from '../../cloud/connect.ts';
import { DeployError, explain } from '../../errors.ts';
import { deleteRecord } from '../../record/records.ts';
import type { Report } from '../events.ts';
import { inParallel } from '../in-parallel.ts';
import type { Outcome } from '../outcome.ts';
import { removeStack } from '../remove-stack.ts';
import { type StackDescription, describeStack, isBusy, lookCommand } from '../stack-description.ts';
import { emptyBucket } from './empty-bucket.ts';
import { type DestroyPlan, type StackToDestroy, registered } from './plan-destroy.ts';
import { readRegistrations } from './registrations.ts';
import { untilCut } from '../until-cut.ts';

export interface DestroyOptions {
  cloud: Cloud;
  report: Report;
  /** Ctrl-C: nothing new begins, and what CloudFormation is at goes on there. */
  signal: AbortSignal;
  /** Stacks that go at the same time. @default 5 */
  limit?: number;
  /** Milliseconds between two looks at a stack. @default 3000 */
  pollMs?: number;
}

/** Removes stacks in the plan's order. Can be run again after anything. */
export async function destroyStacks(plan: DestroyPlan, options: DestroyOptions): Promise<Outcome[]> {
  try {
    return await new DestroyRun(plan, options).carryOut();
  } catch (error) {
    throw explain(error);
  }
}

class DestroyRun {
  readonly #plan: DestroyPlan;
  readonly #options: Required<DestroyOptions>;
  readonly #outcomes = new Map<string, Outcome>();
  readonly #executing = new Map<string, string>();
  #isOver = false;

  constructor(plan: DestroyPlan, options: DestroyOptions) {
    this.#plan = plan;
    const report: Report = (event) => void (this.#isOver || options.report(event));
    this.#options = { limit: 5, pollMs: 3000, ...options, report };
  }

  async carryOut(): Promise<Outcome[]> {
    const { signal } = this.#options;
    await untilCut(this.#waves(), signal);
    if (signal.aborted) this.#cutShort();
    this.#isOver = true;
    return [...this.#outcomes.values()];
  }

  async #waves(): Promise<void> {
    const { signal, report, limit, cloud } = this.#options;
    for (const wave of Map.groupBy(this.#plan.stacks, (each) => each.wave).values()) {
      if (signal.aborted) return;
      const free = wave.filter((each) => !this.#isHeld(each));
      if (free.length > 0) report({ type: 'wave', stacks: free.map(({ stack }) => stack) });
      await inParallel(limit, free, async (each) => {
        if (!signal.aborted) await this.#destroy(each);
      });
    }
    for (const stack of this.#plan.absent) await deleteRecord(cloud, this.#plan.prefix, stack);
  }

  async #destroy(target: StackToDestroy): Promise<void> {
    const { stack, name } = target;
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1000;
    try {
      const live = await describeStack(this.#options.cloud, name);
      const resources = live ? await this.#remove(target, live) : 0;
      await this.#forget(target);
      this.#finish({ stack, name, result: live ? 'removed' : 'absent', resources, seconds: seconds() });
    } catch (error) {
      if (this.#options.signal.aborted) return;
      const { code, message, nextStep } = explain(error);
      const problem = { code, message, ...(nextStep === undefined ? {} : { nextStep }) };
      this.#finish({ stack, name, result: 'failed', resources: 0, seconds: seconds(), problem });
    } finally {
      if (!this.#options.signal.aborted) this.#executing.delete(stack);
    }
  }

  /** @returns the number of resources that went */
  async #remove(target: StackToDestroy, live: StackDescription): Promise<number> {
    const { stack, name, lost } = target;
    const buckets = lost.filter(({ type }) => type === 'AWS::S3::Bucket');
    this.#refuseBusy(target, live);
    await this.#liftProtection(target, live);
    for (const { physicalId } of buckets) await this.#empty(stack, physicalId);
    const options = { ...this.#options, stack, onExecuting: () => void this.#executing.set(stack, name) };
    const events = await removeStack(live, options).catch(async (error: unknown) => {
      // Logs can arrive in a bucket between its emptying and its removal.
      const isBucket = error instanceof DeployError && /not empty/i.test(error.message);
      if (!isBucket) throw error;
      for (const { physicalId } of buckets) await this.#empty(stack, physicalId);
      return removeStack(live, options);
    });
    return events.filter(
      ({ status, resourceType }) =>
        status === 'DELETE_COMPLETE' && resourceType !== 'AWS::CloudFormation::Stack',
    ).length;
  }

  #refuseBusy({ stack, name }: StackToDestroy, { status }: StackDescription): void {
    if (!isBusy(status) || status === 'DELETE_IN_PROGRESS') return;
    throw new DeployError('in-progress', `${stack}: CloudFormation is at work on it (${status}).`, {
      nextStep: `Run this again when it is through. To look at it: ${lookCommand(name, this.#options.cloud.region)}`,
    });
  }

  /** The registry is protected while registrations of stacks that still stand are in it; others' protection stays. */
  async #liftProtection(target: StackToDestroy, live: StackDescription): Promise<void> {
    const { cloud, report } = this.#options;
    const { stack, name, catalogTable } = target;
    if (catalogTable !== undefined) await this.#refuseRegistered(stack, catalogTable);
    if (!live.terminationProtection) return;
    if (catalogTable === undefined) {
      throw new DeployError('protected', `${stack} is protected against removal.`, {
        nextStep: `If it may go: aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name} --region ${cloud.region}`,
      });
    }
    const { UpdateTerminationProtectionCommand } = await import('@aws-sdk/client-cloudformation');
    report({ type: 'note', stack, text: 'no registrations are left: its termination protection is lifted' });
    const client = await cloud.cloudFormation();
    await client.send(
      new UpdateTerminationProtectionCommand({ StackName: name, EnableTerminationProtection: false }),
    );
  }

  async #refuseRegistered(stack: string, table: string): Promise<void> {
    const { cloud } = this.#options;
    const registrations = await readRegistrations(cloud, table);
    const owners = [...new Set(registrations.map(({ owner }) => owner))];
    const standing = await Promise.all(
      owners.map(async (owner) => ((await describeStack(cloud, owner)) ? [owner] : [])),
    );
    const left = registrations.filter(({ owner }) => standing.flat().includes(owner));
    if (left.length > 0) throw registered(stack, left);
  }

  async #empty(stack: string, bucket: string): Promise<void> {
    const { cloud, report } = this.#options;
    const deleted = await emptyBucket(cloud, bucket, (count) =>
      report({ type: 'stack', stack, state: 'removing', detail: `${count} objects of ${bucket} deleted` }),
    );
    if (deleted > 0)
      this.#options.report({ type: 'note', stack, text: `emptied bucket ${bucket} (${deleted})` });
  }

  async #forget({ stack, seeded }: StackToDestroy): Promise<void> {
    const { cloud } = this.#options;
    await deleteRecord(cloud, this.#plan.prefix, stack);
    if (seeded.length === 0) return;
    const { DeleteParametersCommand } = await import('@aws-sdk/client-ssm');
    await (await cloud.ssm()).send(new DeleteParametersCommand({ Names: seeded }));
  }

  /** Whether a stack that needs this one could not be removed. */
  #isHeld({ stack, name }: StackToDestroy): boolean {
    const bad = [...this.#outcomes.values()].find(
      (each) => ['failed', 'held'].includes(each.result) && this.#plan.needs.get(each.stack)?.has(stack),
    );
    if (!bad) return false;
    const problem = { code: 'held', message: `${bad.stack}, which needs it, is still there` };
    this.#finish({ stack, name, result: 'held', resources: 0, seconds: 0, problem });
    return true;
  }

  #finish(outcome: Outcome): void {
    if (this.#isOver) return;
    this.#outcomes.set(outcome.stack, outcome);
    this.#options.report({ type: 'outcome', outcome });
  }

  #cutShort(): void {
    const { cloud, report } = this.#options;
    const going = [...this.#executing].map(([stack, name]) => ({
      stack,
      name,
      look: lookCommand(name, cloud.region),
    }));
    report({ type: 'cut', going });
    for (const { stack, name } of this.#plan.stacks) {
      if (!this.#outcomes.has(stack)) this.#finish({ stack, name, result: 'cut', resources: 0, seconds: 0 });
    }
  }
}
