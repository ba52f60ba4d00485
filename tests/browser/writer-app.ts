import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Adds a chat app without tools that the model at `baseUrl` answers. */
export async function addWriterApp(root: string, baseUrl: string): Promise<void> {
  const folder = join(root, 'stacks/chat-apps/writer');
  await mkdir(folder, { recursive: true });
  const files = {
    'package.json': JSON.stringify({
      name: 'writer',
      version: '0.1.0',
      private: true,
      type: 'module',
      scripts: { synth: 'node stack.ts' },
      dependencies: { '@parley/cdk': 'workspace:*' },
    }),
    'prompt.md': 'Write well.',
    'stack.ts': `
      import { ChatApp } from '@parley/cdk/chat-app';
      import { parleyApp } from '@parley/cdk/parley-app';
      export const app = parleyApp(import.meta, (stack) => {
        const model = { provider: 'openai-compatible', baseUrl: '${baseUrl}', model: 'scripted' } as const;
        new ChatApp(stack, 'ChatApp', {
          title: 'Writer',
          description: 'Explains, drafts and counts, in plain words.',
          icon: '✍️',
          suggestions: ['Compare three ways to sort', 'Count to 30'],
          agent: { instructions: 'prompt.md', model },
        });
      });`,
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
}
