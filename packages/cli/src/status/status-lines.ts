import { styleText } from 'node:util';
import { type SetOptions, commandLine } from '@parley/deploy/command-line';
import type { ServiceStatus, StackStatus, StageStatus } from '@parley/deploy/status';
import { printableLine } from '../printable.ts';

/** A stage for people: a line per stack and per service, and what is wrong. */
export function statusLines({ stage, prefix, region, url, stacks }: StageStatus, set: SetOptions): string[] {
  const head = `stage ${stage}: ${prefix} in ${region}${url === undefined ? '' : `  ${url}`}`;
  if (stacks.length === 0)
    return [head, `  nothing is deployed; \`${commandLine('deploy', { stage, set })}\` deploys all`];
  const services = stacks.flatMap((each) => each.services);
  const width = Math.max(
    ...stacks.map(({ stack }) => stack.length),
    ...services.map(({ service }) => service.length + 2),
  );
  return [head, ...stacks.flatMap((each) => stackLines(each, width)), '', summary(stacks)].map(colouredLine);
}

function stackLines(stack: StackStatus, width: number): string[] {
  const { status = 'gone', services, problems } = stack;
  const isWell = stack.problems.length === 0;
  return [
    `${mark(isWell)} ${stack.stack.padEnd(width)}  ${status.padEnd(24)}  ${lastDeploy(stack)}`,
    ...problems.map(problemLine),
    ...notes(stack),
    ...services.flatMap((each) => serviceLines(each, width)),
  ];
}

function serviceLines(service: ServiceStatus, width: number): string[] {
  const { running, wanted, pending, targets, image, healthy, rollout } = service;
  const coming = pending > 0 ? `, ${pending} coming` : '';
  const parts = [
    `${running}/${wanted} tasks${coming}`,
    ...(targets ? [`${targets.healthy}/${targets.total} healthy`] : []),
    ...(rollout === 'IN_PROGRESS' ? ['rolling out'] : []),
    ...(image === undefined ? [] : [`image ${image.slice(0, 12)}`]),
  ];
  return [
    `${mark(healthy)}   ${service.service.padEnd(width - 2)}  ${parts.join('  ')}`,
    ...service.problems.map(problemLine),
  ];
}

/** `a1b2c3d at 2026-11-21 09:30 by alice` */
function lastDeploy({ deployed }: StackStatus): string {
  if (!deployed) return 'nothing is recorded of its deploy';
  const { commit, dirty, at, who, outcome, version, reason } = deployed;
  const from =
    commit === undefined ? `version ${version}` : `${commit.slice(0, 7)}${dirty ? ' and changes' : ''}`;
  const when = `${at.slice(0, 16).replace('T', ' ')} by ${who}`;
  if (outcome === 'succeeded') return `${from}  ${when}`;
  const how = outcome === 'failed' ? `failed${reason === undefined ? '' : `: ${reason}`}` : 'has not ended';
  return `${from}  ${when}  ${styleText('yellow', `the last deploy ${how}`)}`;
}

function notes({ byHand = [], rolledBack = {} }: StackStatus): string[] {
  return [
    ...byHand.map((name) => `      code of ${name} was deployed by itself since`),
    ...Object.entries(rolledBack).map(([name, tag]) => `      ${name} was rolled back to ${tag} since`),
  ];
}

function problemLine(problem: string): string {
  return styleText('red', `      ! ${problem}`);
}

function mark(isWell: boolean): string {
  return isWell ? styleText('green', '✓') : styleText('red', '✗');
}

function summary(stacks: readonly StackStatus[]): string {
  const unwell = stacks.filter(({ healthy }) => !healthy).map(({ stack }) => stack);
  return unwell.length === 0 ? `All ${stacks.length} stacks are well.` : `Not well: ${unwell.join(', ')}.`;
}

// oxlint-disable-next-line eslint/no-control-regex
const colour = /(\u001b\[\d+m)/;

/** Keeps the colours, which are ours, and nothing else that commands a terminal. */
function colouredLine(line: string): string {
  return line
    .split(colour)
    .map((part, i) => (i % 2 === 1 ? part : printableLine(part)))
    .join('');
}
