import type { LocalEvent, NotRun, UpdateReport } from '@parley/local/start';
import { printable } from '../printable.ts';
import type { Synthesis } from '../synthesis/synthesize.ts';

export interface Ready {
  url: string;
  /** Seconds from the command to the first request that can be answered. */
  seconds: number;
  /** Ids of the chat apps that can be used now. */
  apps: readonly string[];
  model: string;
  report: UpdateReport;
  notRun: readonly NotRun[];
}

/** Says what `start` does: to a person in lines, to a program in JSON objects. */
export interface StartReporter {
  step(what: string): void;
  problem(line: string): void;
  synthesized(synthesis: Synthesis): void;
  event: (event: LocalEvent) => void;
  ready(ready: Ready): void;
  /** Sources were edited (paths below the root), and are being taken in. */
  edited(paths: readonly string[]): void;
  updated(report: UpdateReport): void;
}

export function startReporter({ json, verbose }: { json: boolean; verbose: boolean }): StartReporter {
  return json ? jsonReporter() : textReporter(verbose);
}

function jsonReporter(): StartReporter {
  const print = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    step: (what) => print({ type: 'step', what }),
    problem: (message) => print({ type: 'problem', message }),
    synthesized: ({ stacks, ran, cached }) => print({ type: 'synthesized', stacks, ran, cached }),
    event: print,
    ready: (ready) => print({ type: 'ready', ...ready }),
    edited: (paths) => print({ type: 'edited', paths }),
    updated: (report) => print({ type: 'updated', ...report }),
  };
}

function textReporter(verbose: boolean): StartReporter {
  const print = (line: string): void => void process.stdout.write(`${printable(line)}\n`);
  const problem = (line: string): void => void process.stderr.write(`  ! ${printable(line)}\n`);
  return {
    step: (what) => print(`· ${what}`),
    problem,
    synthesized({ stacks, ran, cached }) {
      for (const line of new Set(stacks.flatMap(({ problems }) => problems))) problem(line);
      for (const { stack, problems } of stacks) {
        if (problems.length > 0) print(`  ${stack} is left as it was before, until this is mended`);
      }
      const well = stacks.filter(({ problems }) => problems.length === 0).length;
      print(`  ${well} of ${stacks.length} stacks, ${ran} tasks run, ${cached} from the cache`);
    },
    event(event) {
      const line = eventLine(event, verbose);
      if (line) print(line);
    },
    ready: (ready) => print(readyText(ready, verbose)),
    edited: ([first, ...others]) =>
      print(`· ${first} changed${others.length > 0 ? `, and ${others.length} more` : ''}`),
    updated({ stacks, failedServices }) {
      for (const { service, error } of failedServices) problem(`${service}: ${error}`);
      if (stacks.every(({ outcome }) => outcome === 'unchanged')) print('  no stack changed by it');
    },
  };
}

function eventLine(event: LocalEvent, verbose: boolean): string | undefined {
  switch (event.type) {
    case 'stack':
      return `  ${event.stack}: ${event.outcome}${event.reason ? `: ${event.reason}` : ''}`;
    case 'service':
      if (!verbose && event.state === 'starting') return undefined;
      return `  ${event.service}: ${event.state}${event.detail ? `: ${event.detail}` : ''}`;
    case 'resource':
      if (!verbose && event.action !== 'failed') return undefined;
      return `    ${event.stack}/${event.logicalId} ${event.action}${event.reason ? `: ${event.reason}` : ''}`;
    case 'log':
      return verbose ? `    [${event.source}] ${event.line}` : undefined;
  }
}

function readyText({ url, seconds, apps, model, notRun }: Ready, verbose: boolean): string {
  const count = notRun.reduce((sum, { resources }) => sum + resources.length, 0);
  return [
    '',
    `  Parley runs at  ${url}   (ready in ${seconds.toFixed(1)} s; Ctrl-C stops it)`,
    '',
    ...apps.map((app, i) => `  ${i === 0 ? 'Chat here       ' : '                '}npx pnpm chat ${app}`),
    `  API             ${url}/api/chat-apps`,
    `  Model           ${model}`,
    `  Not run here    ${count} of the templates' resources:`,
    ...notRunLines(notRun, verbose),
    '',
  ].join('\n');
}

/** One line per reason, with the types it holds for. */
function notRunLines(notRun: readonly NotRun[], verbose: boolean): string[] {
  const byReason = Map.groupBy(notRun, ({ reason }) => reason);
  return [...byReason].flatMap(([reason, types]) => {
    const named = types.map(({ type, resources }) => `${resources.length} ${type.replace(/^AWS::/, '')}`);
    const each = types.flatMap(({ resources }) => resources);
    return [
      `    ${reason}: ${named.join(', ')}`,
      ...(verbose ? each.map((resource) => `      ${resource}`) : []),
    ];
  });
}
