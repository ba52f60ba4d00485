import type { StackAssembly } from '@parley/assembly/read-assembly';
import { functionsOf } from '@parley/assembly/functions';
import { ssmInputs } from '@parley/assembly/graph';
import type { ChangedFiles } from '../git/changed-files.ts';
import { inputName } from '../record/fingerprint.ts';
import type { DeployRecord } from '../record/record.ts';
import type { Differences } from './differences.ts';
import type { Reason } from './types.ts';

export interface Change {
  assembly: StackAssembly;
  record: DeployRecord;
  differences: Differences;
  /** Files of the stack and of the packages it is made of, changed since the record's commit. */
  changed: ChangedFiles;
  /** Stack that writes an SSM parameter, as far as known. */
  writerOf(path: string): string | undefined;
}

/** Why a stack's fingerprint differs from the recorded one, the most telling first. */
export function changeReasons(change: Change): Reason[] {
  const { template, assets, images } = change.differences;
  const sources = template || assets?.length !== 0 ? sourceReasons(change) : [];
  return [
    ...sources,
    ...(assets ?? []).map((name): Reason => ({ code: 'function', text: `the code of ${name} changed` })),
    ...images.map(({ service, before, now }): Reason => {
      const text =
        before === undefined ? `new image of ${service}: ${now}` : `image of ${service}: ${before} → ${now}`;
      return { code: 'image', text };
    }),
    ...inputReasons(change),
  ];
}

/** The template or an asset differs: by which files, and by which settings. */
function sourceReasons({ record, differences, changed }: Change): Reason[] {
  const names = differences.settings ?? [];
  const settings: Reason[] =
    names.length > 0 ? [{ code: 'settings', text: `settings changed: ${names.join(', ')}` }] : [];
  if ('unknown' in changed) {
    return [
      ...settings,
      {
        code: 'files',
        text: `its template or code changed; by which files cannot be said: ${changed.unknown}`,
      },
    ];
  }
  const files = [...changed.files];
  if (files.length > 0) return [{ code: 'files', text: `changed: ${listed(files)}`, files }, ...settings];
  if (settings.length > 0) return settings;
  const made = record.dirty
    ? `was deployed by ${record.who} with changes that were not committed`
    : 'comes out differently, though no file of it changed: other versions of tools, or another machine';
  return [{ code: 'template', text: `its template ${made}` }];
}

function inputReasons({ assembly, differences, writerOf }: Change): Reason[] {
  const names = differences.inputs;
  if (names === undefined) {
    return differences.template ? [] : [{ code: 'upstream', text: 'a value that it reads changed' }];
  }
  return ssmInputs(assembly.template)
    .filter(({ path }) => names.includes(inputName(assembly.prefix, path)))
    .map(({ path }) => {
      const writer = writerOf(path);
      const from = writer === undefined ? '' : `, which ${writer} writes`;
      return { code: 'upstream', text: `the value of ${path}${from}, changed`, path };
    });
}

/** What there is to know of functions whose code was replaced one by one since the last deploy. */
export function byHandReasons(
  assembly: StackAssembly,
  { byHand = {} }: DeployRecord,
  isChanged: boolean,
): Reason[] {
  const wanted = new Map(functionsOf(assembly).map(({ name, asset }) => [name, asset.hash]));
  return Object.entries(byHand).flatMap(([name, hash]): Reason[] => {
    if (isChanged) {
      const text = `the code of ${name} was replaced by itself since; this deploy makes CloudFormation know what it runs`;
      return [{ code: 'function-by-hand', text }];
    }
    if (!wanted.has(name) || wanted.get(name) === hash) return [];
    const command = `parley fn deploy ${assembly.stack} ${name}`;
    const text = `${name} runs code that was put there by itself; CloudFormation would not change it back: \`${command}\` does`;
    return [{ code: 'function-by-hand', text }];
  });
}

/** Few names are told, and how many more there are. */
export function listed(names: readonly string[], most = 3): string {
  const shown = names.length > most + 1 ? names.slice(0, most) : names;
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
