import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ImageError } from '../errors.ts';
import { readAr, readTar, unxz, type ArchiveEntry } from './archive-formats.ts';
import { debianRelease, type DebianPackage } from './pins.ts';

/** Where Debian's files are: the newest of each, then those of all times. */
export const debianMirrors = [
  'https://deb.debian.org/debian',
  `https://snapshot.debian.org/archive/debian/${debianRelease.pinned}`,
] as const;

const withinMs = 60_000;

/** What is in a package of Debian. */
export interface OpenedPackage {
  files: Map<string, ArchiveEntry>;
  /** Its description, as dpkg keeps it of an installed package. */
  control: string;
}

export interface PackageSource {
  /** Folder where downloads are kept, by their SHA-256. */
  cache: string;
  /** @default `debianMirrors` */
  mirrors?: readonly string[];
}

/** Opens a package, which is downloaded once. Throws `base-unavailable` with what each mirror said. */
export async function openPackage(source: DebianPackage, from: PackageSource): Promise<OpenedPackage> {
  const members = readAr(await fetched(source, from));
  const [files, controls] = await Promise.all([
    archiveEntries(members, 'data.tar.xz'),
    archiveEntries(members, 'control.tar.xz'),
  ]);
  return { files, control: controls.get('control')?.content.toString('utf8') ?? '' };
}

async function archiveEntries(
  members: Map<string, Buffer>,
  name: string,
): Promise<Map<string, ArchiveEntry>> {
  const archive = await unxz(members.get(name) ?? Buffer.alloc(0));
  return new Map([...readTar(archive)].map((entry) => [entry.path, entry]));
}

async function fetched(
  source: DebianPackage,
  { cache, mirrors = debianMirrors }: PackageSource,
): Promise<Buffer> {
  const kept = join(cache, `${source.sha256}.deb`);
  const before = await readFile(kept).catch(() => undefined);
  if (before && sha256(before) === source.sha256) return before;
  const problems: string[] = [];
  for (const mirror of mirrors) {
    const url = `${mirror}/${source.path}`;
    const answer = await download(url, source.sha256);
    if (typeof answer === 'string') problems.push(`  ${url}: ${answer}`);
    else return await keep(kept, answer);
  }
  throw new ImageError(
    'base-unavailable',
    [
      `The image's base needs Debian's ${basename(source.path)}, which could not be had:`,
      ...problems,
      `Connect this machine to one of them, or put the file (SHA-256 ${source.sha256}) there: ${kept}`,
    ].join('\n'),
  );
}

async function download(url: string, expected: string): Promise<Buffer | string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(withinMs) });
    if (!answer.ok) return `it answered ${answer.status}`;
    const body = Buffer.from(await answer.arrayBuffer());
    return sha256(body) === expected ? body : `its SHA-256 is ${sha256(body)}, expected ${expected}`;
  } catch (error) {
    const { message, cause } = error as Error;
    return cause instanceof Error ? `${message}: ${cause.message}` : message;
  }
}

/** Renames into place, so that nobody ever reads half a file. */
async function keep(path: string, content: Buffer): Promise<Buffer> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, content);
  await rename(temporary, path);
  return content;
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
