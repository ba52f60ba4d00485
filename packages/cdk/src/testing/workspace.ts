import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ParleyApp } from '../parley-app.ts';

const packageFolder = fileURLToPath(new URL('../..', import.meta.url));
const repository = join(packageFolder, '../..');
const dependencies = ['@parley/contract', 'aws-cdk-lib', 'constructs', 'zod'];

/** A throw-away workspace that holds one stack's package. */
export interface TestWorkspace {
  root: string;
  /** Folder of the stack's package. */
  folder: string;
  /** Imports the stack without running it. */
  load(): Promise<ParleyApp>;
  /** Runs `node stack.ts`, as `pnpm synth` does. */
  run(environment?: Record<string, string>): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  remove(): Promise<void>;
}

/**
 * Creates a workspace in a temporary folder with these files in the stack's package, by path; the
 * repository's settings and feature flags; and what a stack may import. A `package.json` is added.
 * @param files also `../parley.config.ts`, to replace the settings
 */
export async function createWorkspace(files: Record<string, string>): Promise<TestWorkspace> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'parley workspace-')));
  const folder = join(root, 'stack');
  await linkDependencies(root);
  for (const name of ['cdk.json', 'parley.config.ts', 'pnpm-workspace.yaml']) {
    await cp(join(repository, name), join(root, name));
  }
  await writeFile(
    join(root, 'package.json'),
    JSON.stringify({ type: 'module', imports: { '#config': '@parley/cdk/config' } }),
  );
  const manifest = { 'package.json': JSON.stringify({ name: 'sample', type: 'module' }) };
  for (const [path, text] of Object.entries({ ...manifest, ...files })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return {
    root,
    folder,
    load: () => loadApp(folder),
    run: (environment = {}) => runStack(folder, environment),
    remove: () => rm(root, { recursive: true }),
  };
}

async function linkDependencies(root: string): Promise<void> {
  await mkdir(join(root, 'node_modules/@parley'), { recursive: true });
  await symlink(packageFolder, join(root, 'node_modules/@parley/cdk'));
  for (const name of dependencies) {
    await symlink(
      await realpath(join(packageFolder, 'node_modules', name)),
      join(root, 'node_modules', name),
    );
  }
}

/** Imports the `app` of the `stack.ts` in a folder. */
export async function loadApp(folder: string): Promise<ParleyApp> {
  const module = (await import(pathToFileURL(join(folder, 'stack.ts')).href)) as { app: ParleyApp };
  return module.app;
}

/** Nothing of AWS's is in the environment: synth works without credentials. */
async function runStack(folder: string, environment: Record<string, string>) {
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder, ...environment } };
    execFile(process.execPath, ['stack.ts'], options, (error, stdout, stderr) => {
      resolve({ exitCode: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** A built tool, as files of a stack's package. */
export function builtTool(tool: string, name: string = tool): Record<string, string> {
  return {
    [`tools/${tool}.ts`]: '// built below\n',
    [`dist/${tool}/index.mjs`]: `export const handler = async () => '${tool}';\n`,
    [`dist/${tool}/tool.json`]: JSON.stringify({
      name,
      description: `Does what ${name} does.`,
      input: { type: 'object', properties: {} },
    }),
  };
}

/** A `stack.ts` with this body; `stack` is the ParleyStack. */
export function stackSource(body: string): string {
  return `
    import { Agent } from '@parley/cdk/agent';
    import { ChatApp } from '@parley/cdk/chat-app';
    import { HttpService } from '@parley/cdk/http-service';
    import { LambdaTool } from '@parley/cdk/lambda-tool';
    import { parleyApp } from '@parley/cdk/parley-app';
    export const app = parleyApp(import.meta, (stack) => {
      const uses = [Agent, ChatApp, HttpService, LambdaTool];
      ${body}
    });
  `;
}
