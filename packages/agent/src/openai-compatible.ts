import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModelV3, LanguageModelV3StreamPart } from '@ai-sdk/provider';
import { BoundedMap } from '@parley/contract/bounded-map';
import type { ModelSettings } from '@parley/contract/model';
import type { Model } from '@strands-agents/sdk';
import { VercelModel } from '@strands-agents/sdk/models/vercel';
import { BusyError, busyFault } from './model-faults.ts';
import { validJson } from './whole-calls.ts';

type Settings = Extract<ModelSettings, { provider: 'openai-compatible' }>;
type ToolCallPart = Extract<LanguageModelV3StreamPart, { type: 'tool-call' }>;

/** A model behind an OpenAI-compatible endpoint: Ollama, vLLM, llama.cpp, or a hosted one. */
export function openAiCompatibleModel(
  settings: Settings,
  apiKey: string | undefined,
  signal: AbortSignal,
): Model {
  return new VercelModel({ provider: orderly(chatModel(settings, apiKey), signal) });
}

/** Endpoints with their models and keys that a process remembers; it has a handful, unless somebody tries many. */
const chatModelsMax = 100;
const chatModels = new BoundedMap<string, LanguageModelV3>(chatModelsMax);

/** The provider's client, kept: each one builds the schemas of its answers anew, which takes longer than a request. */
function chatModel({ baseUrl, model }: Settings, apiKey: string | undefined): LanguageModelV3 {
  const name = JSON.stringify([baseUrl, model, apiKey]);
  const kept = chatModels.get(name);
  if (kept) return kept;
  const provider = createOpenAICompatible({
    name: 'openai-compatible',
    baseURL: baseUrl.replace(/\/+$/, ''),
    includeUsage: true,
    ...(apiKey !== undefined && { apiKey }),
  });
  const made = provider.chatModel(model);
  chatModels.set(name, made);
  return made;
}

/**
 * The same model with what the framework's adapter needs but the provider does not do:
 * requests that end with the signal, and parts in an order it can put together.
 */
function orderly(model: LanguageModelV3, signal: AbortSignal): LanguageModelV3 {
  return {
    specificationVersion: model.specificationVersion,
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: model.supportedUrls,
    doGenerate: (options) => model.doGenerate({ ...options, abortSignal: signal }),
    async doStream(options) {
      try {
        const result = await model.doStream({ ...options, abortSignal: signal });
        return { ...result, stream: result.stream.pipeThrough(orderParts()) };
      } catch (error) {
        // The adapter looks for words of a prompt that is too long: a busy server may speak of tokens too.
        throw saidBusy(error) ?? error;
      }
    },
  };
}

/** Some servers end an answer that calls tools with "stop". After a filter or a length limit nothing is called. */
const mayCall = new Set<string>(['tool-calls', 'stop', 'other']);

/**
 * Holds tool calls back until the answer is complete. The provider ends a text only after the calls
 * that follow it, and the adapter would then lose the text; and a cut answer has half a call.
 */
function orderParts(): TransformStream<LanguageModelV3StreamPart, LanguageModelV3StreamPart> {
  const calls: ToolCallPart[] = [];
  return new TransformStream({
    transform(part, controller) {
      switch (part.type) {
        case 'tool-input-start':
        case 'tool-input-delta':
        case 'tool-input-end': // the adapter needs none of them: the call has the whole input
          return;
        case 'tool-call':
          calls.push({ ...part, input: validJson(part.input) });
          return;
        case 'finish':
          if (mayCall.has(part.finishReason.unified)) for (const call of calls) controller.enqueue(call);
          controller.enqueue(part);
          return;
        case 'error':
          controller.enqueue({ type: 'error', error: saidBusy(part.error) ?? part.error });
          return;
        default:
          controller.enqueue(part);
      }
    },
  });
}

/** Words of "busy" where there is no status: in an error within the answer. */
const busyWords = /rate.?limit|too many requests|tokens per (minute|day)|quota|overloaded/i;

function saidBusy(error: unknown): BusyError | undefined {
  const fault = busyFault(error);
  if (fault) return new BusyError(fault, error);
  const words = typeof error === 'string' ? error : (JSON.stringify(error) ?? '');
  return !(error instanceof Error) && busyWords.test(words)
    ? new BusyError({ code: 'throttled', why: 'rate limit' }, error)
    : undefined;
}
