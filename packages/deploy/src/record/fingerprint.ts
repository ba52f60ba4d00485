import { functionsOf } from '@parley/assembly/functions';
import { ssmInputs } from '@parley/assembly/graph';
import { imagesOf } from '@parley/assembly/images';
import type { StackAssembly } from '@parley/assembly/read-assembly';
import { type Json, canonicalJson } from '@parley/assembly/values';
import { isSeededPath } from '@parley/contract/names';
import { shortHash } from './hash.ts';
import type { Fingerprint } from './record.ts';

/** What a stack is made of besides its assembly. */
export interface Surroundings {
  /** SSM parameters that stand, by path. */
  values: ReadonlyMap<string, string>;
  /** Tag of each workspace package's image, as far as known; others are taken as they stand in SSM. */
  imageTags: ReadonlyMap<string, string>;
  settings: Readonly<Record<string, unknown>>;
}

/** What a deploy of this assembly would be made of. The same on every machine, from any folder. */
export function fingerprintOf(
  assembly: StackAssembly,
  { values, imageTags, settings }: Surroundings,
): Fingerprint {
  const { template, parameters, terminationProtection } = assembly;
  const made = {
    template: shortHash(
      canonicalJson({ template: template as unknown as Json, parameters, terminationProtection }),
    ),
    assets: assetHashes(assembly),
    images: Object.fromEntries(
      imagesOf(template).map(({ service, path, workspace = '' }) => [
        service,
        imageTags.get(workspace) ?? values.get(path) ?? missing,
      ]),
    ),
    inputs: Object.fromEntries(
      inputPaths(assembly).map((path) => {
        const value = values.get(path);
        return [inputName(assembly.prefix, path), value === undefined ? missing : shortHash(value)];
      }),
    ),
  };
  return { digest: shortHash(canonicalJson(made)), ...made, settings: settingHashes(settings) };
}

/** The fingerprint with another image of one service. Where details were left out, it equals no other one. */
export function withImage(before: Fingerprint, service: string, tag: string): Fingerprint {
  const { template, assets, inputs } = before;
  const images = { ...before.images, [service]: tag };
  const made: Json = assets && inputs ? { template, assets, images, inputs } : [before.digest, images];
  return { ...before, images, digest: shortHash(canonicalJson(made)) };
}

/** Stands for a value that nobody has written yet. */
export const missing = '0'.repeat(16);

/** Paths a stack reads that a template or a person writes; not those of image tags. */
export function inputPaths({ template }: StackAssembly): string[] {
  return ssmInputs(template)
    .map(({ path }) => path)
    .filter((path) => !isSeededPath(path));
}

/** What a record calls a path: it is short, as a record has little room. */
export function inputName(prefix: string | undefined, path: string): string {
  return path.startsWith(`/${prefix}/`) ? path.slice(`/${prefix}/`.length) : path;
}

function assetHashes(assembly: StackAssembly): Record<string, string> {
  const functions = new Map(functionsOf(assembly).map(({ name, asset }) => [asset, name]));
  const hashes: Record<string, string> = {};
  for (const asset of new Set(assembly.assets.values())) {
    const name = functions.get(asset) ?? asset.name;
    hashes[name in hashes ? `${name} ${asset.hash.slice(0, 8)}` : name] = shortHash(asset.hash);
  }
  return hashes;
}

function settingHashes(settings: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, shortHash(canonicalJson(value as Json))]),
  );
}
