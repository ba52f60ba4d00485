import { type StackAssembly, readStackAssembly } from '@parley/assembly/read-assembly';
import { inStackOrder } from '@parley/assembly/graph';
import type { EventListener, StackOutcome } from '../events.ts';
import { messageOf } from '@parley/assembly/errors';
import type { StackState } from '../state/records.ts';
import { type StackResult, deployStack, removeStack } from './deploy-stack.ts';
import { type ParameterSources, stackParameters } from './stack-parameters.ts';
import type { DeployContext } from './stack-run.ts';

export interface StackReport {
  stack: string;
  outcome: StackOutcome;
  /** Only with `failed`: the first failing resource and its reason. */
  error?: string;
  /** Logical ids that were created, updated, replaced or removed. */
  changed: string[];
}

export interface UpdateContext extends DeployContext, ParameterSources {
  /** Called with the assemblies, and awaited, before any of their stacks is changed. */
  use(assemblies: StackAssembly[]): Promise<void>;
}

/**
 * Bring all stacks to what the assemblies say: delete those that are gone, then create and update in order. A stack
 * that fails is rolled back and reported; the others go on.
 */
export async function updateStacks(folders: string[], context: UpdateContext): Promise<StackReport[]> {
  const { readable, problems, kept } = await readAll(folders, context.store.stacks);
  const { unique, duplicates } = withoutDuplicates(readable, context.store.stacks);
  const order = inStackOrder(unique);
  await context.use(order);
  const reports: StackReport[] = [];
  const tell = (item: StackReport): void => {
    reports.push(item);
    emitStack(item, context.emit);
  };
  for (const item of [...problems, ...duplicates]) tell(item);
  const wanted = new Set([...readable.map(({ name }) => name), ...kept]);
  for (const stack of context.store.stacks.toReversed()) {
    if (wanted.has(stack.name)) continue;
    tell(report(stack.name, await removeStack(stack, context)));
  }
  for (const assembly of order) tell(report(assembly.name, await deploy(assembly, context)));
  return reports;
}

async function deploy(assembly: StackAssembly, context: UpdateContext): Promise<StackResult> {
  try {
    return await deployStack(assembly, await stackParameters(assembly, context), context);
  } catch (error) {
    return { outcome: 'failed', changed: [], error: messageOf(error) };
  }
}

/** An assembly that cannot be read must not look like a stack that is gone: what came from its folder stays. */
async function readAll(folders: string[], stacks: StackState[]) {
  const readable: StackAssembly[] = [];
  const problems: StackReport[] = [];
  const kept: string[] = [];
  const results = await Promise.allSettled(folders.map((folder) => readStackAssembly(folder)));
  for (const [index, result] of results.entries()) {
    const folder = folders[index] ?? '';
    if (result.status === 'fulfilled') {
      readable.push(result.value);
      continue;
    }
    const own = stacks.filter((stack) => stack.folder === folder).map(({ name }) => name);
    kept.push(...own);
    problems.push({
      stack: own[0] ?? folder,
      outcome: 'failed',
      error: messageOf(result.reason),
      changed: [],
    });
  }
  return { readable, problems, kept };
}

/** Of several assemblies with one stack name, the one that runs already stays; the others are reported. */
function withoutDuplicates(assemblies: StackAssembly[], stacks: StackState[]) {
  const unique: StackAssembly[] = [];
  const duplicates: StackReport[] = [];
  for (const [name, group] of Map.groupBy(assemblies, (assembly) => assembly.name)) {
    const running = stacks.find((stack) => stack.name === name);
    const chosen = group.find(({ folder }) => folder === running?.folder) ?? group[0];
    if (chosen) unique.push(chosen);
    for (const { folder } of group.filter((assembly) => assembly !== chosen)) {
      const error =
        `The stack name ${name} is used twice: by ${chosen?.folder} and by ${folder}. ` +
        'Give one of them another package name.';
      duplicates.push({ stack: name, outcome: 'failed', error, changed: [] });
    }
  }
  return { unique, duplicates };
}

function report(stack: string, { outcome, changed, error }: StackResult): StackReport {
  return { stack, outcome, changed, ...(error === undefined ? {} : { error }) };
}

function emitStack({ stack, outcome, error }: StackReport, emit: EventListener): void {
  emit({ type: 'stack', stack, outcome, ...(error === undefined ? {} : { reason: error }) });
}
