import { toolHandler, type ToolResult } from '@parley/contract/tool';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startOpenMeteo, type Answer, type OpenMeteoServer } from '../forecast/testing/open-meteo-server.ts';
import { tool } from './forecast.ts';

let server: OpenMeteoServer;
beforeEach(async () => {
  server = await startOpenMeteo();
  vi.stubEnv('OPEN_METEO_GEOCODING_URL', server.url);
  vi.stubEnv('OPEN_METEO_FORECAST_URL', server.url);
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-22T12:00:00Z') });
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await server.close();
});

/** Calls the tool as its function is called. */
async function call(input: unknown): Promise<ToolResult> {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const context = { runId: 'run', toolCallId: 'call', app: 'app', user: 'user' };
  return toolHandler(tool)({ input, context });
}

const status =
  (code: number): Answer =>
  (_, response) =>
    response.writeHead(code, { 'content-type': 'application/json' }).end('{"error":true,"reason":"test"}');
const body =
  (text: string): Answer =>
  (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);
const silence: Answer = () => undefined;
const hangUp: Answer = (request) => request.socket.destroy();

/** What is usual in Lisbon on the day after the tests' today. */
const usual = {
  city: 'Lisbon',
  country: 'Portugal',
  date: '2026-11-23',
  summary: 'usually 12 to 18 °C in November, with about 122 mm of rain or snow in the whole month',
  temperatureMaxC: 18,
  temperatureMinC: 12,
  source: 'climate normals (offline)',
};

test('a forecast is Open-Meteo’s for that day and place', async () => {
  expect(await call({ city: 'Lisbon', day: 'tomorrow' })).toEqual({
    ok: true,
    output: {
      city: 'Lisbon',
      country: 'Portugal',
      date: '2026-11-23',
      summary: 'light rain, 11 to 18 °C, 65 % chance of rain, wind up to 23 km/h',
      temperatureMaxC: 17.6,
      temperatureMinC: 11.2,
      precipitationChancePercent: 65,
      precipitationMm: 4.2,
      windMaxKmh: 22.9,
      source: 'Open-Meteo forecast',
    },
  });
  const [search, forecast] = server.requests;
  expect(search?.searchParams.get('name')).toBe('Lisbon');
  expect(Object.fromEntries(forecast?.searchParams ?? [])).toMatchObject({
    latitude: '38.72509',
    longitude: '-9.1498',
    start_date: '2026-11-23',
    end_date: '2026-11-23',
  });
});

test('without a day it is for today', async () => {
  expect(await call({ city: 'Lisbon' })).toMatchObject({ ok: true, output: { date: '2026-11-22' } });
});

test('what follows a comma chooses among cities of one name', async () => {
  expect(await call({ city: 'Lisbon, Maine' })).toMatchObject({
    ok: true,
    output: { country: 'United States' },
  });
  expect(server.requests[1]?.searchParams.get('longitude')).toBe('-70.1045');
});

test.each<[string, '/v1/search' | '/v1/forecast', Answer]>([
  ['fails', '/v1/search', status(500)],
  ['fails for the forecast alone', '/v1/forecast', status(500)],
  ['is limited', '/v1/forecast', status(429)],
  ['answers garbage', '/v1/search', body('<html>Bad gateway</html>')],
  [
    'answers another shape',
    '/v1/forecast',
    body('{"daily":{"time":["2026-11-23"],"temperature_2m_max":[null]}}'),
  ],
  ['hangs up', '/v1/search', hangUp],
])('when Open-Meteo %s, what is usual is told, and that it is not a forecast', async (_, path, answer) => {
  server.faults.set(path, answer);
  expect(await call({ city: 'Lisbon', day: 'tomorrow' })).toEqual({
    ok: true,
    output: {
      ...usual,
      note: 'This is not a forecast: the weather service could not be reached. The figures are what is usual in Lisbon in November.',
    },
  });
});

test.each(['/v1/search', '/v1/forecast'] as const)(
  'when %s never answers, the wait has an end',
  async (path) => {
    vi.stubEnv('OPEN_METEO_TIMEOUT_MS', '50');
    server.faults.set(path, silence);
    expect(await call({ city: 'Lisbon', day: 'tomorrow' })).toMatchObject({ ok: true, output: usual });
  },
);

test('when nothing listens, what is usual is told', async () => {
  await server.close();
  expect(await call({ city: 'Lisboa', day: 'tomorrow' })).toMatchObject({ ok: true, output: usual });
});

test.each([
  ['2027-06-01', 'that day is too far away for a forecast'],
  ['yesterday', 'that day is past'],
])('for the day %s what is usual is told, with the reason', async (day, reason) => {
  expect(await call({ city: 'Lisbon', day })).toMatchObject({
    ok: true,
    output: { source: 'climate normals (offline)', note: expect.stringContaining(reason) },
  });
  expect(server.requests).toHaveLength(1);
});

test.each([
  [{ city: 'Atlantis' }, /^There is no city called "Atlantis"\. Check its spelling/],
  [{ city: 'Lisbon', day: 'whenever' }, /^"whenever" is no day this tool understands\. Expected "today"/],
])('%j is refused with what to do', async (input, message) => {
  expect(await call(input)).toEqual({
    ok: false,
    error: { code: 'tool-failed', message: expect.stringMatching(message) },
  });
});

test('without a network, a city that is not built in is named with what would do', async () => {
  server.faults.set('/v1/search', status(500));
  expect(await call({ city: 'Atlantis' })).toEqual({
    ok: false,
    error: {
      code: 'tool-failed',
      message: expect.stringMatching(
        /^No forecast for "Atlantis": .* not among the \d{3} cities .* large city nearby\.$/,
      ),
    },
  });
});

test('an input without a city is invalid', async () => {
  expect(await call({ day: 'tomorrow' })).toMatchObject({ ok: false, error: { code: 'invalid-input' } });
});
