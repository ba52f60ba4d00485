import { addChatApp } from '../workspace/chat-app-folder.ts';

/** What the probe app's tool can be asked to do. */
export const probes = [
  'answers',
  'throws',
  'hangs',
  'slow',
  'exits',
  'gorges',
  'bloats',
  'miscounts',
  'circles',
  'babbles',
] as const;

/** Adds a chat app whose one tool does what its input says, good or bad. */
export async function addProbeApp(root: string): Promise<void> {
  await addChatApp(root, 'probe', {
    prompt: 'Run the probe the user asks for.',
    stack: `
      import { ChatApp } from '@parley/cdk/chat-app';
      import { LambdaTool } from '@parley/cdk/lambda-tool';
      import { parleyApp } from '@parley/cdk/parley-app';
      export const app = parleyApp(import.meta, (stack) => {
        const probe = new LambdaTool(stack, 'Probe', { tool: 'probe', timeoutSeconds: 6 });
        new ChatApp(stack, 'ChatApp', { title: 'Probe', agent: { instructions: 'prompt.md', tools: [probe] } });
      });`,
    tools: {
      probe: `
      import { defineTool, ToolError } from '@parley/contract/tool';
      import { setTimeout as delay } from 'node:timers/promises';
      import { z } from 'zod';
      export const tool = defineTool({
        name: 'probe',
        description: 'Runs the probe that is named.',
        input: z.object({ probe: z.enum([${probes.map((name) => `'${name}'`).join(', ')}]).describe('Which probe to run') }),
        async handler({ probe }) {
          if (probe === 'throws') throw new ToolError('The probe broke on purpose.');
          if (probe === 'hangs') await delay(600_000);
          if (probe === 'slow') await delay(4_000);
          if (probe === 'exits') process.exit(3);
          if (probe === 'gorges') for (const eaten = []; ; ) eaten.push(new Array(1_000_000).fill(eaten.length));
          if (probe === 'bloats') return { result: 'x'.repeat(10_000_000) };
          if (probe === 'miscounts') return { result: NaN };
          if (probe === 'circles') { const circle = {}; circle.self = circle; return circle; }
          if (probe === 'babbles') for (let i = 0; i < 200_000; i += 1) console.log('babble '.repeat(20));
          return { result: 'The probe says hello.' };
        },
      });`,
    },
  });
}
