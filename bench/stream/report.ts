import type { Load, Measured } from './measure.ts';
import type { TimeByGroup } from './profile.ts';

/** Both servers under one load. */
export interface Comparison {
  load: Load;
  service: Figures;
  bare: Figures;
  /** The service's tokens per second as a part of the bare server's, and its CPU as a multiple. */
  ratio: { throughput: number; cpu: number };
}

/** What was measured, in the units it is printed in. */
export interface Figures {
  answers: number;
  /** Calls of the tables for each answer; none are the bare server's. */
  tableCalls: number;
  tokens: number;
  tokensPerSecond: number;
  tokensPerSecondAndStream: number;
  cpuMicrosecondsPerToken: number;
  rssMegabytes: number;
  firstTokenMs: { p50: number; p95: number; p99: number };
  /** Between two arrivals of text in one answer: tokens that come together have no gap. */
  gapP99Ms: number;
  /** Requests that failed, as the server or what it uses was too busy, and were made again. */
  repeats: number;
  /** Answers cut off, as what the server uses was too busy for as long as a run's lease. */
  interrupted: number;
}

export function compare(load: Load, service: Measured, bare: Measured): Comparison {
  const [ours, theirs] = [figuresOf(load, service), figuresOf(load, bare)];
  const throughput = ours.tokensPerSecond / theirs.tokensPerSecond;
  const cpu = ours.cpuMicrosecondsPerToken / theirs.cpuMicrosecondsPerToken;
  return { load, service: ours, bare: theirs, ratio: { throughput, cpu } };
}

function figuresOf({ streams }: Load, { tokens, seconds, cpuMs, rssBytes, ...times }: Measured): Figures {
  const tokensPerSecond = tokens / seconds;
  const at = (share: number) => percentile(times.firstTokenMs, share);
  return {
    answers: times.answers,
    tableCalls: times.tableCalls / times.answers,
    tokens,
    tokensPerSecond,
    tokensPerSecondAndStream: tokensPerSecond / streams,
    cpuMicrosecondsPerToken: (cpuMs * 1_000) / tokens,
    rssMegabytes: rssBytes / 1e6,
    firstTokenMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
    gapP99Ms: percentile(times.gapMs, 0.99),
    repeats: times.repeats,
    interrupted: times.interrupted,
  };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

const columns = [
  'tokens/s',
  'per stream',
  'CPU µs/token',
  'RSS MB',
  'first token p50/p95/p99 ms',
  'gap p99 ms',
];
const nameWidth = 14;

export function comparisonTable({ load, service, bare, ratio }: Comparison): string {
  const { answers, tokens } = service;
  const { throughput, cpu } = ratio;
  return [
    `${loadName(load)}: ${grouped(answers)} answers of ${Math.round(tokens / answers)} tokens, ${service.tableCalls.toFixed(1)} calls of the tables each${troubleOf(service)}`,
    row('', columns),
    row('inference-api', cellsOf(service)),
    row('bare node:http', cellsOf(bare)),
    row('ratio', [throughput.toFixed(2), '', `${cpu.toFixed(1)} ×`, '', '', '']),
    '',
  ].join('\n');
}

function troubleOf({ repeats, interrupted }: Figures): string {
  const failed = repeats === 0 ? '' : `; ${grouped(repeats)} requests failed and were repeated`;
  return interrupted === 0 ? failed : `${failed}; ${grouped(interrupted)} answers were cut off`;
}

function cellsOf(figures: Figures): string[] {
  const { p50, p95, p99 } = figures.firstTokenMs;
  return [
    grouped(figures.tokensPerSecond),
    figures.tokensPerSecondAndStream.toFixed(1),
    figures.cpuMicrosecondsPerToken.toFixed(1),
    grouped(figures.rssMegabytes),
    [p50, p95, p99].map(grouped).join(' / '),
    grouped(figures.gapP99Ms),
  ];
}

function row(name: string, cells: readonly string[]): string {
  return `  ${name.padEnd(nameWidth)}  ${cells.map((cell, i) => cell.padStart(columns[i]!.length)).join('  ')}`.trimEnd();
}

/** A load and where its time went. */
export interface Profiled {
  load: Load;
  tokens: number;
  groups: TimeByGroup[];
}

export function profileTable({ load, tokens, groups }: Profiled): string {
  const total = groups.reduce((sum, { ms }) => sum + ms, 0);
  const lines = groups.map(({ group, ms }) =>
    [
      `${((ms * 100) / total).toFixed(1)} %`.padStart(8),
      `${grouped(ms)} ms`.padStart(9),
      `${((ms * 1_000) / tokens).toFixed(1)} µs/token`.padStart(16),
      group,
    ].join('  '),
  );
  return [`${loadName(load)}: ${grouped(total)} ms on the main thread`, ...lines, ''].join('\n');
}

export function loadName({ streams, wordDelayMs }: Load): string {
  const pace =
    wordDelayMs === 0 ? 'as fast as it goes' : `at most ${grouped(1_000 / wordDelayMs)} tokens/s each`;
  return `${grouped(streams)} ${streams === 1 ? 'stream' : 'streams'}, ${pace}`;
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
