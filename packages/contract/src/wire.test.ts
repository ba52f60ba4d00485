import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { routePath, routePattern, routes, type RouteName } from './routes.ts';
import { eventId, parseEventId } from './stream.ts';
import { defineTool, ToolError, toolHandler, toolSpecOf } from './tool.ts';

const context = { runId: 'r', toolCallId: 't', app: 'a', user: 'u' };

test('an event id survives the way to a client and back, and garbage is refused', () => {
  expect(parseEventId(eventId('run_1', 42))).toEqual({ runId: 'run_1', n: 42 });
  for (const garbage of ['', 'x', 'x:', ':1', 'x:-1', 'x:1.5', 'x:1e3', 'a b:1', 'x:9999999999']) {
    expect(parseEventId(garbage)).toBeUndefined();
  }
});

test('no two routes share a path, and segments are encoded', () => {
  const names = Object.keys(routes) as RouteName[];
  expect(new Set(names.map(routePattern)).size).toBe(names.length);
  expect(routePath('session', { sessionId: 'a/b' })).toBe('/api/sessions/a%2Fb');
  expect(() => routePath('session')).toThrow('needs "sessionId"');
});

test('a tool that throws answers with its message, and one whose output JSON cannot hold says so', async () => {
  const input = z.object({});
  const tool = (handler: () => unknown) => defineTool({ name: 'x', description: 'x', input, handler });
  const said = (handler: () => unknown) => toolHandler(tool(handler))({ input: {}, context });
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  const nested = () => Array.from({ length: 100_000 }).reduce((inner) => [inner], null);

  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    expect(
      await said(() => {
        throw new ToolError('No such city.');
      }),
    ).toEqual({ ok: false, error: { code: 'tool-failed', message: 'No such city.' } });
    const [circular, deep, big] = [
      await said(() => cycle),
      await said(nested),
      await said(() => ({ n: 10n })),
    ];
    expect(circular).toMatchObject({ error: { message: expect.stringMatching(/^[^\n]*refers back.*\.$/) } });
    expect(deep).toMatchObject({ error: { message: expect.stringMatching(/nested too deep.*\.$/) } });
    expect(big).toMatchObject({ error: { message: expect.stringMatching(/"n" is the BigInt 10.*\.$/) } });
    expect(await said(() => ({ degrees: [1, NaN] }))).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('NaN, which JSON cannot hold') },
    });
    expect(await said(() => undefined)).toEqual({ ok: true, output: null });
  } finally {
    log.mockRestore();
  }
});

test('a tool that reports its progress answers at once where nothing streams, also beside an AWS SDK', async () => {
  const tool = defineTool({
    name: 'x',
    description: 'x',
    input: z.object({}),
    handler: async (_, { progress }) => progress({ percent: 50 }),
  });
  const call = { input: {}, context };
  expect(await toolHandler(tool)(call)).toEqual({ ok: true, output: null });
  vi.stubGlobal('awslambda', { InvokeStore: {} }); // as the SDK leaves it
  expect(await toolHandler(tool)(call)).toEqual({ ok: true, output: null });
  vi.unstubAllGlobals();
});

test('a transformed input is shown to the model as what it may send', () => {
  const input = z.object({ day: z.string().transform(Number).optional(), city: z.string() });
  const result = toolSpecOf(defineTool({ name: 'x', description: 'x', input, handler: () => 1 }));
  expect(result).toMatchObject({
    spec: { input: { properties: { day: { type: 'string' } }, required: ['city'] } },
  });
});
