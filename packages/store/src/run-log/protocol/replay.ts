import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PutItemCommand, type PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { Seal } from '@parley/contract/run';
import {
  createConversationStore,
  type ConversationStore,
  type Run,
} from '../../conversations/conversations.ts';
import { LogLostError } from '../../errors.ts';
import { eagerClock } from '../../testing/clocks.ts';
import { startedRun } from '../../testing/fixtures.ts';
import type { Batch } from '../batch.ts';
import { createRunLog, type RunLog } from '../run-log.ts';
import { createRunReader, type NumberedEvent, type RunReader } from '../run-reader.ts';
import { createBatchWindow, createRunWriter, type RunWriter } from '../run-writer.ts';
import type { Clients } from './clients.ts';
import { Gate } from './gate.ts';
import type { State } from './state.ts';

/** One execution by the real code: its writer, and how it believes that the run ended. */
interface Execution {
  writer: RunWriter;
  believes: string;
}

/** What stands in the log. */
export interface Standing {
  /** Its batches, as the model writes them. */
  log: string[];
  events: NumberedEvent[];
}

/** Long after every lease. */
const late = Date.parse('2100-01-01T00:00:00Z');

/** The real code, driven step by step as the model says. */
export class Replay {
  readonly shown: NumberedEvent[] = [];
  readonly executions = new Map<string, Execution>();
  readonly sealers = new Map<string, string>();
  readonly #clients: Clients;
  readonly #gate: Gate;
  readonly #run: Run;
  readonly #conversations: ConversationStore;
  readonly #log: RunLog;
  readonly #adrift = new Map<string, PutItemCommandInput>();
  /** Where the client reads now: the process of A publishes to it only if it is its own. */
  #reading:
    | {
        reader: RunReader;
        at: string;
        events: AsyncGenerator<NumberedEvent>;
        next?: Promise<IteratorResult<NumberedEvent>>;
      }
    | undefined;

  private constructor(clients: Clients, conversations: ConversationStore, run: Run) {
    this.#clients = clients;
    this.#gate = clients.gate;
    this.#conversations = conversations;
    this.#log = createRunLog(clients.open);
    this.#run = run;
  }

  static async start(clients: Clients, writers: readonly string[]): Promise<Replay> {
    clients.gate = new Gate();
    const conversations = createConversationStore(clients.open);
    const { run } = await startedRun(conversations);
    const replay = new Replay(clients, conversations, run);
    for (const id of writers) replay.#begin(id);
    return replay;
  }

  #begin(id: string): void {
    const { runId, writerId } = this.#run;
    const at = (party: string) => createRunLog({ ...this.#clients.of(party), clock: eagerClock() });
    const writer = createRunWriter({
      log: { ...at(id), batchAt: at(`${id} keeper`).batchAt },
      runId,
      writerId: id === 'A' ? writerId : `${id}-${randomUUID()}`,
      window: createBatchWindow(),
      leases: createConversationStore(this.#clients.of(`${id} keeper`)),
      publish: (_, batch) => this.#publish(id, batch),
      clock: {
        now: () => 0,
        sleep: async (ms, signal) =>
          ms < 5_000 ? void (await nextTurn()) : this.#gate.sleep(`${id} keeper`, signal),
      },
    });
    // As apps/inference-api's host does.
    writer.lost.addEventListener('abort', () => {
      const reason: unknown = writer.lost.reason;
      if (reason instanceof LogLostError) this.#publish(id, reason.standing);
    });
    this.executions.set(id, { writer, believes: '' });
  }

  #publish(id: string, batch: Batch): void {
    if (this.#reading?.at === id) this.#reading.reader.publish(this.#run.runId, batch);
  }

  /** Does one step of the model, which leads it from `state` to `next`. */
  async step(name: string, state: State, next: State): Promise<void> {
    const [, actor, action] = /^(\w+)'*: (.*)$/.exec(name)!;
    if (actor === 'late') await this.#arrive(action!);
    else if (actor === 'reader') await this.#read(action!, next.reader.shown.length, next.reader.isDone);
    else if (actor === 'A' || actor === 'B') await this.#write(actor, action!, state);
    else await this.#seal(actor!, action!);
    await this.#clients.quiet();
  }

  async standing(): Promise<Standing> {
    const batches = await this.#log.read(this.#run.runId);
    const events = batches.flatMap((batch) => batch.events).map((event, n) => ({ n, event }));
    const log = batches.map(({ writer, seal }) => {
      const name = writer === this.#run.writerId ? 'A' : writer.split('-')[0]!;
      return seal ? `${name}=${seal}` : name;
    });
    return { log, events };
  }

  async stored(): Promise<string> {
    return (await this.#conversations.getRun(this.#run.runId))?.seal ?? '';
  }

  /** The append that a party is at: its kind and the batch's number. */
  callOf(party: string): string | undefined {
    const held = this.#gate.of(party).find(({ sk }) => sk?.startsWith('batch#'));
    return held && `${held.kind === 'Put' ? 'put' : 'read'} ${Number(held.sk!.slice(6))}`;
  }

  /** Lets a party's calls through, whatever they are. */
  async #drain(party: string, isOver = () => false): Promise<void> {
    while (this.#gate.of(party).length > 0 && !isOver()) {
      this.#gate.take(party).release();
      await this.#clients.quiet();
    }
  }

  async #arrive(put: string): Promise<void> {
    const input = this.#adrift.get(put);
    if (!input) throw new Error(`no put is adrift as "${put}"`);
    await this.#clients.open.client.send(new PutItemCommand(input));
  }

  /** The calls of an append; false for another action. */
  #append(party: string, action: string): boolean {
    const [, kind, fault] = /^(put|settle)( times out)?$/.exec(action) ?? [];
    if (!kind) return false;
    const held = this.#gate.take(party, kind === 'put' ? 'Put' : 'Get');
    if (fault) this.#setAdrift(party, held.input);
    held.release(fault ? 'not-sent' : undefined);
    return true;
  }

