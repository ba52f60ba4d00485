import { faultKinds, type Violation } from './judge.ts';
import type { FaultOptions } from './options.ts';
import type { Outcome, Trial } from './trial.ts';

/** Violations by kind; all of them are 0 when every promise was kept. */
export function violationCounts(violations: readonly Violation[]): Record<Violation['kind'], number> {
  const counts = Object.fromEntries(faultKinds.map((kind) => [kind, 0])) as Record<Violation['kind'], number>;
  for (const { kind } of violations) counts[kind] += 1;
  return counts;
}

const shownMax = 20;

/** A trial in words and figures. */
export function trialText({ seed, concurrency }: FaultOptions, trial: Trial): string {
  const { baseline, faulty, chaos, table } = trial;
  const violations = [...baseline.violations, ...faulty.violations];
  const { endings, seals } = faulty;
  const perStream = (outcome: Outcome) => outcome.cpuMs / outcome.streams;
  return [
    line('streams', [count(faulty.streams), `${concurrency} at a time, seed ${seed}`]),
    line('time', [`${faulty.seconds.toFixed(0)} s`]),
    line('runs', [count(faulty.runs), named(seals)]),
    line('connections', [count(faulty.connections), named(endings)]),
    line('events seen', [count(faulty.events)]),
    line('processes', [named(chaos)]),
    line('calls of the table', [named(table)]),
    line('CPU per stream', [
      `${perStream(faulty).toFixed(1)} ms`,
      `without faults ${perStream(baseline).toFixed(1)} ms: ${(perStream(faulty) / perStream(baseline)).toFixed(2)} ×`,
    ]),
    line('violations', [named(violationCounts(violations))]),
    ...violations
      .slice(0, shownMax)
      .map(({ kind, stream, detail }) => `  ${kind}, stream ${stream}: ${detail}`),
    '',
  ].join('\n');
}

function line(name: string, parts: readonly string[]): string {
  return `${name.padEnd(20)}${parts.join('; ')}`;
}

function named(counts: object): string {
  return Object.entries(counts)
    .map(([name, value]) => `${name} ${count(value as number)}`)
    .join(', ');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
