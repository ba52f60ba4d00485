import type { Cloud } from '../cloud/connect.ts';
import type { Plan, PlannedStack } from '../plan/types.ts';
import type { Report } from './events.ts';

/** What may be done to a stack besides CloudFormation's part. Each is left out where there is nothing of the kind. */
export interface Helpers {
  /** Sees to it that the images of a stack's services are in the registry, before it is deployed. */
  pushImages?: (planned: PlannedStack, report: Report, signal: AbortSignal) => Promise<void>;
  /** Looks after a stack's ECS services when CloudFormation is through. Throws when they do not run as they should. */
  afterCare?: (planned: PlannedStack, report: Report, signal: AbortSignal) => Promise<void>;
}

/** Who deploys what, for records. */
export interface Origin {
  who: string;
  commit: string | undefined;
  dirty: boolean;
  /** Parley's version. */
  version: string;
}

/** What every stack of one deploy shares. */
export interface DeployContext extends Helpers {
  plan: Plan;
  cloud: Cloud;
  origin: Origin;
  /** `<stack>/<LogicalId>` of resources whose loss is meant. */
  acknowledged: ReadonlySet<string>;
  /** Whether to wait for a stack that somebody else changes. */
  wait: boolean;
  /** Milliseconds between two looks at a stack. */
  pollMs: number;
  report: Report;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Names of stacks that CloudFormation is at work on for us. */
  executing: Map<string, string>;
}

/** Thrown where Ctrl-C stopped a stack before CloudFormation began with it. */
export class CutError extends Error {
  override readonly name = 'CutError';
  constructor() {
    super('cut by Ctrl-C');
  }
}
