import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Adds a chat app whose one tool answers, throws, hangs or is slow, as its input says. */
export async function addProbeApp(root: string): Promise<void> {
  const folder = join(root, 'stacks/chat-apps/probe');
  await mkdir(join(folder, 'tools'), { recursive: true });
  const files = {
    'package.json': JSON.stringify({
      name: 'probe',
      version: '0.1.0',
      private: true,
      type: 'module',
      scripts: { build: 'parley-bundle tools', synth: 'node stack.ts' },
      dependencies: { '@parley/cdk': 'workspace:*', '@parley/contract': 'workspace:*', zod: 'catalog:' },
      devDependencies: { '@parley/bundle': 'workspace:*' },
    }),
    'prompt.md': 'Run the probe the user asks for.',
    'stack.ts': `
      import { ChatApp } from '@parley/cdk/chat-app';
      import { LambdaTool } from '@parley/cdk/lambda-tool';
      import { parleyApp } from '@parley/cdk/parley-app';
      export const app = parleyApp(import.meta, (stack) => {
        const probe = new LambdaTool(stack, 'Probe', { tool: 'probe', timeoutSeconds: 6 });
        new ChatApp(stack, 'ChatApp', { title: 'Probe', agent: { instructions: 'prompt.md', tools: [probe] } });
      });`,
    'tools/probe.ts': `
      import { defineTool, ToolError } from '@parley/contract/tool';
      import { setTimeout as delay } from 'node:timers/promises';
      import { z } from 'zod';
      export const tool = defineTool({
        name: 'probe',
        description: 'Runs a probe: it answers, throws, hangs or is slow.',
        input: z.object({ probe: z.enum(['answers', 'throws', 'hangs', 'slow']).describe('Which probe to run') }),
        async handler({ probe }) {
          if (probe === 'throws') throw new ToolError('The probe broke on purpose.');
          if (probe === 'hangs') await delay(600_000);
          if (probe === 'slow') await delay(4_000);
          return { result: 'The probe says hello.' };
        },
      });`,
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
}
