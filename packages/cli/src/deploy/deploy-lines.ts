import type { EngineEvent, Outcome, StackEvent } from '@parley/deploy/engine';
import { printableLine } from '../printable.ts';
import { serviceLine } from '../status/service-lines.ts';

const states: Record<StackEvent['state'], string> = {
  waiting: 'waits',
  images: 'images',
  assets: 'publishing its code and files',
  'change-set': 'change set made',
  executing: 'CloudFormation is at work',
  removing: 'being removed',
  'after-care': 'looking at its services',
};

const results: Record<Outcome['result'], string> = {
  deployed: 'deployed',
  unchanged: 'nothing to change',
  skipped: 'skipped',
  failed: 'FAILED',
  held: 'not begun',
  refused: 'REFUSED',
  cut: 'cut',
  removed: 'removed',
  absent: 'was not there',
};

/** What happened, as one line; undefined for what a log need not hold. */
export function eventLine(event: EngineEvent): string | undefined {
  switch (event.type) {
    case 'wave':
      return `· ${event.stacks.join(', ')}`;
    case 'stack':
      return `  ${event.stack}: ${stateText(event)}`;
    case 'resource': {
      if (event.status.endsWith('_IN_PROGRESS')) return undefined;
      const reason = event.reason === undefined ? '' : `: ${printableLine(event.reason)}`;
      return `  ${event.stack}: ${counter(event)}${event.status} ${event.resourceType} ${event.logicalId} (${duration(event.seconds)})${reason}`;
    }
    case 'note':
      return `  ${event.stack === undefined ? '' : `${event.stack}: `}${event.text}`;
    case 'outcome':
      return outcomeLine(event.outcome);
    case 'cut':
      return cutLines(event).join('\n');
    default:
      return serviceLine(event);
  }
}

export function stateText({ state, detail }: StackEvent): string {
  return detail === undefined ? states[state] : state === 'images' ? detail : `${states[state]}: ${detail}`;
}

/** `3 of 12 ` */
export function counter({ done, of }: { done: number; of: number | undefined }): string {
  return of === undefined ? `${done} ` : `${Math.min(done, of)} of ${of} `;
}

/** How one stack ended; undefined for one that had nothing to do. */
export function outcomeLine({ stack, result, seconds, problem }: Outcome): string | undefined {
  if (result === 'skipped') return undefined;
  const why = result === 'held' && problem ? `: ${problem.message}` : '';
  const took = seconds > 0 ? ` (${duration(seconds)})` : '';
  return `  ${stack}: ${results[result]}${took}${why}`;
}

function cutLines({ going }: Extract<EngineEvent, { type: 'cut' }>): string[] {
  if (going.length === 0) return ['Cut. CloudFormation was at work on nothing.'];
  return [
    'Cut: no further stack is begun. CloudFormation goes on with:',
    ...going.map(({ stack, look }) => `  ${stack}    look at it: ${look}`),
    'Run the same command again to go on: it waits for these first.',
  ];
}

/** A table of what became of each stack, then each problem with what to do. */
export function summaryLines(
  outcomes: readonly Outcome[],
  seconds: number,
  verb: 'deploy' | 'destroy',
): string[] {
  const told = outcomes.filter(({ result }) => result !== 'skipped');
  const skipped = outcomes.length - told.length;
  const rest = skipped > 0 ? `${skipped} up to date, ` : '';
  if (told.length === 0) return [`Nothing to ${verb}: ${rest}${duration(seconds)}.`];
  const rows = told.map(({ stack, resources, seconds: took, result }) => [
    stack,
    String(resources),
    took > 0 ? took.toFixed(1) : '-',
    results[result],
  ]);
  return [
    '',
    ...table([['stack', 'resources', 'seconds', 'result'], ...rows]),
    ...problemLines(told),
    `${rest}${duration(seconds)} in all.`,
  ];
}

/** One problem that several stacks have is told once. */
function problemLines(outcomes: readonly Outcome[]): string[] {
  const told = outcomes.filter(({ result }) => result === 'failed' || result === 'refused');
  const groups = Map.groupBy(told, ({ problem }) => problem?.message ?? '');
  return [...groups].flatMap(([message, same]) => {
    const next = same[0]?.problem?.nextStep;
    const stacks = same.map(({ stack }) => stack).join(', ');
    return ['', `! ${stacks}: ${message}`, ...(next === undefined ? [] : [`  ${next}`])];
  });
}

function table(rows: string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** `8.2 s`, `3 min 20 s` */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
