/** The process of the clients, of the tool that the service calls, and of the judge. */
import { serviceEnvironment } from '@parley/inference-api/testing/child';
import { startWorld, type World } from '@parley/inference-api/testing/world';
import { messageText } from '@parley/contract/message';
import { serve } from '../peer.ts';
import { liveThrough } from './client.ts';
import { judge, type StoredSession, type Violation } from './judge.ts';
import { createRandom } from './random.ts';
import type { Story } from './story.ts';
import { tally, type Tally } from './tally.ts';

const user = 'bench';
const toolCalls = new Map<string, number>();
let world: World;

interface Task {
  urls: readonly string[];
  streams: number;
  /** Streams that are open at a time. */
  concurrency: number;
  seed: number;
  isFaulty: boolean;
}

/** What came of a task, and everything about it that is not as promised. */
export interface Judged extends Tally {
  violations: Violation[];
}

let stories: Story[] = [];

const duties = {
  /** Begins; gives the environment of a service that uses all this over `services`, an endpoint with faults. */
  async open(task: { safe: string; services: string; words: number; wordDelayMs: number }) {
    world = await startWorld({ dynamoDb: task.safe });
    const summary = Array.from({ length: task.words }, (_, i) => `word${i}`).join(' ');
    world.forecast.handler = ({ place }, { runId }) => {
      toolCalls.set(runId, (toolCalls.get(runId) ?? 0) + 1);
      return { place, summary };
    };
    const model = { provider: 'demo' as const, wordDelayMs: task.wordDelayMs };
    await world.catalog.setOverride('app', 'weather', { model });
    const keys = await world.issuer.serveKeys();
    return { ...serviceEnvironment(world, keys.url), AWS_ENDPOINT_URL_DYNAMODB: task.services };
  },

  async run({ urls, streams, concurrency, seed, isFaulty }: Task): Promise<void> {
    const headers = await world.issuer.headers({ sub: user });
    stories = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let mine = next++; mine < streams; mine = next++) {
        const { id } = await world.createSession({ owner: user });
        const setting = { urls, headers, random: createRandom(seed, mine), isFaulty };
        stories.push(await liveThrough(setting, mine, id));
      }
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
  },

  /** Judges the last task, after everything that it left has ended. */
  async judge(): Promise<Judged> {
    const violations: Violation[] = [];
    const counted = tally(stories);
    let answer: string | undefined;
    for (let i = 0; i < stories.length; i += 20) {
      const some = stories.slice(i, i + 20);
      const stored = await Promise.all(some.map(storedOf));
      answer ??= stored.map(wholeAnswer).find((text) => text !== undefined);
      for (const [j, story] of some.entries()) {
        for (const { last } of stored[j]!.logs.values()) counted.seals[last?.seal ?? 'failed'] += 1;
        violations.push(...judge(story, stored[j]!, answer ?? 'no answer finished'));
      }
    }
    return { ...counted, violations };
  },
};
export type ClientDuties = typeof duties;
serve(duties);

/** What stands in the tables, as another device would read it now. */
async function storedOf({ sessionId, runs }: Story): Promise<StoredSession> {
  const { conversations, runLog } = world;
  const messages = await conversations.listMessages(await conversations.ownedSession(user, sessionId));
  const logs = runs.map(
    async ({ runId }) =>
      [runId, { batches: await runLog.read(runId), last: await runLog.lastBatch(runId) }] as const,
  );
  return { messages, logs: new Map(await Promise.all(logs)), toolCalls };
}

/** The text of an answer that was not cut. */
function wholeAnswer({ messages }: StoredSession): string | undefined {
  const [, answer, ...others] = messages;
  return answer?.status === 'finished' && others.length === 0 ? messageText(answer) : undefined;
}
