import type { Cost } from './table-meter.ts';

export type Costs = Record<string, Cost>;

/** What each case may cost, by operation; packages/store/README.md says what that is in money. */
export const budgets = {
  'short answer': {
    GetItem: { calls: 1, units: 1, bytes: 510 },
    Query: { calls: 3, units: 3, bytes: 2_049 },
    UpdateItem: { calls: 4, units: 5, bytes: 6_290 },
    PutItem: { calls: 56, units: 56, bytes: 28_695 },
  },
  'answer with a tool': {
    GetItem: { calls: 1, units: 1, bytes: 510 },
    Query: { calls: 3, units: 3, bytes: 2_049 },
    UpdateItem: { calls: 4, units: 5, bytes: 6_838 },
    PutItem: { calls: 57, units: 57, bytes: 29_690 },
  },
  'long answer': {
    GetItem: { calls: 11, units: 11, bytes: 6_492 },
    Query: { calls: 3, units: 3, bytes: 2_049 },
    UpdateItem: { calls: 14, units: 112, bytes: 214_481 },
    PutItem: { calls: 1_006, units: 1_006, bytes: 583_609 },
  },
  resume: {
    GetItem: { calls: 2, units: 2, bytes: 1_377 },
    Query: { calls: 3, units: 3, bytes: 12_009 },
  },
  'second device': {
    GetItem: { calls: 2, units: 2, bytes: 1_353 },
    Query: { calls: 15, units: 15, bytes: 22_231 },
  },
  'idle tab, an hour': {
    GetItem: { calls: 720, units: 720, bytes: 367_200 },
    Query: { calls: 1, units: 1, bytes: 371 },
  },
} satisfies Record<string, Costs>;

/** Of its bytes a case may be off by so much: ids and times have lengths of their own. */
const bytesTolerance = 0.05;

/** Lines that say where a case does not cost what its budget says, and what to do. */
export function offBudget(name: keyof typeof budgets, costs: Costs): string[] {
  const budget: Costs = budgets[name];
  const operations = new Set([...Object.keys(budget), ...Object.keys(costs)]);
  return [...operations].flatMap((operation) =>
    (['calls', 'units', 'bytes'] as const).flatMap((what) => {
      const cost = costs[operation]?.[what] ?? 0;
      const allowed = budget[operation]?.[what] ?? 0;
      const slack = what === 'bytes' ? allowed * bytesTolerance : 0;
      if (Math.abs(cost - allowed) <= slack) return [];
      const advice =
        cost > allowed
          ? 'find out why, and raise the budget only if it must be'
          : 'lower the budget, so that it stays so';
      return [`${name}: ${cost} ${what} of ${operation}, the budget has ${allowed}: ${advice}`];
    }),
  );
}
