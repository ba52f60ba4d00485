import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What a test's chat app is made of, besides its package.json. */
export interface ChatAppFiles {
  /** Text of prompt.md. */
  prompt: string;
  /** Text of stack.ts. */
  stack: string;
  /** By the tool's name, text of its module. */
  tools: Record<string, string>;
}

/** Adds a chat app to a copy of the workspace, as somebody would who copies a sample's folder. */
export async function addChatApp(
  root: string,
  name: string,
  { prompt, stack, tools }: ChatAppFiles,
): Promise<void> {
  const manifest = {
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    scripts: { build: 'parley-bundle tools', synth: 'node stack.ts' },
    dependencies: { '@parley/cdk': 'workspace:*', '@parley/contract': 'workspace:*', zod: 'catalog:' },
    devDependencies: { '@parley/bundle': 'workspace:*' },
  };
  const files = [
    ['package.json', JSON.stringify(manifest)],
    ['prompt.md', prompt],
    ['stack.ts', stack],
    ...Object.entries(tools).map(([tool, text]) => [`tools/${tool}.ts`, text] as const),
  ] as const;
  for (const [file, text] of files) {
    const path = join(root, 'stacks/chat-apps', name, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
