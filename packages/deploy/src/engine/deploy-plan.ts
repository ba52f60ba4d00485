import type { Cloud } from '../cloud/connect.ts';
import { explain } from '../errors.ts';
import { readCheckout } from '../git/checkout.ts';
import { declaredGraph } from '../graph/graph.ts';
import { decideAgain } from '../plan/plan.ts';
import type { Plan, PlannedStack } from '../plan/types.ts';
import { CutError, type DeployContext, type Helpers } from './context.ts';
import { deployStack } from './deploy-stack.ts';
import type { Report } from './events.ts';
import { refusal, unacknowledged } from './losses.ts';
import type { Outcome } from './outcome.ts';
import { inParallel } from './in-parallel.ts';
import { lookCommand } from './stack-description.ts';
import { untilCut } from './until-cut.ts';

export interface DeployOptions extends Helpers {
  cloud: Cloud;
  /** `<stack>/<LogicalId>` of stateful resources that may be replaced or removed. @default none */
  acknowledge?: readonly string[];
  /** Stacks to deploy; the plan's others are left alone. @default all of the plan */
  only?: ReadonlySet<string> | undefined;
  /** Stacks that go at the same time. @default 5 */
  limit?: number;
  /** Whether to wait for stacks that somebody else changes. @default false */
  wait?: boolean;
  /** Milliseconds between two looks at a stack. @default 2000 */
  pollMs?: number;
  /** Parley's version, for records. */
  version: string;
  report: Report;
  /** Ctrl-C: nothing new begins, and what CloudFormation is at goes on there. */
  signal: AbortSignal;
}

/** Problems that every stack would have. */
const everybodys = /^(credentials-|network$|clock-skewed$|bootstrap-missing$)/;

/**
 * Carries a plan out, wave by wave, and records each stack. Can be run again after anything: it takes up what is left.
 * @returns what became of each stack, in order
 * @throws DeployError `unacknowledged` before anything is begun, when the plan would lose data
 */
export async function deployPlan(plan: Plan, options: DeployOptions): Promise<Outcome[]> {
  refuseLosses(plan, options);
  const wanted = stacksWanted(plan, options);
  return new PlanRun(await contextOf(plan, options), wanted, options.limit ?? 5).carryOut();
}

/** @throws DeployError `unacknowledged` naming each resource with data that the plan would lose */
export function refuseLosses(plan: Plan, options: Pick<DeployOptions, 'only' | 'acknowledge'>): void {
  const stacks = stacksWanted(plan, options).map(({ stack, replacements }) => ({
    stack,
    losses: replacements,
  }));
  const lost = unacknowledged(stacks, new Set(options.acknowledge));
  if (lost.length > 0) throw refusal(lost);
}

function stacksWanted({ stacks }: Plan, { only }: Pick<DeployOptions, 'only'>): PlannedStack[] {
  return stacks.filter(({ stack }) => only?.has(stack) ?? true);
}

async function contextOf(plan: Plan, options: DeployOptions): Promise<DeployContext> {
  const { cloud, wait = false, pollMs = 2000, version, report, signal, pushImages, afterCare } = options;
  try {
    const [{ who }, checkout] = await Promise.all([cloud.identity(), readCheckout(plan.input.root)]);
    return {
      plan,
      cloud,
      origin: { who, ...checkout, version },
      acknowledged: new Set(options.acknowledge),
      wait,
      pollMs,
      report,
      signal,
      executing: new Map(),
      ...(pushImages ? { pushImages } : {}),
      ...(afterCare ? { afterCare } : {}),
    };
  } catch (error) {
    throw explain(error);
  }
}

class PlanRun {
  readonly #context: DeployContext;
  readonly #wanted: readonly PlannedStack[];
  readonly #limit: number;
  readonly #needs: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #outcomes = new Map<string, Outcome>();
  #isOver = false;

  constructor(context: DeployContext, wanted: readonly PlannedStack[], limit: number) {
    const { report, plan } = context;
    // What was cut off still ends some time, and must not speak after the end.
    this.#context = { ...context, report: (event) => void (this.#isOver || report(event)) };
    this.#wanted = wanted;
    this.#limit = limit;
    this.#needs = declaredGraph(plan.input.root, plan.input.packages).needs;
  }

