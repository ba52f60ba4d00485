/** The process behind the service: the tool's Lambda function, the issuer's keys. */
import { serviceEnvironment } from '@parley/inference-api/testing/child';
import { startWorld, type World } from '@parley/inference-api/testing/world';
import { routePath } from '@parley/contract/routes';
import { serve } from '../peer.ts';
import type { StreamRequest } from './clients.ts';

const user = 'bench';
let world: World;
let summary = '';

const duties = {
  /** Registers the chat app. Returns the environment of a service that uses all this. */
  async start({ dynamoDb }: { dynamoDb: string }) {
    world = await startWorld({ dynamoDb });
    world.forecast.handler = ({ place }) => ({ place, summary });
    const keys = await world.issuer.serveKeys();
    return serviceEnvironment(world, keys.url);
  },
  /** From now on the tool gives the model so many words to say. */
  answerWith: ({ words }: { words: number }) => {
    summary = Array.from({ length: words }, (_, i) => `word${i}`).join(' ');
  },
  /** Milliseconds between two words of the demo model from now on, as somebody would override it in production. */
  setPace: ({ wordDelayMs }: { wordDelayMs: number }) =>
    world.catalog.setOverride('app', 'weather', { model: { provider: 'demo', wordDelayMs } }),
  /** A model in place of the demo model: a server of OpenAI's chat completions. */
  useModel: ({ baseUrl }: { baseUrl: string }) =>
    world.catalog.setOverride('app', 'weather', {
      model: { provider: 'openai-compatible', baseUrl, model: 'scripted' },
    }),
  /** From now on the tool takes its time, which is more than anybody waits here. */
  silence: () => {
    world.forecast.handler = () => new Promise(() => undefined);
  },
  /** The streams of events of so many sessions. */
  async sessionStreams({ count }: { count: number }): Promise<StreamRequest[]> {
    const starts = await duties.requests({ count });
    return starts.map(({ path, headers }) => ({ path: path.replace(/runs$/, 'events'), headers }));
  },
  /** Starts of runs, each in a session of its own. */
  async requests({ count }: { count: number }): Promise<StreamRequest[]> {
    const headers = await world.issuer.headers({ sub: user });
    const requests: StreamRequest[] = [];
    while (requests.length < count) {
      const some = Array.from({ length: Math.min(50, count - requests.length) }, () =>
        world.createSession({ owner: user }),
      );
      for (const { id } of await Promise.all(some)) {
        requests.push({
          path: routePath('startRun', { sessionId: id }),
          headers: { ...headers, 'idempotency-key': id },
          body: JSON.stringify({ parentId: null, text: 'What will the weather be in Lisbon?' }),
        });
      }
    }
    return requests;
  },
};
export type BackingDuties = typeof duties;
serve(duties);
