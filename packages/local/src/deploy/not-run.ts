import type { Handlers } from '../resources/handlers.ts';
import { reasonNotRun } from '../resources/inert.ts';
import type { StackStore } from '../state/stack-store.ts';

/** A type of template resource that is not really run on this machine, and why. */
export interface NotRun {
  type: string;
  reason: string;
  /** `<stack>/<logical id>` of each. */
  resources: string[];
}

/** Everything in the running stacks that is only a name here, grouped by type. */
export function listNotRun(store: StackStore, handlers: Handlers): NotRun[] {
  const groups = new Map<string, NotRun>();
  for (const stack of store.stacks) {
    for (const [logicalId, { type }] of Object.entries(stack.resources)) {
      if (!handlers.isInert(type)) continue;
      const reason = reasonNotRun(type) ?? 'unknown to local running';
      const group = groups.get(type) ?? { type, reason, resources: [] };
      group.resources.push(`${stack.name}/${logicalId}`);
      groups.set(type, group);
    }
  }
  return [...groups.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
}
