import type { AgentDefinition, LambdaToolDefinition } from '@parley/contract/agent';
import type { ToolContext as CallContext } from '@parley/contract/tool';
import {
  TextBlock,
  Tool,
  ToolResultBlock,
  type JSONSchema,
  type ToolContext,
  type ToolSpec,
  type ToolStreamGenerator,
} from '@strands-agents/sdk';
import { errorText } from './errors.ts';
import { fitModel } from './event-size.ts';
import { raceSignal } from './race.ts';
import type { RunEvents } from './run-events.ts';
import type { ToolInvoker, ToolOutcome } from './tools.ts';

interface Run {
  events: RunEvents;
  signal: AbortSignal;
}

/** A tool the framework may call: runs `work`, tells the run's events, and never throws at the model. */
class RunTool extends Tool {
  override readonly toolSpec: ToolSpec;
  readonly #run: Run;
  readonly #work: (input: unknown, toolCallId: string) => Promise<ToolOutcome>;

  constructor(spec: ToolSpec, run: Run, work: (input: unknown, toolCallId: string) => Promise<ToolOutcome>) {
    super();
    this.toolSpec = spec;
    this.#run = run;
    this.#work = work;
  }

  override get name(): string {
    return this.toolSpec.name;
  }

  override get description(): string {
    return this.toolSpec.description;
  }

  // eslint-disable-next-line eslint/require-yield -- the framework wants a generator; a result is all we have
  override async *stream({ toolUse: { toolUseId, input } }: ToolContext): ToolStreamGenerator {
    const { events } = this.#run;
    const began = performance.now();
    const outcome = await this.#outcome(input, events.openCallId(toolUseId));
    const durationMs = Math.round(performance.now() - began);
    if (outcome.ok) {
      await events.toolOutput(toolUseId, outcome.output, durationMs);
      return toolResultBlock(toolUseId, 'success', fitModel(outcome.output));
    }
    const { code, message } = outcome.error;
    await events.toolError(toolUseId, message, durationMs);
    return toolResultBlock(toolUseId, 'error', `${code}: ${errorText(message)}`);
  }

  /** Races the signal, whatever the invoker does, and turns what it throws or garbles into an outcome. */
  async #outcome(input: unknown, toolCallId: string): Promise<ToolOutcome> {
    const { signal } = this.#run;
    try {
      const outcome = await raceSignal(this.#work(input, toolCallId), signal);
      if (outcome.ok) JSON.stringify(outcome.output); // what JSON cannot hold must fail here, where it can be worded
      return outcome;
    } catch (error) {
      signal.throwIfAborted();
      return {
        ok: false,
        error: { code: 'tool-failed', message: `The tool "${this.name}" failed: ${errorText(error, 500)}` },
      };
    }
  }
}

export function toolResultBlock(
  toolUseId: string,
  status: 'success' | 'error',
  text: string,
): ToolResultBlock {
  return new ToolResultBlock({ toolUseId, status, content: [new TextBlock(text.toWellFormed())] });
}

/** The agent's own tools. */
export function lambdaTools(
  tools: readonly LambdaToolDefinition[],
  invoker: ToolInvoker,
  context: Omit<CallContext, 'toolCallId'>,
  run: Run,
): Tool[] {
  return tools.map((tool) => {
    const spec = { name: tool.name, description: tool.description, inputSchema: tool.input as JSONSchema };
    return new RunTool(spec, run, (input, toolCallId) =>
      invoker.invoke({ tool, input, context: { ...context, toolCallId }, signal: run.signal }),
    );
  });
}

/** Another agent as a tool: it is asked a question and answers with text. */
export function agentTool(
  agent: AgentDefinition,
  name: string,
  run: Run,
  ask: (question: string) => Promise<string>,
): Tool {
  const spec = {
    name,
    description: `Ask the agent "${agent.id}"${agent.description ? `: ${agent.description}` : '.'}`,
    inputSchema: {
      type: 'object' as const,
      properties: {
        question: { type: 'string' as const, description: 'The whole question: it sees nothing else.' },
      },
      required: ['question'],
    },
  };
  return new RunTool(spec, run, async (input) => {
    const question = (input as { question?: unknown } | null)?.question;
    if (typeof question !== 'string' || question.trim() === '') {
      return {
        ok: false,
        error: { code: 'invalid-input', message: 'question: expected a text that is not empty' },
      };
    }
    return { ok: true, output: { answer: await ask(question) } };
  });
}
