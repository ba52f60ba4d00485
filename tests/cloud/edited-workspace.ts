import { appendFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { synthEnv } from '@parley/contract/names';
import type { WorkspaceCopy } from '../workspace/workspace-copy.ts';
import { region } from './env.ts';
import { CloudTestError } from './errors.ts';

/** Builds and synthesizes every stack of the copy for a stage, as a deploy would: by turbo, with its cache. */
export async function synthesize({ run, env, root }: WorkspaceCopy, stage: string): Promise<void> {
  const { exitCode, all } = await run('turbo', ['run', 'synth', '--output-logs=errors-only'], {
    env: { ...env, [synthEnv.stage]: stage, [synthEnv.set]: JSON.stringify({ region }) },
  });
  if (exitCode === 0) return;
  throw new CloudTestError('command-failed', `turbo run synth failed in ${root}:\n${all.slice(-3000)}`);
}

/** Changes the code of one tool in the copy; its definition stays the same. */
export async function changeTool({ root }: WorkspaceCopy, stack: string): Promise<void> {
  const folder = join(root, 'stacks', 'chat-apps', stack, 'tools');
  const sources = (await readdir(folder)).filter((name) => /^[\w-]+\.ts$/.test(name));
  const [file] = sources.toSorted((a, b) => a.localeCompare(b));
  if (file === undefined) throw new CloudTestError('expectation-failed', `${folder} holds no tool to change`);
  await appendFile(join(folder, file), "\nReflect.set(globalThis, 'changedByTestCloud', true);\n");
}

/** Changes a word of the page in the copy. */
export async function changePage({ root }: WorkspaceCopy): Promise<void> {
  const file = join(root, 'apps/web/index.html');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('</body>', '<!-- changed by test:cloud --></body>'));
}
