import { missing } from '../record/fingerprint.ts';
import type { Fingerprint } from '../record/record.ts';

/** What two fingerprints of a stack differ in, by name. */
export interface Differences {
  template: boolean;
  /** Functions and files whose content differs; undefined when one of the two fingerprints does not say. */
  assets: string[] | undefined;
  inputs: string[] | undefined;
  settings: string[] | undefined;
  images: { service: string; before: string | undefined; now: string }[];
}

/** What changed from one fingerprint to another; undefined when nothing did that matters. */
export function differencesOf(before: Fingerprint, now: Fingerprint): Differences | undefined {
  if (before.digest === now.digest) return undefined;
  return {
    template: before.template !== now.template,
    assets: changedKeys(before.assets, now.assets),
    inputs: changedKeys(before.inputs, now.inputs),
    settings: newKeys(before.settings, now.settings),
    images: Object.entries(now.images)
      .filter(([service, tag]) => before.images[service] !== tag)
      .map(([service, tag]) => ({ service, before: tagOf(before.images[service]), now: tag })),
  };
}

function tagOf(tag: string | undefined): string | undefined {
  return tag === missing ? undefined : tag;
}

type Hashes = Record<string, string> | undefined;

/** Names that both have, with another hash: what comes or goes is a change of the template. */
function changedKeys(before: Hashes, now: Hashes): string[] | undefined {
  return newKeys(before, now)?.filter((name) => before?.[name] !== undefined);
}

/** Names whose hash differs, or that are new. */
function newKeys(before: Hashes, now: Hashes): string[] | undefined {
  if (!before || !now) return undefined;
  return Object.keys(now).filter((name) => before[name] !== now[name]);
}
