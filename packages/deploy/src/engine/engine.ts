export { deployPlan, refuseLosses, type DeployOptions } from './deploy-plan.ts';
export { destroyStacks, type DestroyOptions } from './destroy/destroy-stacks.ts';
export { planDestroy, type DestroyPlan, type StackToDestroy } from './destroy/plan-destroy.ts';
export type { EngineEvent, Report, ResourceEvent, StackEvent } from './events.ts';
export { exitCodeOf, exitCodes, type Outcome, type Problem } from './outcome.ts';
