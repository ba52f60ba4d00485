import { randomBytes } from 'node:crypto';
import { DeployError } from '../errors.ts';
import type { PlannedStack } from '../plan/types.ts';
import type { DeployRecord } from '../record/record.ts';
import { writeRecord } from '../record/records.ts';
import { type DeployContext, CutError } from './context.ts';
import { stackFailure } from './failure.ts';
import { lossesIn, readChangeSet, refusal, unacknowledged } from './losses.ts';
import { decidedAgain, makeReady } from './make-ready.ts';
import type { Outcome } from './outcome.ts';
import { describeStack, isBusy } from './stack-description.ts';
import { stackRecord } from './stack-record.ts';
import { deployByToolkit } from './toolkit.ts';

/** How often a stack is tried again because somebody else got in between. */
const triesMax = 3;

type Done = Pick<Outcome, 'result' | 'resources'>;

/** Deploys one stack and records it. Never throws: what went wrong is in the outcome. */
export async function deployStack(planned: PlannedStack, context: DeployContext): Promise<Outcome> {
  const { stack, name } = planned;
  const began = performance.now();
  const outcome = (rest: Done & Pick<Outcome, 'problem'>): Outcome => ({
    stack,
    name,
    seconds: (performance.now() - began) / 1000,
    ...rest,
  });
  const attempt = new StackAttempt(planned, context);
  try {
    return outcome(await attempt.run());
  } catch (error) {
    if (error instanceof CutError || context.signal.aborted) return outcome({ result: 'cut', resources: 0 });
    const problem = await attempt.failure(error);
    const result = problem.code === 'unacknowledged' ? 'refused' : 'failed';
    return outcome({ result, resources: attempt.resources, problem });
  } finally {
    if (!context.signal.aborted) context.executing.delete(stack);
  }
}

/** One stack on its way: what has begun of it decides what a failure means. */
class StackAttempt {
  /** Resources that the change set changes. */
  resources = 0;
  #planned: PlannedStack;
  readonly #context: DeployContext;
  #isExecuting = false;
  #refusal: DeployError | undefined;

  constructor(planned: PlannedStack, context: DeployContext) {
    this.#planned = planned;
    this.#context = context;
  }

  async run(): Promise<Done> {
    for (let tries = 1; ; tries++) {
      this.#planned = await makeReady(this.#planned, this.#context);
      if (this.#planned.action === 'skip') return { result: 'unchanged', resources: 0 };
      refuseBlocked(this.#planned);
      try {
        return await this.#deploy();
      } catch (error) {
        if (this.#refusal) throw this.#refusal;
        if (tries === triesMax || this.#isExecuting || !(await this.#isTaken(error))) throw error;
        this.#planned = await decidedAgain(this.#planned, this.#context);
      }
    }
  }

  async #deploy(): Promise<Done> {
    const { cloud, report, signal, pollMs, afterCare } = this.#context;
    const { stack, assembly } = this.#planned;
    const changeSet = `parley-${Date.now().toString(36)}-${randomBytes(3).toString('hex')}`;
    const result = await deployByToolkit({
      cloud,
      stack,
      assembly: assembly.folder,
      changeSet,
      pollMs,
      report,
      approve: async () => this.#approve(changeSet),
      onExecuting: () => (this.#isExecuting = true),
    });
    if (afterCare && hasServices(this.#planned) && !signal.aborted) {
      report({ type: 'stack', stack, state: 'after-care' });
      await afterCare(this.#planned, report, signal);
    }
    if (signal.aborted) throw new CutError();
    await this.#record('succeeded');
    return { result, resources: this.resources };
  }

  /** Looks at what CloudFormation says it would do. From a yes on, the stack is on its way. */
  async #approve(changeSet: string): Promise<boolean> {
    const { cloud, acknowledged, report, signal, executing } = this.#context;
    const { stack, name } = this.#planned;
    report({ type: 'stack', stack, state: 'change-set' });
    const changes = await readChangeSet(cloud, name, changeSet);
    const lost = unacknowledged([{ stack, losses: lossesIn(changes) }], acknowledged);
    if (lost.length > 0) this.#refusal = refusal(lost);
    if (this.#refusal || signal.aborted) return false;
    await this.#record('started');
    if (signal.aborted) return false;
    this.resources = changes.length;
    executing.set(stack, name);
    return true;
  }

  async #record(outcome: DeployRecord['outcome'], reason?: string): Promise<void> {
    const { cloud, plan, origin } = this.#context;
    await writeRecord(cloud, plan.prefix, stackRecord(this.#planned, outcome, origin, reason));
  }

  /** Whether it failed because somebody else's change came first, and not by itself. */
  async #isTaken(error: unknown): Promise<boolean> {
    if (error instanceof DeployError) return false;
    const live = await describeStack(this.#context.cloud, this.#planned.name).catch(() => undefined);
    const message = error instanceof Error ? error.message : '';
    return (
      (live !== undefined && isBusy(live.status)) ||
      /AlreadyExists|already exists|ChangeSet \S+ (does not exist|cannot be executed)|_IN_PROGRESS state/.test(
        message,
      )
    );
  }

  /** What failed and what to do. Recorded when CloudFormation had begun: before that, nothing has changed. */
  async failure(error: unknown): Promise<NonNullable<Outcome['problem']>> {
    const problem = await stackFailure(error, this.#planned, this.#context, this.#isExecuting);
    if (!this.#isExecuting) return problem;
    try {
      await this.#record('failed', problem.message);
      return problem;
    } catch {
      return problem; // Its record stays `started`: the next plan takes it for cut, and deploys it again too.
    }
  }
}

function hasServices({ assembly }: PlannedStack): boolean {
  return Object.values(assembly.template.Resources).some(({ Type }) => Type === 'AWS::ECS::Service');
}

function refuseBlocked({ stack, blocked }: PlannedStack): void {
  // What CloudFormation is at, and what it waits for, was looked at just now.
  if (!blocked || blocked.code === 'in-progress' || blocked.code === 'stuck') return;
  throw new DeployError('blocked', `${stack} cannot be deployed: ${blocked.text}.`, blocked);
}
