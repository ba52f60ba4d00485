import { agentDefinition } from '@parley/contract/agent';
import { chatAppDefinition } from '@parley/contract/chat-app';
import type { Message, ToolPart } from '@parley/contract/message';
import type { Decision } from '@parley/contract/run';
import { defineTool, toolHandler, toolSpecOf, type ToolContext } from '@parley/contract/tool';
import { waitingCalls } from '@parley/contract/waiting-calls';
import { z } from 'zod';
import { edgeRuntime } from './aws-edge.ts';
import { all, type Client, type Received } from './client.ts';
import type { World } from './world.ts';

/** A chat app "refunds" whose one tool asks first. */
export interface Refunds {
  /** What the tool does with each call; tests put their own in its place. */
  pay: (input: { customer: string; amount: number }, context: ToolContext) => unknown;
  /** Calls so far. */
  paid: { customer: string; amount: number }[];
  /** Registers the app's agent anew, with its tool or without it. */
  register(options?: { withTool: boolean }): Promise<void>;
}

/** Seconds in which a refund can be approved. */
export const withinSeconds = 3_600;

/** Makes the demo model call the tool, with an amount that its rule asks for. */
export const refundQuestion = { parentId: null, text: 'Refund the amount 150 to the customer Ada' };

/** Registers the app in a world. */
export async function addRefunds(world: World): Promise<Refunds> {
  const tool = defineTool({
    name: 'refund',
    description: 'Refunds an amount of money to a customer.',
    input: z.object({
      customer: z.string().describe('Name of the customer'),
      amount: z.number().describe('Amount in euros'),
    }),
    approval: { when: z.object({ amount: z.number().min(100) }), withinSeconds },
    handler: (input, context) => {
      refunds.paid.push(input);
      return refunds.pay(input, context);
    },
  });
  const refunds: Refunds = {
    pay: ({ customer, amount }) => ({ receipt: `${customer} got ${amount}` }),
    paid: [],
    register: ({ withTool } = { withTool: true }) => register(world, withTool ? [specOf(tool)] : []),
  };
  world.edge.functions.set('refund', { handler: toolHandler(tool, edgeRuntime), timeoutSeconds: 30 });
  await refunds.register();
  const app = chatAppDefinition.parse({ id: 'refunds', title: 'Refunds', agent: 'refunds' });
  const registration = { ...by(), logicalResourceId: 'App', requestId: 'app' };
  await world.catalog.register({ ...registration, kind: 'app', id: 'refunds', definition: app });
  return refunds;
}

/** A refund that waits for Alice's approval. */
export interface WaitingRefund {
  sessionId: string;
  /** What came until it waited. */
  received: Received[];
  message: Message;
  call: ToolPart;
  /** Says what she decides, from any client of hers. */
  decide(decision: Omit<Decision, 'toolCallId'>, from?: Client): Promise<Response>;
}

/** Asks for one in a session of its own. `by` is the client that asks. Default: the one that decides. */
export async function askRefund(world: World, client: Client, by = client): Promise<WaitingRefund> {
  const { id: sessionId } = await world.createSession({ app: 'refunds' });
  const received = await all(await by.start(sessionId, refundQuestion));
  const message = (await world.messagesOf(sessionId)).at(-1)!;
  const call = waitingCalls(message)[0]!;
  const decide: WaitingRefund['decide'] = (decision, from = client) =>
    from.start(sessionId, {
      parentId: message.id,
      decisions: [{ toolCallId: call.toolCallId, ...decision }],
    });
  return { sessionId, received, message, call, decide };
}

function specOf(tool: unknown): object {
  const described = toolSpecOf(tool);
  if ('problems' in described) throw new Error(JSON.stringify(described.problems));
  const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:refund';
  return { ...described.spec, functionArn, timeoutSeconds: 30 };
}

async function register(world: World, tools: object[]): Promise<void> {
  const definition = agentDefinition.parse({ id: 'refunds', instructions: 'You refund money.', tools });
  const registration = { ...by(), logicalResourceId: 'Agent', requestId: `agent-${Date.now()}` };
  await world.catalog.register({ ...registration, kind: 'agent', id: 'refunds', definition });
}

function by() {
  return { owner: 'refunds', stackId: 'stack/refunds', issuedAt: new Date().toISOString(), toolCode: {} };
}
