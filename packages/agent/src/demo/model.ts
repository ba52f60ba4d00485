import type { ToolSpec } from '@parley/contract/agent';
import {
  Model,
  type BaseModelConfig,
  type Message,
  type ModelStreamEvent,
  type StreamOptions,
} from '@strands-agents/sdk';
import { isCompactRequest } from '../compact/prompts.ts';
import { pause } from '../race.ts';
import { conversationOf, type Conversation } from './conversation.ts';
import { decide } from './decide.ts';
import { summaryOf } from './summary.ts';

export interface DemoModelOptions {
  wordDelayMs: number;
  now: () => Date;
}

/** Characters that the demo model counts as one token, as most tokenizers do on average. */
const charsPerToken = 4;

/**
 * A model made of rules: deterministic, offline and free. It chooses a tool by its name, description
 * and schema, fills the tool's input from the message, asks for what it cannot find, and words the
 * result. It knows no tool in particular.
 */
export class DemoModel extends Model {
  readonly #options: DemoModelOptions;

  constructor(options: DemoModelOptions) {
    super();
    this.#options = options;
  }

  override updateConfig(): void {
    // Nothing of it can be changed.
  }

  override getConfig(): BaseModelConfig {
    return { modelId: 'demo' };
  }

  override async *stream(messages: Message[], options?: StreamOptions): AsyncGenerator<ModelStreamEvent> {
    const conversation = conversationOf(messages);
    const tools = (options?.toolSpecs ?? []).map(toolSpecOf);
    const asked = conversation.exchanges.at(-1)?.user ?? '';
    const decision = isCompactRequest(asked)
      ? { do: 'say' as const, text: summaryOf(asked) }
      : decide(conversation, tools, this.#options.now());
    yield { type: 'modelMessageStartEvent', role: 'assistant' };
    let written: string;
    if (decision.do === 'call') {
      written = JSON.stringify(decision.input);
      yield* callEvents(decision.tool, written, callId(messages));
    } else {
      written = conversation.toBeContinued ? remainder(conversation, decision.text) : decision.text;
      yield* this.#textEvents(written, options?.cancelSignal);
    }
    yield { type: 'modelMetadataEvent', usage: usage(messages, written) };
    yield { type: 'modelMessageStopEvent', stopReason: decision.do === 'call' ? 'toolUse' : 'endTurn' };
  }

  async *#textEvents(text: string, signal: AbortSignal | undefined): AsyncGenerator<ModelStreamEvent> {
    yield { type: 'modelContentBlockStartEvent' };
    for (const [i, word] of (text.match(/\s*\S+\s*$|\s*\S+/g) ?? []).entries()) {
      if (i > 0) await pause(this.#options.wordDelayMs, signal);
      yield { type: 'modelContentBlockDeltaEvent', delta: { type: 'textDelta', text: word } };
    }
    yield { type: 'modelContentBlockStopEvent' };
  }
}

function* callEvents(name: string, input: string, toolUseId: string): Generator<ModelStreamEvent> {
  yield { type: 'modelContentBlockStartEvent', start: { type: 'toolUseStart', name, toolUseId } };
  yield { type: 'modelContentBlockDeltaEvent', delta: { type: 'toolUseInputDelta', input } };
  yield { type: 'modelContentBlockStopEvent' };
}

/** What is left of the answer after the part that was written before the cut. */
function remainder({ exchanges }: Conversation, answer: string): string {
  const written = exchanges.at(-1)?.answer ?? '';
  return answer.startsWith(written) ? answer.slice(written.length) : answer;
}

function toolSpecOf({
  name,
  description,
  inputSchema,
}: NonNullable<StreamOptions['toolSpecs']>[number]): ToolSpec {
  return { name, description, input: { ...(inputSchema as ToolSpec['input'] | undefined), type: 'object' } };
}

function callId(messages: readonly Message[]): string {
  return `demo-${messages.length}`;
}

function usage(messages: readonly Message[], written: string) {
  const inputTokens = Math.ceil(JSON.stringify(messages).length / charsPerToken);
  const outputTokens = Math.ceil(written.length / charsPerToken);
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}
