/** What can happen next: one atomic step, by its name, and the state after it. */
export interface Step<S> {
  name: string;
  next: S;
}

/** A system of finitely many states. States are plain JSON. */
export interface System<S> {
  initial: S;
  steps(state: S): Step<S>[];
  /** What is wrong with a step from one state to the next, if anything. */
  violation(state: S, before: S): string | undefined;
  /** Where everything has come to its good end. Some path must lead there from every state. */
  isGoal(state: S): boolean;
}

export interface Exploration {
  states: number;
  transitions: number;
  /** The shortest way to what is wrong. */
  counterexample?: { problem: string; steps: string[] };
}

/** Visits every state that can be reached, breadth first, up to the first step that breaks a law. */
export function explore<S extends object>({ initial, steps, violation, isGoal }: System<S>): Exploration {
  const states = [initial];
  const keyOf = createKeys();
  const known = new Map([[keyOf(initial), 0]]);
  const cameBy: { from: number; name: string }[] = [{ from: 0, name: '' }];
  const into: number[][] = [[]];
  let transitions = 0;
  for (let from = 0; from < states.length; from += 1) {
    for (const { name, next } of steps(states[from]!)) {
      transitions += 1;
      const problem = violation(next, states[from]!);
      if (problem) {
        const counterexample = { problem, steps: [...wayTo(from, cameBy), name] };
        return { states: states.length, transitions, counterexample };
      }
      const key = keyOf(next);
      let to = known.get(key);
      if (to === undefined) {
        to = states.push(next) - 1;
        known.set(key, to);
        cameBy.push({ from, name });
        into.push([]);
      }
      into[to]!.push(from);
    }
  }
  const stuck = firstStuck(states.map(isGoal), into);
  if (stuck === undefined) return { states: states.length, transitions };
  const counterexample = { problem: 'no way leads to a good end from here', steps: wayTo(stuck, cameBy) };
  return { states: states.length, transitions, counterexample };
}

/**
 * Short keys of states: each part of a state is numbered once. Most steps leave most parts as they are. In
 * Holzmann's SPIN this is collapse compression.
 */
function createKeys(): (state: object) => string {
  const numbers = new Map<string, number>();
  const seen = new WeakMap<object, number>();
  const numberOf = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    let number = seen.get(part);
    if (number !== undefined) return number;
    const text = JSON.stringify(part);
    number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    seen.set(part, number);
    return number;
  };
  return (state) => Object.values(state).map(numberOf).join();
}

function wayTo(state: number, cameBy: readonly { from: number; name: string }[]): string[] {
  const names: string[] = [];
  for (let at = state; at !== 0; at = cameBy[at]!.from) names.unshift(cameBy[at]!.name);
  return names;
}

/** The first state from which no goal can be reached: goes backwards from the goals. */
function firstStuck(isGoal: readonly boolean[], into: readonly number[][]): number | undefined {
  const canEnd = [...isGoal];
  const queue = isGoal.flatMap((goal, state) => (goal ? [state] : []));
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    for (const before of into[state]!) {
      if (canEnd[before]) continue;
      canEnd[before] = true;
      queue.push(before);
    }
  }
  const stuck = canEnd.indexOf(false);
  return stuck === -1 ? undefined : stuck;
}
