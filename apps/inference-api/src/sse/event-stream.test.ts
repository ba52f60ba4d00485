import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createService, type Service } from '@parley/service/server';
import { createLog } from '@parley/service/log';
import { afterEach, expect, test } from 'vitest';
import { eventStreamResponse, sseRecord, type EventStream, type EventStreamTimes } from './event-stream.ts';

let service: Service | undefined;
afterEach(() => service?.stop());

/** Serves one event stream and connects to it, without reading yet. */
async function open(
  times: EventStreamTimes,
  produce: (stream: EventStream, response: ServerResponse) => Promise<void>,
) {
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line) });
  service = createService({ name: 'test', healthPath: '/health', log, stopSeconds: 1 });
  service.app.get('/events', (c) =>
    eventStreamResponse(c, times, (stream) => produce(stream, c.env.outgoing as ServerResponse)),
  );
  const { port } = await service.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  socket.write('GET /events HTTP/1.1\r\nhost: test\r\n\r\n');
  return { socket, lines };
}

async function textUntil(socket: Socket, isEnough: (text: string) => boolean): Promise<string> {
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    if (isEnough(text)) break;
  }
  return text;
}

test('the first byte goes out at once, and a silent stream carries heartbeats', async () => {
  const { socket } = await open({ heartbeatMs: 10 }, (stream) =>
    once(stream.gone, 'abort').then(() => undefined),
  );
  const text = await textUntil(socket, (soFar) => soFar.split(': heartbeat').length > 3);
  expect(text.indexOf(': open')).toBeLessThan(text.indexOf(': heartbeat'));
});

test('without a setting the silence stays below what the contract promises', async () => {
  const intervals: number[] = [];
  const setTimer = globalThis.setInterval;
  globalThis.setInterval = ((run: () => void, ms: number) => {
    intervals.push(ms);
    return setTimer(run, ms);
  }) as typeof setInterval;
  const { socket } = await open({}, (stream) => stream.write(sseRecord('done')));
  await textUntil(socket, (soFar) => soFar.includes('done'));
  globalThis.setInterval = setTimer;
  expect(intervals).toContain(12_000);
});

test('a client that reads nothing holds the producer back, and what was written then arrives in order', async () => {
  const total = 3_000;
  let written = 0;
  let hasWaited = false;
  const record = (n: number) => sseRecord({ n, filler: 'x'.repeat(10_000) });
  const { socket } = await open({}, async (stream) => {
    for (; written < total; written += 1) {
      const room = stream.write(record(written));
      const wait = setTimeout(() => {
        hasWaited = true;
        socket.resume(); // only now does the client begin to read
      }, 50);
      await room;
      clearTimeout(wait);
    }
  });
  socket.pause();
  const numbers: number[] = [];
  let rest = '';
  socket.on('data', (chunk) => {
    const parts = (rest + String(chunk)).split('{"n":');
    rest = parts.pop()!;
    for (const part of parts) {
      const n = /^(\d+),/.exec(part)?.[1];
      if (n) numbers.push(Number(n));
    }
    if (numbers.length >= total - 1) socket.destroy();
  });
  socket.pause();
  await once(socket, 'close');
  expect(hasWaited).toBe(true);
  expect(numbers).toEqual(Array.from({ length: total - 1 }, (_, n) => n));
});

test('a client that takes nothing for too long is cut, and its producer hears of it', async () => {
  const gone = Promise.withResolvers<number>();
  let written = 0;
  const { socket } = await open({ stalledMs: 50 }, async (stream) => {
    while (!stream.gone.aborted) {
      await stream.write(sseRecord('x'.repeat(60_000)));
      written += 1;
    }
    gone.resolve(written);
  });
  socket.pause();
  // Loopback buffers take some megabytes; an unbounded producer would go on for ever.
  expect(await gone.promise).toBeLessThan(2_000);
});

test('a client that takes nothing is cut too when there is nothing more to write', async () => {
  const closed = Promise.withResolvers<{ isFinished: boolean }>();
  const { socket } = await open({ stalledMs: 50 }, async (stream, response) => {
    response.once('close', () => closed.resolve({ isFinished: response.writableFinished }));
    // Small pieces, until some stay with the process as the network has no room: few enough that it could go on.
    do {
      for (let i = 0; i < 10; i += 1) await stream.write(sseRecord('x'.repeat(1_000)));
      await delay(2);
    } while (response.writableLength === 0);
    expect(response.writableNeedDrain).toBe(false);
  });
  socket.pause();
  expect(await closed.promise).toEqual({ isFinished: false });
});

test('a producer that fails cuts the stream, so that the client resumes, and is logged', async () => {
  const { socket, lines } = await open({}, async (stream) => {
    await stream.write(sseRecord('first'));
    throw new Error('the log went away');
  });
  const text = await textUntil(socket, () => false).catch(() => 'cut');
  expect(text).not.toContain('\r\n0\r\n');
  expect(lines.join()).toContain('the log went away');
});
