import { printableLine } from '../printable.ts';
import { knownStages, type KnownStage } from './known-stages.ts';

/** `parley stage list` */
export async function listStages({ region, json }: { region: string[]; json?: boolean }): Promise<void> {
  const note = (line: string): void => void process.stderr.write(`  (${line})\n`);
  const { stages } = await knownStages(note, region);
  if (json) {
    process.stdout.write(`${JSON.stringify({ stages: stages.map(toJson) })}\n`);
    return;
  }
  const width = Math.max(...stages.map(({ stage }) => stage.length));
  const regionWidth = Math.max(...stages.map(({ region }) => region.length));
  for (const each of stages) {
    const line = `${each.stage.padEnd(width)}  ${each.region.padEnd(regionWidth)}  ${whatItHas(each)}`;
    process.stdout.write(`${printableLine(line)}\n`);
  }
}

function toJson({ stage, region, account, isConfigured, found, why }: KnownStage) {
  const { stacks, parameters, left } = found ?? {};
  return { stage, region, account, isConfigured, stacks, parameters, left, notLookedAt: why };
}

/** `5 stacks`, `not deployed`, `no stack; left: 2 tables` */
export function whatItHas({ found, isConfigured, why }: KnownStage): string {
  const from = isConfigured ? '' : ' (not in parley.config.ts: it has the defaults, or --set)';
  if (!found) return `not looked at: ${why}`;
  const { stacks, left, parameters } = found;
  if (stacks.length > 0) {
    const bad = stacks.filter(({ status }) => !/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status));
    const states = bad.map(({ name, status }) => `; ${name} ${status}`).join('');
    return `${count(stacks.length, 'stack')}${states}${from}`;
  }
  const rest = [
    ...[...Map.groupBy(left, ({ kind }) => kind)].map(([kind, some]) =>
      kind === 'images'
        ? count(some.length, 'image repository', 'image repositories')
        : count(some.length, kind),
    ),
    ...(parameters > 0 ? [count(parameters, 'parameter')] : []),
  ];
  return rest.length === 0 ? `not deployed${from}` : `no stack; left: ${rest.join(', ')}${from}`;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
