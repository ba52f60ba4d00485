/** One client: it asks, is cut, comes back elsewhere, and goes on until it has seen the end of its answer. */
import { setTimeout as delay } from 'node:timers/promises';
import { routePath } from '@parley/contract/routes';
import { idempotencyHeader } from '@parley/contract/run';
import { eventId, parseEventId } from '@parley/contract/stream';
import { startIds } from '@parley/store/conversations';
import { readEvents, type ReadingManner, type StreamRequest } from './connection.ts';
import type { Random } from './random.ts';
import type { Connection, RunStory, SeenEvent, Story } from './story.ts';

/** Where a client is, and what may happen to it. */
export interface ClientSetting {
  /** Origins of the processes. */
  urls: readonly string[];
  /** Signs it in. */
  headers: Record<string, string>;
  random: Random;
  /** False: nothing befalls it. */
  isFaulty: boolean;
}

const question = { parentId: null, text: 'What will the weather be in Lisbon?' };
/** Runs that continue a cut one, at most. */
const continuationsMax = 8;
/** How long a client tries before it gives up: many times as long as a lease, and as any fault lasts. */
const patienceMs = 300_000;

/** Asks one question in a new session, and has its answer continued where it was interrupted. */
export async function liveThrough(setting: ClientSetting, stream: number, sessionId: string): Promise<Story> {
  const story: Story = { stream, sessionId, runs: [], isStopped: false };
  const giveUpAt = performance.now() + patienceMs;
  let body: object = question;
  for (let i = 0; i <= continuationsMax; i += 1) {
    const key = `${sessionId}-${i}`;
    const { runId, messageId } = startIds(sessionId, key);
    const run: RunStory = { runId, messageId, connections: [] };
    story.runs.push(run);
    const life = new RunLife(setting, run, story, { key, body: JSON.stringify(body) }, giveUpAt);
    const last = await life.live();
    if (!last?.includes('"reason":"interrupted"')) return story;
    body = { parentId: messageId };
  }
  return { ...story, gaveUp: `interrupted ${continuationsMax + 1} times` };
}

/** A client from its question to the end of one run. */
class RunLife {
  readonly #setting: ClientSetting;
  readonly #run: RunStory;
  readonly #story: Story;
  readonly #start: { key: string; body: string };
  readonly #giveUpAt: number;
  /** Of the newest event seen. */
  #last: { n: number; data: string } | undefined;
  #stopAt: number;
  #cutsLeft: number;

  constructor(
    setting: ClientSetting,
    run: RunStory,
    story: Story,
    start: { key: string; body: string },
    giveUpAt: number,
  ) {
    const { random, isFaulty } = setting;
    this.#setting = setting;
    this.#run = run;
    this.#story = story;
    this.#start = start;
    this.#giveUpAt = giveUpAt;
    this.#stopAt = isFaulty && random.chance(0.05) ? random.between(0, 14) : Infinity;
    this.#cutsLeft = isFaulty ? random.of([0, 1, 1, 2, 3, 5]) : 0;
  }

  /** Data of the run's last event, or undefined when the client gave up. */
  async live(): Promise<string | undefined> {
    const { random, isFaulty } = this.#setting;
    const twin = isFaulty && random.chance(0.2) ? this.#connect() : undefined;
    let isDone = false;
    for (let failures = 0; !isDone && !this.#gaveUp();) {
      const ending = await this.#connect();
      isDone = ending === 'done';
      failures = ending === 'cut' ? 0 : failures + 1;
      if (typeof ending === 'number' && ending < 500) this.#story.gaveUp = `was answered with ${ending}`;
      if (!isDone && ending !== 'cut') await delay(Math.min(2_000, 100 * 2 ** failures) * random.next());
    }
    await twin;
    return isDone ? this.#last?.data : undefined;
  }

  #gaveUp(): boolean {
    if (performance.now() > this.#giveUpAt) this.#story.gaveUp ??= `saw no end in ${patienceMs / 1_000} s`;
    return this.#story.gaveUp !== undefined;
  }

  async #connect(): Promise<Connection['ending']> {
    const after = this.#resumeFrom();
    const connection: Connection = { after, events: [], ending: 'broken' };
    this.#run.connections.push(connection);
    connection.ending = await readEvents(this.#request(after), this.#manner(), (event) => {
      connection.events.push(event);
      this.#note(event);
    });
    return connection.ending;
  }

  /** Mostly the newest event seen; at times an older one, as of a tab that was reloaded. */
  #resumeFrom(): number {
    const { random } = this.#setting;
    const newest = this.#last?.n ?? -1;
    return newest > 0 && random.chance(0.2) ? random.between(-1, newest) : newest;
  }

  #request(after: number): StreamRequest {
    const { urls, headers, random } = this.#setting;
    const origin = random.of(urls);
    const { runId } = this.#run;
    if (this.#last === undefined) {
      const path = routePath('startRun', { sessionId: this.#story.sessionId });
      const start = { ...headers, [idempotencyHeader]: this.#start.key };
      return { url: `${origin}${path}`, method: 'POST', headers: start, body: this.#start.body };
    }
    const url = `${origin}${routePath('runEvents', { runId })}`;
    if (after === -1) return { url, method: 'GET', headers };
    return { url, method: 'GET', headers: { ...headers, 'last-event-id': eventId(runId, after) } };
  }

  #manner(): ReadingManner {
    const { random, isFaulty } = this.#setting;
    if (!isFaulty) return {};
    const slow = random.chance(0.1)
      ? { bytesPerSecond: random.of([0, 20, 200]), ms: random.between(500, 8_000) }
      : undefined;
    if (this.#cutsLeft === 0) return { slow };
    this.#cutsLeft -= 1;
    return { slow, cutAfterBytes: random.between(1, 6_000) };
  }

  #note({ id, data }: SeenEvent): void {
    const n = parseEventId(id)?.n ?? -1;
    if (n > (this.#last?.n ?? -1)) this.#last = { n, data };
    if (n < this.#stopAt) return;
    this.#stopAt = Infinity;
    this.#story.isStopped = true;
    void this.#stop();
  }

  /** Asks any process to stop the run, until one has. */
  async #stop(): Promise<void> {
    const { urls, headers, random } = this.#setting;
    const path = routePath('stopRun', { runId: this.#run.runId });
    while (!this.#gaveUp()) {
      const init = { method: 'POST', headers, signal: AbortSignal.timeout(10_000) };
      const response = await fetch(`${random.of(urls)}${path}`, init).catch(() => undefined);
      await response?.text().catch(() => '');
      if (response?.ok) return;
      await delay(500);
    }
  }
}
