export type { LeftStack, Plan, PlanInput, PlannedStack, Reason, ReasonCode, Replacement } from './types.ts';
