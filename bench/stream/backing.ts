/** The process behind the service: an embedded DynamoDB, the tool's Lambda function, the issuer's keys. */
import { serviceEnvironment } from '@parley/inference-api/testing/child';
import { startWorld } from '@parley/inference-api/testing/world';
import { routePath } from '@parley/contract/routes';
import { serve } from '../peer.ts';
import type { StreamRequest } from './clients.ts';

const user = 'bench';
const world = await startWorld();
const keys = await world.issuer.serveKeys();
let summary = '';
world.forecast.handler = ({ place }) => ({ place, summary });

const duties = {
  /** The environment of a service that uses all this. */
  environment: () => serviceEnvironment(world, keys.url),
  /** From now on the tool gives the model so many words to say. */
  answerWith: ({ words }: { words: number }) => {
    summary = Array.from({ length: words }, (_, i) => `word${i}`).join(' ');
  },
  /** Milliseconds between two words of the demo model from now on, as somebody would override it in production. */
  setPace: ({ wordDelayMs }: { wordDelayMs: number }) =>
    world.catalog.setOverride('app', 'weather', { model: { provider: 'demo', wordDelayMs } }),
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
