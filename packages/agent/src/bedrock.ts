import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { modelName, type ModelSettings } from '@parley/contract/model';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import {
  BedrockModel,
  type Message,
  type Model,
  type ModelStreamEvent,
  type StreamOptions,
} from '@strands-agents/sdk';
import { bedrockBusy, bedrockFault } from './bedrock-faults.ts';

type Settings = Extract<ModelSettings, { provider: 'bedrock' }>;

/** Answers at the same time; each holds a connection of HTTP/1.1 while it streams. */
const connections = { keepAlive: true, maxSockets: 2_000 };

/** One per settings: its client has the credentials and the connections, which runs share. */
const models = new Map<string, Model>();

/**
 * A model of Amazon Bedrock, through ConverseStream. Credentials and, where the settings have none, the
 * region are those of the process: of the task role on Fargate. `AWS_ENDPOINT_URL_BEDROCK_RUNTIME` is obeyed.
 */
export function bedrockModel(settings: Settings): Model {
  const key = JSON.stringify(settings);
  const model = models.get(key) ?? new ConverseModel(settings);
  models.set(key, model);
  return model;
}

/** The framework's adapter, whose errors say what they mean. */
class ConverseModel extends BedrockModel {
  readonly #asked: { model: string; region: string };

  constructor(settings: Settings) {
    const { modelId, region, maxTokens } = settings;
    super({
      modelId,
      ...(region !== undefined && { region }),
      ...(maxTokens !== undefined && { maxTokens }),
      clientConfig: {
        maxAttempts: 1, // the run waits visibly
        // HTTP/2, which the SDK prefers, queues answers on one connection behind the limit of its streams.
        requestHandler: new NodeHttpHandler({
          httpAgent: new HttpAgent(connections),
          httpsAgent: new HttpsAgent(connections),
          connectionTimeout: 10_000,
          socketTimeout: 0, // a model may think for long: the budget of the run ends it
        }),
      },
    });
    this.#asked = { model: modelName(settings), region: region ?? "the service's region" };
    sayBusy(this);
  }

  override async *stream(messages: Message[], options?: StreamOptions): AsyncGenerator<ModelStreamEvent> {
    let started = false;
    try {
      for await (const event of super.stream(messages, options)) {
        started = true;
        yield event;
      }
    } catch (error) {
      throw bedrockFault(error, { ...this.#asked, started });
    }
  }
}

interface Sender {
  send: (...args: unknown[]) => Promise<{ stream?: AsyncIterable<unknown> }>;
}

/**
 * Lets the model's client say "busy" by the error's name, before the framework looks for words of a conversation that
 * is too long in it: a throttled call may speak of tokens too.
 */
function sayBusy(model: BedrockModel): void {
  const client = (model as unknown as { _client: Sender })._client;
  const send = client.send.bind(client);
  client.send = async (...args) => {
    try {
      const answer = await send(...args);
      return answer.stream ? { ...answer, stream: saidBusy(answer.stream) } : answer;
    } catch (error) {
      throw bedrockBusy(error) ?? error;
    }
  };
}

async function* saidBusy(events: AsyncIterable<unknown>): AsyncGenerator {
  try {
    yield* events;
  } catch (error) {
    throw bedrockBusy(error) ?? error;
  }
}
