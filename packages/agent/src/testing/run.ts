import type { AgentDefinition, LambdaToolDefinition } from '@parley/contract/agent';
import { foldRun, messageText, type Message, type MessagePart } from '@parley/contract/message';
import { streamEvent, type StreamEvent } from '@parley/contract/stream';
import { runAgent, type RunAgentOptions, type RunOutcome } from '../agent.ts';
import type { ToolCall, ToolInvoker, ToolOutcome } from '../tools.ts';

/** A tool definition as a registered agent has it. */
export function toolNamed(
  name: string,
  description: string,
  properties: Record<string, object> = {},
  required = Object.keys(properties),
): LambdaToolDefinition {
  const input = { type: 'object' as const, properties, required, additionalProperties: false };
  return {
    name,
    description,
    input,
    functionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${name}`,
    timeoutSeconds: 5,
  };
}

export function agentWith(
  tools: LambdaToolDefinition[] = [],
  more: Partial<AgentDefinition> = {},
): AgentDefinition {
  return { id: 'tested', instructions: 'Be helpful.', tools, agents: [], ...more };
}

/** An invoker that answers with what `answer` returns, and remembers what it was asked. */
export function invokerOf(answer: (call: ToolCall) => unknown): ToolInvoker & { calls: ToolCall[] } {
  const calls: ToolCall[] = [];
  return {
    calls,
    async invoke(call): Promise<ToolOutcome> {
      calls.push(call);
      return { ok: true, output: await answer(call) };
    },
  };
}

export function userMessage(text: string, id = 'u1'): Message {
  return {
    id,
    parentId: null,
    role: 'user',
    status: 'finished',
    parts: [{ type: 'text', text }],
    createdAt: '2026-01-01T00:00:00Z',
  };
}

export function assistantMessage(
  parts: MessagePart[],
  status: Message['status'] = 'finished',
  id = 'a1',
): Message {
  return { id, parentId: null, role: 'assistant', status, parts, createdAt: '2026-01-01T00:00:00Z' };
}

export interface Recorded {
  outcome: RunOutcome;
  events: StreamEvent[];
  /** Types of the events, each run of equal ones once. */
  types: string[];
  text: string;
  parts: MessagePart[];
  /** What its message says that it used. */
  usage: Message['usage'];
}

/** Runs an agent and records it. Every event must be one of the contract's. */
export async function record(options: Partial<RunAgentOptions> & { ask?: string }): Promise<Recorded> {
  const events: StreamEvent[] = [];
  const { ask = 'Hello', onEvent, ...rest } = options;
  const outcome = await runAgent({
    agent: agentWith(),
    history: [userMessage(ask)],
    tools: invokerOf(() => null),
    model: { provider: 'demo' },
    budget: { turns: 12, tokens: 100_000, seconds: 60 },
    signal: new AbortController().signal,
    context: { runId: 'run-1', messageId: 'message-1', app: 'tests', user: 'user-1' },
    modelOptions: { demoWordDelayMs: 0 },
    backoff: { baseMs: 1 },
    ...rest,
    onEvent: async (event) => {
      events.push(streamEvent.parse(event));
      await onEvent?.(event);
    },
  });
  const { parts, usage } = foldRun(events);
  const types = events.map(({ type }) => type).filter((type, i, all) => type !== all[i - 1]);
  return { outcome, events, types, text: messageText({ parts }), parts, usage };
}
