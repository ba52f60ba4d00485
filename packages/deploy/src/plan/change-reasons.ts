import type { StackAssembly } from '@parley/assembly/read-assembly';
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
    ...images.map((image): Reason => ({ code: 'image', text: imageText(image, change.record) })),
    ...inputReasons(change),
  ];
}

function imageText(
  { service, before, now }: Differences['images'][number],
  { rolledBack = {} }: DeployRecord,
): string {
  if (before === undefined) return `new image of ${service}: ${now}`;
  if (rolledBack[service] !== before) return `image of ${service}: ${before} → ${now}`;
  return `${service} was rolled back by hand to ${before}: the next deploy would bring ${now}`;
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

/** Few names are told, and how many more there are. */
export function listed(names: readonly string[], most = 3): string {
  const shown = names.length > most + 1 ? names.slice(0, most) : names;
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
