/** Collects what a run measured per stack and prints it as a table. */
export interface Report {
  /** Times one action on a stack and returns what it returns. */
  timed<T>(stack: string, action: Action, run: () => Promise<T>): Promise<T>;
  resources(stack: string, count: number): void;
  /** What the transform took out of a stack's template: it stays unproved here. */
  leftOut(stack: string, changes: string[]): void;
  lines(): string[];
}

const actions = ['deploy', 'again', 'remove'] as const;
export type Action = (typeof actions)[number];

interface Row {
  resources?: number;
  leftOut: string[];
  seconds: Partial<Record<Action, number>>;
}

export function createReport(): Report {
  const rows = new Map<string, Row>();
  const row = (stack: string): Row => {
    const existing = rows.get(stack) ?? { leftOut: [], seconds: {} };
    rows.set(stack, existing);
    return existing;
  };
  return {
    async timed(stack, action, run) {
      const began = performance.now();
      try {
        return await run();
      } finally {
        row(stack).seconds[action] = (performance.now() - began) / 1000;
      }
    },
    resources: (stack, count) => void (row(stack).resources = count),
    leftOut: (stack, changes) => void row(stack).leftOut.push(...changes),
    lines: () => [...table(rows), ...leftOutLines(rows)],
  };
}

function table(rows: Map<string, Row>): string[] {
  const head = ['stack', 'resources', ...actions.map((action) => `${action} s`)];
  const body = [...rows].map(([stack, { resources, seconds }]) => [
    stack,
    resources?.toString() ?? '-',
    ...actions.map((action) => seconds[action]?.toFixed(1) ?? '-'),
  ]);
  const all = [head, ...body];
  const widths = head.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  return all.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function leftOutLines(rows: Map<string, Row>): string[] {
  const lines = [...rows].flatMap(([stack, { leftOut }]) => leftOut.map((change) => `  ${stack}: ${change}`));
  return lines.length > 0 ? ['Not proved here (the emulator lacks it):', ...lines] : [];
}
