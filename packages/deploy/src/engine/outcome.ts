/** What became of one stack. */
export interface Outcome {
  stack: string;
  /** CloudFormation's name. */
  name: string;
  /**
   * `unchanged`: CloudFormation found nothing to change. `skipped`: the plan had nothing to do. `held`: a stack that
   * it comes after failed. `refused`: data would be lost, and nobody acknowledged that. `cut`: by Ctrl-C.
   * `absent`: there was nothing to remove.
   */
  result: 'deployed' | 'unchanged' | 'skipped' | 'failed' | 'held' | 'refused' | 'cut' | 'removed' | 'absent';
  /** Resources that were added, changed or removed. */
  resources: number;
  seconds: number;
  problem?: Problem;
}

/** Why it is not as it should be, and what to do. */
export interface Problem {
  code: string;
  message: string;
  nextStep?: string;
}

/** Exit codes of `deploy` and `destroy`. */
export const exitCodes = { done: 0, failed: 1, refused: 3, cut: 130 } as const;

/** Being cut counts before a failure, a failure before a refusal. */
export function exitCodeOf(outcomes: readonly Outcome[]): number {
  const has = (result: Outcome['result']): boolean => outcomes.some((each) => each.result === result);
  if (has('cut')) return exitCodes.cut;
  if (has('failed')) return exitCodes.failed;
  if (has('refused')) return exitCodes.refused;
  return has('held') ? exitCodes.failed : exitCodes.done;
}
