import { build, type BuildFailure, type Message } from 'esbuild';
import { BundleError } from './errors.ts';

export interface BundleOptions {
  /** Folder of the package; paths in messages are relative to it. */
  folder: string;
  /** File to begin with, relative to the folder, or the text of one that exists only in memory. */
  entry: { file: string } | { text: string };
  /** File to write, relative to the folder. */
  outfile: string;
  /** Also write `<outfile>.map`, for who profiles the same bytes. Default false. */
  sourceMap?: boolean;
}

/**
 * Bundles one entry and all it imports into one ES module for Node 24, the same bytes for the same
 * sources wherever the checkout lies. Names stay readable, so that a stack trace from production
 * says where it was. Throws `BundleError` with a line per problem.
 */
export async function bundle({ folder, entry, outfile, sourceMap = false }: BundleOptions): Promise<void> {
  try {
    await build({
      absWorkingDir: folder,
      ...('file' in entry
        ? { entryPoints: [entry.file] }
        : { stdin: { contents: entry.text, resolveDir: folder, loader: 'ts' } }),
      outfile,
      ...(sourceMap && { sourcemap: 'external' as const }),
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      mainFields: ['module', 'main'],
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: 'none',
      logLevel: 'silent',
      // CommonJS dependencies call require() for Node's own modules; an ES module has none.
      banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    });
  } catch (error) {
    throw isBuildFailure(error) ? new BundleError(error.errors.map(described), { cause: error }) : error;
  }
}

function described({ location, text }: Message): string {
  return location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);
}
