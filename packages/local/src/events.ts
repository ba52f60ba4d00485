/** What happened to one resource of a stack. */
export type ResourceAction = 'created' | 'updated' | 'removed' | 'replaced' | 'rolled-back' | 'failed';

/** How an update of one stack ended. `failed` means: rolled back to what it was before. */
export type StackOutcome = 'created' | 'updated' | 'unchanged' | 'removed' | 'failed';

/** State of one service (an ECS service run as processes). */
export type ServiceState = 'starting' | 'ready' | 'exited' | 'stopped' | 'failed';

/** Progress of the local system, in the order it happens. */
export type LocalEvent =
  | {
      type: 'resource';
      stack: string;
      logicalId: string;
      resourceType: string;
      action: ResourceAction;
      reason?: string;
    }
  | { type: 'stack'; stack: string; outcome: StackOutcome; reason?: string }
  | { type: 'service'; service: string; state: ServiceState; detail?: string }
  | { type: 'log'; source: string; line: string };

/** A listener for progress; it must not throw. */
export type EventListener = (event: LocalEvent) => void;
