import { styleText } from 'node:util';
import { type SetOptions, type StageArguments, commandLine } from '@parley/deploy/command-line';
import type { DoctorInput, NamedFinding } from '@parley/deploy/doctor';

const marks = {
  ok: styleText('green', 'ok     '),
  missing: styleText('red', 'missing'),
  warning: styleText('yellow', 'warning'),
  unknown: styleText('dim', 'unknown'),
} satisfies Record<NamedFinding['status'], string>;

/** What was found, a line each, with what mends it below; coloured on a terminal only. */
export function doctorLines(
  { stage, prefix, cloud }: Pick<DoctorInput, 'stage' | 'prefix' | 'cloud'>,
  findings: readonly NamedFinding[],
  set: SetOptions,
): string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const indent = ' '.repeat('missing  '.length + width + 2);
  return [
    `stage ${stage}: ${prefix} in ${cloud.region}`,
    ...findings.flatMap(({ check, status, what, mend }, i) => {
      const name = findings[i - 1]?.check === check ? '' : check;
      const line = `${marks[status]}  ${name.padEnd(width)}  ${what}`;
      return mend === undefined ? [line] : [line, `${indent}${mend}`];
    }),
    '',
    summary({ stage, set }, findings),
  ];
}

function summary(run: StageArguments, findings: readonly NamedFinding[]): string {
  const count = (status: NamedFinding['status']): number =>
    findings.filter((each) => each.status === status).length;
  const missing = count('missing');
  if (missing > 0) return `${missing} missing: mend ${missing === 1 ? 'it' : 'them'} and run this again.`;
  const open = count('warning') + count('unknown');
  const rest = open > 0 ? ` (${open} to look at)` : '';
  return `Nothing is missing${rest}. Next: ${commandLine('plan', run)}`;
}
