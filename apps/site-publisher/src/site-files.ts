import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { PublicationRefusedError } from './errors.ts';

/** One file of the built site. */
export interface SiteFile {
  /** Path below the site, with `/`. */
  path: string;
  /** Absolute path of the file to read. */
  source: string;
  kind: 'asset' | 'other' | 'page';
}

/** What the build puts here has the hash of its content in its name. */
const assetsFolder = 'assets/';

/**
 * The files of a built site. Names that begin with a dot are the build's own, except `.well-known` (RFC 8615).
 * @throws PublicationRefusedError when it has no `index.html`
 */
export async function siteFiles(folder: string): Promise<SiteFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry): SiteFile => {
      const source = join(entry.parentPath, entry.name);
      const path = relative(folder, source).split(sep).join('/');
      return { path, source, kind: kindOf(path) };
    })
    .filter(({ path }) => !isHidden(path));
  if (files.some(({ path }) => path === 'index.html')) return files;
  throw new PublicationRefusedError([
    {
      field: folder,
      message: `expected a built site with an index.html, got ${files.length} files; build apps/web, then deploy again`,
    },
  ]);
}

function isHidden(path: string): boolean {
  return path.split('/').some((name) => name.startsWith('.') && name !== '.well-known');
}

function kindOf(path: string): SiteFile['kind'] {
  if (path.startsWith(assetsFolder)) return 'asset';
  return path.endsWith('.html') ? 'page' : 'other';
}
