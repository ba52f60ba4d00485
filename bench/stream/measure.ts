import type { BackingDuties } from './backing.ts';
import type { BareDuties } from './bare-sse.ts';
import type { ClientDuties, Received, StreamRequest } from './clients.ts';
import type { DynamoDbDuties } from '../dynamodb/process.ts';
import { startPeer, type Peer } from '../peer.ts';
import { watchProcess, type Usage } from './process-usage.ts';
import { atPace, recordPerToken, type SseRecord } from './records.ts';
import { startService, type ServiceOptions } from './service.ts';

/** How much is asked of a server, and how fast. */
export interface Load {
  streams: number;
  /** Answers that each stream asks for, one after another. */
  rounds: number;
  /** Milliseconds between two words of the model; 0: as fast as the server can. */
  wordDelayMs: number;
}

/** What one server did under one load. */
export type Measured = Received & Usage & { tableCalls: number };

/** The processes of a bench, apart from the servers that it measures. */
export interface Bench {
  dynamoDb: Peer<DynamoDbDuties>;
  backing: Peer<BackingDuties>;
  clients: Peer<ClientDuties>;
  environment: Record<string, string>;
}

export async function startBench({ words }: { words: number }): Promise<Bench> {
  const dynamoDb = startPeer<DynamoDbDuties>(new URL('../dynamodb/process.ts', import.meta.url));
  const backing = startPeer<BackingDuties>(new URL('backing.ts', import.meta.url));
  const clients = startPeer<ClientDuties>(new URL('clients.ts', import.meta.url));
  const environment = await backing.call('start', { dynamoDb: await dynamoDb.call('listen') });
  await backing.call('answerWith', { words });
  return { dynamoDb, backing, clients, environment };
}

export async function stopBench({ dynamoDb, backing, clients }: Bench): Promise<void> {
  await Promise.all([dynamoDb, backing, clients].map((peer) => peer.stop()));
}

/** Answers before the measuring begins, as fast as they come, so that the code is compiled. */
const warmUpStreams = 10;
const warmUpAnswersMax = 200;

function warmUpAnswers({ streams, rounds }: Load): number {
  return Math.min(streams * rounds * 10, warmUpAnswersMax);
}

/** Something that is measured: its address and its process. */
interface Server {
  url: string;
  pid: number;
}

async function warmUp({ clients }: Bench, { url }: Server, requests: StreamRequest[]): Promise<void> {
  await clients.call('run', { url, streams: warmUpStreams, requests });
}

async function measure(
  { dynamoDb, clients }: Bench,
  { url, pid }: Server,
  { streams }: Load,
  requests: StreamRequest[],
): Promise<Measured> {
  const before = await dynamoDb.call('calls');
  const measured = await watchProcess(pid, () => clients.call('run', { url, streams, requests }));
  return { ...measured, tableCalls: (await dynamoDb.call('calls')) - before };
}

/** What is done while a server is measured, such as a profile. */
export type Around = <T>(measuring: () => Promise<T>) => Promise<T>;

/** Starts the service, measures it, and ends it. One of its answers comes too, as its client received it. */
export async function measureService(
  bench: Bench,
  load: Load,
  options: Omit<ServiceOptions, 'environment'> & { around?: Around } = {},
): Promise<{ measured: Measured; records: SseRecord[] }> {
  const { backing, clients, environment } = bench;
  const { around = (measuring) => measuring(), ...how } = options;
  const service = await startService({ environment, ...how });
  try {
    await backing.call('setPace', { wordDelayMs: 0 });
    const [example, ...rest] = await backing.call('requests', { count: 1 + warmUpAnswers(load) });
    const records = await clients.call('record', { url: service.url, request: example! });
    await warmUp(bench, service, rest);
    await backing.call('setPace', { wordDelayMs: load.wordDelayMs });
    const requests = await backing.call('requests', { count: load.streams * load.rounds });
    const measured = await around(() => measure(bench, service, load, requests));
    return { measured, records };
  } finally {
    await service.stop();
  }
}

/** Measures a bare server that sends what the service's model wrote: one event for each of its tokens. */
export async function measureBare(bench: Bench, load: Load, records: SseRecord[]): Promise<Measured> {
  const bare = startPeer<BareDuties>(new URL('bare-sse.ts', import.meta.url));
  try {
    const server = { url: await bare.call('listen'), pid: bare.pid };
    const events = recordPerToken(records);
    const requestsOf = (count: number) => Array.from({ length: count }, () => bareRequest);
    await bare.call('answerWith', atPace(events, 0));
    await warmUp(bench, server, requestsOf(warmUpAnswers(load)));
    await bare.call('answerWith', atPace(events, load.wordDelayMs));
    return await measure(bench, server, load, requestsOf(load.streams * load.rounds));
  } finally {
    await bare.stop();
  }
}

const bareRequest: StreamRequest = { path: '/', headers: {}, body: '{}' };
