import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code, type CodeConfig } from 'aws-cdk-lib/aws-lambda';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { FileSystem } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
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
  if (!isBuilt(stack, folder, source, 'index.mjs')) return noCode();
  return { code: Code.fromAsset(folder, { exclude }), hash: FileSystem.fingerprint(folder, { exclude }) };
}

/** The built function of another workspace package, which the stack's package depends on. */
export function packageCode(stack: ParleyStack, name: string): BuiltCode {
  return builtCode(stack, join(dependencyFolder(stack.folder, name), 'dist'), name);
}

/** Files of another package that a function's code holds. */
export interface IncludedFolder {
  /** Folder in the code. */
  name: string;
  /** Workspace package whose `dist` it holds. */
  package: string;
  /** A file that every build of that package has. */
  file: string;
}

/** As `packageCode`, with a folder in it that holds what another package has built. */
export function packageCodeWithFolder(
  stack: ParleyStack,
  name: string,
  { name: folderName, package: packageName, file }: IncludedFolder,
): BuiltCode {
  const code = join(dependencyFolder(stack.folder, name), 'dist');
  const included = join(dependencyFolder(stack.folder, packageName), 'dist');
  const built = [isBuilt(stack, code, name, 'index.mjs'), isBuilt(stack, included, packageName, file)];
  if (built.includes(false)) return noCode();
  const hash = [code, included].map((folder) => FileSystem.fingerprint(folder)).join('-');
  return { code: new CodeWithFolder(code, included, folderName), hash };
}

/** Built code and a folder in it, put together when they are staged and not before. */
class CodeWithFolder extends Code {
  private readonly code: string;
  private readonly included: string;
  private readonly folderName: string;

  constructor(code: string, included: string, folderName: string) {
    super();
    this.code = code;
    this.included = included;
    this.folderName = folderName;
  }

  override bind(scope: Construct): CodeConfig {
    const together = mkdtempSync(join(tmpdir(), 'parley-code-'));
    try {
      cpSync(this.code, together, { recursive: true });
      cpSync(this.included, join(together, this.folderName), { recursive: true });
      const { s3BucketName, s3ObjectKey } = new Asset(scope, 'Code', { path: together });
      return { s3Location: { bucketName: s3BucketName, objectKey: s3ObjectKey } };
    } finally {
      rmSync(together, { recursive: true, force: true });
    }
  }
}

function isBuilt(stack: ParleyStack, folder: string, source: string, file: string): boolean {
  if (existsSync(join(folder, file))) return true;
  stack.problems.push({
    file: source,
    field: '',
    message: `nothing is built from it: expected ${join(folder, file)}; run the build first (\`pnpm turbo run build\`)`,
  });
  return false;
}

/** Stands in for code that is missing, until synth reports why. */
export function noCode(): BuiltCode {
  return { code: Code.fromInline('//'), hash: '' };
}