  #setAdrift(party: string, input: PutItemCommandInput | undefined): void {
    if (!input?.Item) return;
    const { n, seal } = input.Item;
    this.#adrift.set(`${party}${seal ? `=${seal.S}` : ''} at ${n!.N}`, input);
  }

  #crash(party: string): void {
    for (const { input } of this.#gate.of(party)) this.#setAdrift(party, input);
    this.#gate.drop(party);
  }

  async #write(id: string, action: string, state: State): Promise<void> {
    const execution = this.executions.get(id)!;
    const { writer } = execution;
    if (this.#append(id, action)) return;
    if (action === 'write') {
      const { n } = state.writers.find((each) => each.id === id)!;
      writer.write({ type: 'text-end', id: `${id}${n}` }).catch(() => undefined);
    } else if (action === 'finish') {
      const end = writer.seal('finished', [{ type: 'finish' }]);
      void end.then((seal) => (execution.believes = seal ?? ''));
    } else if (action === 'look') {
      await this.#drain(`${id} keeper`, () => writer.lost.aborted);
    } else {
      this.#crash(id);
      this.#gate.drop(`${id} keeper`);
      if (this.#reading?.at === id) this.#leave();
    }
  }

  async #seal(party: string, action: string): Promise<void> {
    if (this.#append(party, action)) return;
    if (action === 'crash') return this.#crash(party);
    if (action === 'close') return this.#drain(party);
    if (action === 'last') {
      if (party === 'stop' && this.#gate.of(party).length === 0) await this.#begun(party, this.#stop());
      return this.#gate.take(party, 'Query').release();
    }
    const at = { ...this.#clients.of(party), clock: { ...eagerClock(), now: () => late } };
    await this.#begun(party, createConversationStore(at).settleRun(this.#run));
    this.#gate.take(party, 'Query').release();
    await this.#clients.quiet();
    if (action === 'lease expired') this.#gate.take(party, 'Get').release();
  }

  async #stop(): Promise<Seal> {
    const log = createRunLog({ ...this.#clients.of('stop'), clock: eagerClock() });
    const events = [{ type: 'abort' as const, reason: 'stopped' as const }];
    return (await log.seal(this.#run.runId, { seal: 'stopped', events, writer: 'stop' })).seal;
  }

  async #begun(party: string, end: Promise<Seal | undefined>): Promise<void> {
    end.then(
      (seal) => this.sealers.set(party, seal ?? ''),
      () => undefined, // it gave up
    );
    await this.#clients.quiet();
  }

  async #read(action: string, shown: number, isDone: boolean): Promise<void> {
    const [, verb, object] = /^(connect to|crash after|\S+)(?: (\w+))?/.exec(action)!;
    if (verb === 'connect to') await this.#connect(object!);
    if (verb === 'crash after') {
      this.shown.length = Number(object);
      this.#leave();
    }
    if (verb === 'wait') this.#reading!.next ??= this.#reading!.events.next();
    if (action === 'poll') await this.#poll();
    if (action === 'poll answers') this.#gate.take('reader', 'answer').release();
    while (this.#reading && this.shown.length < shown) this.shown.push((await this.#next()).value);
    if (isDone && this.#reading) {
      const { done } = await this.#next();
      if (!done) throw new Error('the reader went on after the seal');
      this.#leave();
    }
  }

  async #connect(at: string): Promise<void> {
    const clock = {
      now: () => 0,
      sleep: (_: number, signal?: AbortSignal) => this.#gate.sleep('reader', signal),
    };
    const runs = { getRun: this.#conversations.getRun, settleRun: this.#conversations.settleRun };
    const reader = createRunReader({ log: createRunLog(this.#clients.of('reader')), runs, clock });
    const events = reader.follow({ ...this.#run, leaseUntil: late }, this.shown.length);
    this.#reading = { reader, at, events, next: events.next() };
    for (const kind of ['Query', 'answer'] as const) {
      await this.#clients.quiet();
      this.#gate.take('reader', kind).release();
    }
  }

  async #poll(): Promise<void> {
    while (!this.#gate.of('reader').some(({ kind }) => kind === 'Query')) {
      this.#gate.take('reader', 'sleep').release();
      await this.#clients.quiet();
    }
    this.#gate.take('reader', 'Query').release();
  }

  async #next(): Promise<IteratorResult<NumberedEvent>> {
    const { next, events } = this.#reading!;
    delete this.#reading!.next;
    const waiting = next ?? events.next();
    await this.#clients.quiet();
    const result = await Promise.race([waiting, nextTurn('nothing' as const)]);
    if (result === 'nothing') throw new Error('the reader has nothing to show');
    return result;
  }

  #leave(): void {
    this.#gate.drop('reader');
    this.#reading = undefined;
  }
}
