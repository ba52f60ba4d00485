import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '../../cloud/connect.ts';
import type { LocalAws } from '../testing/local-aws.ts';
import { startRecordedStage } from '../testing/recorded-stage.ts';
import { type Stage, prefix, region } from '../testing/stage.ts';
import { type LogLine, findSource, logSources, readLogs } from './logs.ts';

let aws: LocalAws;
let stage: Stage;
beforeEach(async () => {
  ({ aws, stage } = await startRecordedStage('rolled-out'));
  for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

const cloud = () => connect({ region, maxAttempts: 1 });
const group = `/ecs/${prefix}/api`;
const stream = `${group} api/Container/7`;
const source = { name: 'api', kind: 'service', group } as const;
const event = (id: string, at: number) => ({ id, at, message: `${id}\n` });

test('a source is found by its name, a tool also by the end of it, and an unknown one lists those there are', async () => {
  for (const name of [
    `/ecs/${prefix}/api`,
    `/lambda/${prefix}/weather-forecast`,
    `/lambda/${prefix}/demo-forecast`,
    `/lambda/${prefix}/weather-find`,
    `/ecs/${prefix}-2/other`,
  ])
    stage.logs.set(`${name} s`, []);
  const sources = await logSources(cloud(), prefix);
  expect(findSource(sources, 'api').group).toBe(`/ecs/${prefix}/api`);
  expect(findSource(sources, 'find').group).toBe(`/lambda/${prefix}/weather-find`);
  expect(findSource(sources, 'weather/forecast').group).toBe(`/lambda/${prefix}/weather-forecast`);
  expect(() => findSource(sources, 'forecast')).toThrow(
    '"forecast" may be one of these: demo-forecast, weather-forecast.',
  );
  const unknown = (): unknown => {
    try {
      return findSource(sources, 'web');
    } catch (error) {
      return error;
    }
  };
  expect(unknown()).toMatchObject({
    message: 'Nothing called "web" logs in this stage.',
    nextStep: 'There are: api, demo-forecast, weather-find, weather-forecast.',
  });
});

test('what was logged since a time comes from all pages, oldest first', async () => {
  stage.logs.set(stream, [event('old', 500), event('a', 1000), event('b', 2000), event('c', 4000)]);
  stage.logs.set(`${group} api/Container/8`, [event('d', 3000)]);
  const lines: LogLine[] = [];
  for await (const line of readLogs(cloud(), {
    source,
    since: new Date(1000),
    signal: new AbortController().signal,
  }))
    lines.push(line);
  expect(lines.map(({ message }) => message)).toEqual(['a', 'b', 'd', 'c']);
  expect(lines[0]).toEqual({ time: '1970-01-01T00:00:01.000Z', stream: 'api/Container/7', message: 'a' });
});

test('a follower sees each event once, also those that CloudWatch shows late or at the same time', async () => {
  const start = 1_000_000;
  stage.logs.set(stream, [event('a', start), event('b', start)]);
  const stop = new AbortController();
  const seen: string[] = [];
  const later: (() => void)[] = [
    () => undefined,
    // Of the same time as what was shown, before it, and long after it.
    () => stage.logs.get(stream)!.push(event('same', start)),
    () => void stage.logs.set(`${group} late`, [event('late', start - 30_000)]),
    () => stage.logs.get(stream)!.push(event('c', start + 500_000)),
    () => stage.logs.get(stream)!.push(event('d', start + 500_001)),
    () => void stopAfterLooks(3).then(() => stop.abort()),
  ];
  const stopAfterLooks = async (more: number) => {
    const looks = () => aws.calls.filter((call) => call === 'FilterLogEvents').length;
    const enough = looks() + more;
    await vi.waitFor(() => expect(looks()).toBeGreaterThan(enough), { timeout: 10_000 });
  };
  const lines = readLogs(cloud(), {
    source,
    since: new Date(0),
    follow: true,
    signal: stop.signal,
    pollMs: 10,
  });
  for await (const { message } of lines) {
    seen.push(message);
    later.shift()?.();
  }
  expect(seen).toEqual(['a', 'b', 'same', 'late', 'c', 'd']);
});

test('a log group that is gone is AWS’s error, and being broken off is none', async () => {
  const stop = new AbortController();
  stop.abort();
  const lines = readLogs(cloud(), { source, since: new Date(0), follow: true, signal: stop.signal });
  expect(await Array.fromAsync(lines)).toEqual([]);
});
