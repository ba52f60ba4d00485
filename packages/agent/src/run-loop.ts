import type { AgentDefinition } from '@parley/contract/agent';
import type { ModelSettings } from '@parley/contract/model';
import {
  Agent,
  MaxTokensError,
  Message,
  NullConversationManager,
  TextBlock,
  type AgentStreamEvent,
  type Model,
  type StopReason,
  type Tool,
} from '@strands-agents/sdk';
import type { BudgetMeter } from './budget.ts';
import { ContextWindow } from './context/context-window.ts';
import type { OnProgress } from './call-progress.ts';
import { errorText, RunError } from './errors.ts';
import { GuardedModel, type Backoff, type Wait } from './guarded-model.ts';
import type { History } from './history.ts';
import { contextOverflow, modelRunError } from './model-faults.ts';
import { quietEvents } from './quiet-events.ts';
import type { RunEvents } from './run-events.ts';
import { agentTool, lambdaTools } from './run-tools.ts';
import type { ToolInvoker } from './tools.ts';

export type ResolveAgent = (id: string) => Promise<AgentDefinition | undefined>;

/** What all agents of one run share, nested ones included. */
export interface LoopRun {
  meter: BudgetMeter;
  events: RunEvents;
  signal: AbortSignal;
  invoker: ToolInvoker;
  context: { runId: string; app: string; user: string };
  backoff: Backoff;
  /** False in nested agents. */
  canAsk: boolean;
  createModel: (settings: ModelSettings) => Promise<Model>;
  resolveAgent: ResolveAgent;
}

export interface LoopTask {
  agent: AgentDefinition;
  model: ModelSettings;
  history: History;
  /** Ids of the agents above this one, and its own last. */
  path: readonly string[];
}

/** An agent may ask one that asks another that asks a last one. */
const agentDepthMax = 4;

/** `tool-calls`: calls are held until the user approves them. */
export type FinishReason = 'stop' | 'length' | 'other' | 'tool-calls';

/**
 * Runs one agent until it has answered: a new framework agent each time, without its printer, its
 * retries, or its trimming of the conversation (we do these, or refuse to).
 */
export async function runLoop(run: LoopRun, task: LoopTask): Promise<FinishReason> {
  const agent = new Agent({
    model: new GuardedModel(await run.createModel(task.model), {
      budget: run.meter,
      signal: run.signal,
      backoff: run.backoff,
      onWait: (wait) => tellWait(run.events, wait),
      window: new ContextWindow(task.model, task.history, run.meter.tokens),
      onRead: (read) => run.events.contextRead(read),
    }),
    messages: task.history.messages,
    tools: await toolsOf(run, task),
    systemPrompt: task.agent.instructions,
    printer: false,
    retryStrategy: null,
    conversationManager: new NullConversationManager(),
  });
  try {
    const stream = agent.stream([], { cancelSignal: run.signal });
    for (;;) {
      const next = await stream.next();
      if (next.done) return run.events.held > 0 ? 'tool-calls' : finishReason(next.value.stopReason);
      await tell(run, next.value);
    }
  } catch (error) {
    if (error instanceof MaxTokensError) return 'length';
    throw run.signal.aborted ? error : modelRunError(error);
  }
}

function finishReason(stopReason: StopReason): FinishReason {
  switch (stopReason) {
    case 'endTurn':
    case 'stopSequence':
      return 'stop';
    case 'contentFiltered':
    case 'guardrailIntervened':
    case 'refusal':
      throw new RunError('refused', 'The model refused to answer this. Ask in another way.');
    case 'malformedModelOutput': // Bedrock's names for an answer that it could not read
    case 'malformedToolUse':
      throw new RunError(
        'model-failed',
        'The model wrote something that its provider could not read. Ask again.',
      );
    case 'modelContextWindowExceeded':
      throw contextOverflow();
    default:
      return 'other';
  }
}

/** The framework's events as ours. A step is one model call and the tools it asks for. */
async function tell({ events, meter }: LoopRun, event: AgentStreamEvent): Promise<void> {
  switch (event.type) {
    case 'beforeModelCallEvent':
      return events.startStep();
    case 'modelStreamUpdateEvent':
      if (event.event.type === 'modelContentBlockDeltaEvent' && event.event.delta.type === 'textDelta') {
        return events.text(event.event.delta.text);
      }
      return event.event.type === 'modelContentBlockStopEvent' ? events.endText() : undefined;
    case 'contentBlockEvent': {
      const block = event.contentBlock;
      return block.type === 'toolUseBlock'
        ? events.toolCall(block.toolUseId, block.name, block.input)
        : undefined;
    }
    case 'afterModelCallEvent':
      return events.usage(meter.usage);
    case 'toolResultEvent': // a tool that answered has said so itself; this one does not exist
      return events.toolError(event.result.toolUseId, 'The model asked for a tool that does not exist.');
    case 'afterToolsEvent':
      event.endTurn = events.held > 0; // the framework's way not to call the model again
      return events.finishStep();
    default:
      return undefined;
  }
}

async function tellWait(events: RunEvents, { seconds, nextTry, tries }: Wait): Promise<void> {
  const message = `The model is busy. Trying again in ${seconds} s (try ${nextTry} of ${tries}).`;
  await events.notice('throttled', message, seconds);
}

async function toolsOf(run: LoopRun, task: LoopTask): Promise<Tool[]> {
  const own = lambdaTools(task.agent.tools, run.invoker, run.context, run);
  const names = new Set(own.map(({ name }) => name));
  const askable =
    task.path.length >= agentDepthMax ? [] : task.agent.agents.filter((id) => !task.path.includes(id));
  const agents = await Promise.all(askable.map((id) => run.resolveAgent(id)));
  const others = agents.filter((agent) => agent !== undefined);
  return [...own, ...others.map((agent) => nestedTool(run, task, agent, names))];
}

function nestedTool(run: LoopRun, task: LoopTask, agent: AgentDefinition, names: Set<string>): Tool {
  let name = `ask-${agent.id}`;
  while (names.has(name)) name = `${name}-agent`;
  names.add(name);
  return agentTool(agent, name, run, (question, onProgress) =>
    askAgent(run, task, agent, { question, onProgress }),
  );
}

/**
 * Only the text of a nested agent's last step is its answer; its own steps and tools stay out of sight. What these say
 * of their progress is that of the question, but for the percents: they are of a part.
 */
async function askAgent(
  run: LoopRun,
  above: LoopTask,
  agent: AgentDefinition,
  { question, onProgress }: { question: string; onProgress: OnProgress },
): Promise<string> {
  const { events, text } = quietEvents(run, onProgress);
  const messages = [new Message({ role: 'user', content: [new TextBlock(question)] })];
  const history = { messages, begins: [0], total: 1, pinned: [] };
  const task = { agent, model: agent.model ?? above.model, history, path: [...above.path, agent.id] };
  try {
    await runLoop({ ...run, events, canAsk: false }, task);
  } catch (error) {
    run.signal.throwIfAborted();
    throw new Error(`the agent "${agent.id}" could not answer: ${errorText(error)}`, { cause: error });
  }
  return text();
}