  async carryOut(): Promise<Outcome[]> {
    const { signal } = this.#context;
    await untilCut(this.#waves(), signal);
    if (signal.aborted) this.#cutShort();
    this.#isOver = true;
    return this.#wanted.flatMap(({ stack }) => this.#outcomes.get(stack) ?? []);
  }

  async #waves(): Promise<void> {
    const waves = Map.groupBy(this.#wanted, ({ wave }) => wave);
    for (const wave of waves.values()) {
      if (this.#context.signal.aborted) return;
      await this.#wave(wave);
    }
  }

  async #wave(wave: readonly PlannedStack[]): Promise<void> {
    const free = wave.filter((planned) => !this.#isHeld(planned));
    const decided = await this.#decided(free);
    const toDeploy = decided.filter(({ action }) => action === 'deploy');
    for (const planned of decided) if (planned.action === 'skip') this.#skip(planned);
    if (toDeploy.length === 0) return;
    this.#context.report({ type: 'wave', stacks: toDeploy.map(({ stack }) => stack) });
    const ready = await this.#withImages(toDeploy);
    await inParallel(this.#limit, ready, async (planned) => {
      if (this.#context.signal.aborted || this.#isHeld(planned)) return;
      this.#finish(await deployStack(planned, this.#context));
    });
  }

  /** Decides those again that read what an earlier wave may have changed. */
  async #decided(wave: readonly PlannedStack[]): Promise<PlannedStack[]> {
    const touched = new Set(
      [...this.#outcomes.values()]
        .filter(({ result }) => result === 'deployed' || result === 'unchanged')
        .map(({ stack }) => stack),
    );
    const again = wave.filter(({ after }) => after.some((stack) => touched.has(stack)));
    if (again.length === 0) return [...wave];
    try {
      const names = again.map(({ stack }) => stack);
      const decided = new Map(
        (await decideAgain(this.#context.plan, names)).map((each) => [each.stack, each]),
      );
      return wave
        .map((planned) => decided.get(planned.stack) ?? planned)
        .filter((each) => !this.#isLoss(each));
    } catch (error) {
      for (const planned of again) this.#fail(planned, error);
      return wave.filter((planned) => !again.includes(planned));
    }
  }

  /** A value that changed meanwhile can make a resource be replaced that the plan let stand. */
  #isLoss({ stack, name, replacements }: PlannedStack): boolean {
    const lost = unacknowledged([{ stack, losses: replacements }], this.#context.acknowledged);
    if (lost.length === 0) return false;
    const { code, message, nextStep = '' } = refusal(lost);
    this.#finish({
      stack,
      name,
      result: 'refused',
      resources: 0,
      seconds: 0,
      problem: { code, message, nextStep },
    });
    return true;
  }

  /** Pushes the images of one stack after another; a stack whose image cannot be made fails by itself. */
  async #withImages(wave: readonly PlannedStack[]): Promise<PlannedStack[]> {
    const { pushImages, report, signal } = this.#context;
    const ready: PlannedStack[] = [];
    for (const planned of wave) {
      const needsImages = Object.keys(planned.fingerprint.images).length > 0;
      if (signal.aborted) return [];
      try {
        if (pushImages && needsImages) {
          report({ type: 'stack', stack: planned.stack, state: 'images' });
          await pushImages(planned, report, signal);
        }
        ready.push(planned);
      } catch (error) {
        if (!(error instanceof CutError) && !signal.aborted) this.#fail(planned, error);
      }
    }
    return ready;
  }

  /** Whether a stack it comes after failed, or one failed by what every stack would fail by. */
  #isHeld({ stack, name }: PlannedStack): boolean {
    const bad = [...this.#outcomes.values()].find(
      (each) =>
        (['failed', 'held', 'refused', 'cut'].includes(each.result) &&
          this.#needs.get(stack)?.has(each.stack)) ||
        (each.result === 'failed' && everybodys.test(each.problem?.code ?? '')),
    );
    if (!bad) return false;
    const problem = { code: 'held', message: `${bad.stack} has to be deployed first` };
    this.#finish({ stack, name, result: 'held', resources: 0, seconds: 0, problem });
    return true;
  }

  #skip({ stack, name }: PlannedStack): void {
    this.#finish({ stack, name, result: 'skipped', resources: 0, seconds: 0 });
  }

  #fail({ stack, name }: PlannedStack, error: unknown): void {
    const { code, message, nextStep } = explain(error);
    const problem = { code, message, ...(nextStep === undefined ? {} : { nextStep }) };
    this.#finish({ stack, name, result: 'failed', resources: 0, seconds: 0, problem });
  }

  #finish(outcome: Outcome): void {
    if (this.#isOver) return;
    this.#outcomes.set(outcome.stack, outcome);
    this.#context.report({ type: 'outcome', outcome });
  }

  #cutShort(): void {
    const { executing, cloud, report } = this.#context;
    const going = [...executing].map(([stack, name]) => ({
      stack,
      name,
      look: lookCommand(name, cloud.region),
    }));
    report({ type: 'cut', going });
    for (const planned of this.#wanted) {
      const { stack, name, action, after } = planned;
      if (this.#outcomes.has(stack)) continue;
      if (action === 'skip' && after.length === 0) this.#skip(planned);
      else this.#finish({ stack, name, result: 'cut', resources: 0, seconds: 0 });
    }
  }
}
