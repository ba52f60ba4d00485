import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A tool that asks first; `within` is how long. */
const tool = (name: string, description: string, within: number): string => `
  import { defineTool } from '@parley/contract/tool';
  import { z } from 'zod';
  export const tool = defineTool({
    name: '${name}',
    description: '${description}',
    input: z.object({ customer: z.string(), amount: z.number(), note: z.string().optional() }),
    approval: { withinSeconds: ${within} },
    handler: ({ customer, amount }) => ({ receipt: customer + ' got ' + amount }),
  });`;

/** Adds a chat app that the model at `baseUrl` answers, with tools that ask before they are called. */
export async function addWriterApp(root: string, baseUrl: string): Promise<void> {
  const folder = join(root, 'stacks/chat-apps/writer');
  await mkdir(join(folder, 'tools'), { recursive: true });
  const files = {
    'package.json': JSON.stringify({
      name: 'writer',
      version: '0.1.0',
      private: true,
      type: 'module',
      scripts: { build: 'parley-bundle tools', synth: 'node stack.ts' },
      dependencies: { '@parley/cdk': 'workspace:*', '@parley/contract': 'workspace:*', zod: 'catalog:' },
      devDependencies: { '@parley/bundle': 'workspace:*' },
    }),
    'prompt.md': 'Write well.',
    'tools/refund.ts': tool('refund', 'Pays money back to a customer.', 86_400),
    'tools/hurried.ts': tool('hurried', 'The same, for those who answer at once.', 4),
    'stack.ts': `
      import { ChatApp } from '@parley/cdk/chat-app';
      import { LambdaTool } from '@parley/cdk/lambda-tool';
      import { parleyApp } from '@parley/cdk/parley-app';
      export const app = parleyApp(import.meta, (stack) => {
        const model = { provider: 'openai-compatible', baseUrl: '${baseUrl}', model: 'scripted' } as const;
        const tools = ['refund', 'hurried'].map((tool) => new LambdaTool(stack, tool, { tool }));
        new ChatApp(stack, 'ChatApp', {
          title: 'Writer',
          description: 'Explains, drafts and counts, in plain words.',
          icon: '✍️',
          suggestions: ['Compare three ways to sort', 'Count to 30'],
          agent: { instructions: 'prompt.md', model, tools },
        });
      });`,
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
}
