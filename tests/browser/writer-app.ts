import { addChatApp } from '../workspace/chat-app-folder.ts';

/** A tool that asks first; `within` is how long. */
const tool = (name: string, description: string, within: number): string => `
  import { defineTool } from '@parley/contract/tool';
  import { z } from 'zod';
  export const tool = defineTool({
    name: '${name}',
    description: '${description}',
    input: z.looseObject({ customer: z.string(), amount: z.number(), note: z.string().optional() }),
    approval: { withinSeconds: ${within} },
    handler: ({ customer, amount }) => ({ receipt: customer + ' got ' + amount }),
  });`;

/** Adds a chat app that the model at `baseUrl` answers, with tools that ask before they are called. */
export async function addWriterApp(root: string, baseUrl: string): Promise<void> {
  await addChatApp(root, 'writer', {
    prompt: 'Write well.',
    tools: {
      refund: tool('refund', 'Pays money back to a customer.', 86_400),
      hurried: tool('hurried', 'The same, for those who answer at once.', 4),
    },
    stack: `
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
  });
}
