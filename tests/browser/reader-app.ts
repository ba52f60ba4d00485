import { addChatApp } from '../workspace/chat-app-folder.ts';

/** Adds a chat app whose one tool says how far it is, and then ends as its input says. */
export async function addReaderApp(root: string): Promise<void> {
  await addChatApp(root, 'reader', {
    prompt: 'Read what the user asks for.',
    stack: `
      import { ChatApp } from '@parley/cdk/chat-app';
      import { LambdaTool } from '@parley/cdk/lambda-tool';
      import { parleyApp } from '@parley/cdk/parley-app';
      export const app = parleyApp(import.meta, (stack) => {
        const read = new LambdaTool(stack, 'Read', { tool: 'read-report', timeoutSeconds: 60 });
        new ChatApp(stack, 'ChatApp', {
          title: 'Reader',
          description: 'Reads long reports.',
          agent: { instructions: 'prompt.md', tools: [read] },
        });
      });`,
    tools: {
      'read-report': `
      import { defineTool, ToolError } from '@parley/contract/tool';
      import { setTimeout as delay } from 'node:timers/promises';
      import { z } from 'zod';
      export const tool = defineTool({
        name: 'read-report',
        description: 'Reads the report that is named.',
        input: z.object({ report: z.enum(['short', 'long', 'torn']).describe('Which report to read') }),
        async handler({ report }, { progress }) {
          await progress({ percent: 42.8, text: 'Reading 3 of 7 pages' });
          await delay(report === 'long' ? 30_000 : 4_000);
          if (report === 'torn') throw new ToolError('Page 4 is torn out.');
          return { pages: 7 };
        },
      });`,
    },
  });
}
