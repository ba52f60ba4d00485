import type { Handlers } from '../resources/handlers.ts';
import { reasonNotRun } from '../resources/inert.ts';
import { partsNotRun } from '../resources/partly-run.ts';
import type { StackStore } from '../state/stack-store.ts';

/** A type of template resource, or a part of one, that is not really run on this machine, and why. */
export interface NotRun {
  /** `AWS::EC2::VPC`, or with a part: `AWS::DynamoDB::Table TimeToLiveSpecification`. */
  type: string;
  reason: string;
  /** `<stack>/<logical id>` of each. */
  resources: string[];
}

/** Everything in the running stacks that has no effect here, grouped by type and part. */
export function listNotRun(store: StackStore, handlers: Handlers): NotRun[] {
  const groups = new Map<string, NotRun>();
  const add = (type: string, reason: string, resource: string): void => {
    const group = groups.get(type) ?? { type, reason, resources: [] };
    group.resources.push(resource);
    groups.set(type, group);
  };
  for (const stack of store.stacks) {
    for (const [logicalId, record] of Object.entries(stack.resources)) {
      const resource = `${stack.name}/${logicalId}`;
      const { type } = record;
      if (handlers.isInert(type)) add(type, reasonNotRun(type) ?? 'unknown to local running', resource);
      else for (const { part, reason } of partsNotRun(record)) add(`${type} ${part}`, reason, resource);
    }
  }
  return [...groups.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
}
