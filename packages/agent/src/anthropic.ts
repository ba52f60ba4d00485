import { Anthropic } from '@anthropic-ai/sdk';
import { Stream } from '@anthropic-ai/sdk/streaming';
import { anthropicUrl, type ModelSettings } from '@parley/contract/model';
import type { Message, Model, ModelStreamEvent, StreamOptions } from '@strands-agents/sdk';
import { AnthropicModel } from '@strands-agents/sdk/models/anthropic';
import { anthropicBusy, anthropicFault } from './anthropic-faults.ts';

type Messages = Anthropic['messages'];
type Settings = Extract<ModelSettings, { provider: 'anthropic' }>;

/** What every Claude model since version 4 can write in one answer (Opus 4.1 no more); the API has no default. */
const standardMaxTokens = 32_000;

/** A Claude model behind Anthropic's own API. */
export function anthropicModel(settings: Settings, apiKey: string | undefined, signal: AbortSignal): Model {
  const { model, baseUrl = anthropicUrl, maxTokens = standardMaxTokens } = settings;
  const client = new Anthropic({
    // All named, since the SDK looks for what is not in the environment.
    apiKey: apiKey ?? null,
    authToken: null,
    webhookKey: null,
    baseURL: baseUrl.replace(/\/+$/, ''),
    maxRetries: 0, // the run waits visibly
    logLevel: 'off',
    // The framework's adapter passes no signal to the request.
    fetch: (input, init) =>
      fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal }),
  });
  client.messages.stream = directly(client);
  return new ClaudeModel({ client, modelId: model, maxTokens }, { model, origin: new URL(baseUrl).origin });
}

/**
 * Streams the events as they come. The SDK's own `stream`, which the framework's adapter calls, reads on
 * without waiting for its reader, and loses an error that comes while the reader is busy. Its stream of
 * `create` writes an event that it cannot read, and so what the model said, to the console.
 */
function directly(client: Anthropic): Messages['stream'] {
  async function* stream(body: Anthropic.MessageCreateParamsStreaming, options?: Anthropic.RequestOptions) {
    const controller = new AbortController();
    try {
      const request = client.messages.create(body, { ...options, signal: controller.signal });
      const response = await request.asResponse();
      yield* Stream.fromSSEResponse<Anthropic.RawMessageStreamEvent>(response, controller, client);
    } catch (error) {
      // The framework looks for words of a prompt that is too long first: a busy API may speak of tokens too.
      throw anthropicBusy(error) ?? error;
    }
  }
  // Its further methods serve tools that run at Anthropic, of which we ask for none.
  return stream as unknown as Messages['stream'];
}

/** The framework's adapter, whose errors say what they mean. */
class ClaudeModel extends AnthropicModel {
  readonly #asked: { model: string; origin: string };

  constructor(
    options: ConstructorParameters<typeof AnthropicModel>[0],
    asked: { model: string; origin: string },
  ) {
    super(options);
    this.#asked = asked;
  }

  override async *stream(messages: Message[], options?: StreamOptions): AsyncGenerator<ModelStreamEvent> {
    let started = false;
    try {
      for await (const event of super.stream(messages, options)) {
        started = true;
        yield event.type === 'modelMessageStopEvent' && event.stopReason === 'model_context_window_exceeded'
          ? { ...event, stopReason: 'modelContextWindowExceeded' }
          : event;
      }
    } catch (error) {
      throw anthropicFault(error, { ...this.#asked, started });
    }
  }
}
