import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { FileSystem } from 'aws-cdk-lib/core';
import type { ParleyStack } from './parley-stack.ts';
import { dependencyFolder } from './workspace.ts';

/** Code of a Lambda function, and what identifies it. */
export interface BuiltCode {
  code: Code;
  /** Changes exactly when the code does: the hash CDK files the asset under. */
  hash: string;
}

/** A tool's spec lies beside its code; it is no part of it. */
const exclude = ['tool.json'];

/**
 * Code that a build left in `folder`. Synth never bundles: where nothing is built, that is a problem of
 * `source`, and what is returned stands in for the code until synth ends.
 */
export function builtCode(stack: ParleyStack, folder: string, source: string): BuiltCode {
  if (!existsSync(join(folder, 'index.mjs'))) {
    stack.problems.push({
      file: source,
      field: '',
      message: `nothing is built from it: expected ${join(folder, 'index.mjs')}; run the build first (\`pnpm turbo run build\`)`,
    });
    return noCode();
  }
  return { code: Code.fromAsset(folder, { exclude }), hash: FileSystem.fingerprint(folder, { exclude }) };
}

/** The built function of another workspace package, which the stack's package depends on. */
export function packageCode(stack: ParleyStack, name: string): BuiltCode {
  return builtCode(stack, join(dependencyFolder(stack.folder, name), 'dist'), name);
}

/** Stands in for code that is missing, until synth reports why. */
export function noCode(): BuiltCode {
  return { code: Code.fromInline('//'), hash: '' };
}
