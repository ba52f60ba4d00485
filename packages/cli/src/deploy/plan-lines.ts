import { styleText } from 'node:util';
import { commandLine } from '@parley/deploy/command-line';
import type { Plan, PlannedStack } from '@parley/deploy/plan';
import { printableLine } from '../printable.ts';

/** A plan for people: a line per stack, in waves, and (unless told not to) what to do next. Coloured on a terminal only. */
export function planLines(plan: Plan, { next = true } = {}): string[] {
  const { stage, prefix, region, stacks, left, input } = plan;
  const width = Math.max(0, ...stacks.map(({ stack }) => stack.length));
  return [
    `stage ${stage}: ${prefix} in ${region}`,
    ...stacks.flatMap((each, i) => stackLines(each, width, stacks[i - 1]?.wave !== each.wave)),
    ...left.map(({ stack, status }) =>
      printableLine(
        `  ! ${stack} (${status}) is not in the workspace any more: ${commandLine(`destroy ${stack}`, input)}`,
      ),
    ),
    ...summary(plan, next),
  ];
}

function stackLines(planned: PlannedStack, width: number, isFirstOfWave: boolean): string[] {
  const { stack, wave, action, blocked, replacements } = planned;
  const begin = isFirstOfWave ? `${wave + 1}`.padStart(3) : '   ';
  const name = stack.padEnd(width);
  const verb = action === 'deploy' ? styleText('green', 'deploy') : styleText('dim', 'skip  ');
  const indent = ' '.repeat(6);
  return [
    `${begin}  ${name}  ${verb}  ${printableLine(why(planned))}`,
    ...replacements.map(({ logicalId, type, effect, why: cause }) =>
      styleText('red', printableLine(`${indent}! ${logicalId} (${type}) is ${effect}: ${cause}`)),
    ),
    ...(blocked
      ? [styleText('yellow', printableLine(`${indent}! ${blocked.text}. ${blocked.nextStep}`))]
      : []),
  ];
}

function why({ reasons, blocked, record }: PlannedStack): string {
  const shown = reasons.filter(({ text }) => text !== blocked?.text).map(({ text }) => text);
  if (reasons.length > 0) return shown.join('; ');
  const from = record?.commit === undefined ? '' : ` at ${record.commit.slice(0, 7)}`;
  return record ? `unchanged since ${record.at.slice(0, 10)}${from} (${record.who})` : 'unchanged';
}

function summary(plan: Plan, next: boolean): string[] {
  const { stacks } = plan;
  const toDeploy = stacks.filter(({ action }) => action === 'deploy');
  const maybe = stacks.filter(({ action, after }) => action === 'skip' && after.length > 0).length;
  const counts = [
    `${toDeploy.length} to deploy`,
    ...(maybe > 0 ? [`${maybe} may follow`] : []),
    `${stacks.length - toDeploy.length - maybe} unchanged`,
  ];
  return ['', `${counts.join(', ')}.`, ...(next ? nextStep(plan) : [])];
}

function nextStep({ stacks, input }: Plan): string[] {
  const toDeploy = stacks.filter(({ action }) => action === 'deploy');
  const lost = toDeploy.flatMap(({ replacements }) => replacements).length;
  const isWhole = input.packages.every(({ stack }) => !stack || stacks.some((each) => each.stack === stack));
  const named = isWhole ? '' : stacks.map(({ stack }) => ` ${stack}`).join('');
  if (toDeploy.length === 0) return [];
  if (toDeploy.some(({ blocked }) => blocked)) return ['Next: what the lines with ! say.'];
  if (lost > 0)
    return [
      `Next: make sure that losing what the lines with ! name is meant; a deploy asks for each by its name.`,
    ];
  return [`Next: ${commandLine(`deploy${named}`, input)}`];
}
