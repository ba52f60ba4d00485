import {
  requests,
  routePath,
  routePattern,
  type HttpRequest,
  type ServiceName,
} from '@parley/contract/routes';
import type { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServiceEnv } from '../service-env.ts';
import { intruders } from './intruders.ts';
import type { TestIssuer } from './test-issuer.ts';

/** A service with something of Alice's in it, at which others try their luck. */
export interface IsolationWorld {
  app: Hono<ServiceEnv>;
  /** With an audience; the service takes its tokens only. */
  issuer: TestIssuer;
  fetch(path: string, init: RequestInit): Promise<Response>;
  /** What stands in everything of Alice's. */
  secret: string;
  /** Ids of what is Alice's, of Mallory's own of the same kind, and of nothing: by the names of path segments. */
  alices: Record<string, string>;
  mallorys: Record<string, string>;
  nothings: Record<string, string>;
  /** Body and headers of the requests that need them, by `METHOD route`. */
  contents: Record<string, { body?: unknown; headers?: Record<string, string> }>;
  /** Everything of Alice's as it stands, to compare. */
  state(): Promise<unknown>;
  close(): Promise<void>;
}

/** Nobody's name is a part of Alice's, but hers of this one: the closest a stranger can come. */
const alice = 'alice';
const mallory = 'alice#session';

/** Tests of one service, made from the contract's table: every request, as everybody who must not be answered. */
export function isolationTests(service: ServiceName, begin: () => Promise<IsolationWorld>): void {
  let world: IsolationWorld;
  let before: unknown;
  beforeAll(async () => {
    world = await begin();
    before = await world.state();
  });
  afterAll(() => world?.close());

  const all: readonly HttpRequest[] = requests[service];
  const named = all.map((request) => ({ ...request, title: `${request.method} ${request.route}` }));
  const of = (...access: HttpRequest['access'][]) => named.filter((each) => access.includes(each.access));
  type Named = (typeof named)[number];

  const send = async (request: Named, segments: Record<string, string>, authorization?: string) => {
    const { body, headers } = world.contents[request.title] ?? {};
    return world.fetch(routePath(request.route, segments), {
      method: request.method,
      headers: {
        ...headers,
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  };
  const as = async (sub: string) => `Bearer ${await world.issuer.mint({ sub })}`;

  test('every request that the service answers is in the contract’s table, and the other way round', () => {
    const served = world.app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`);
    const promised = all.map(({ method, route }) => `${method} ${routePattern(route)}`);
    expect([...new Set(served)].toSorted()).toEqual(promised.toSorted());
  });

  test.for(of('anybody'))(
    '$title answers without a sign-in, and says nothing of Alice’s',
    async (request) => {
      const response = await send(request, world.alices);
      expect(response.status).toBe(200);
      expect(await response.text()).not.toContain(world.secret);
    },
  );

  describe.each(of('user', 'owner'))('$title', (request) => {
    test('is answered with 401 to everybody whose token is not to be believed', async () => {
      for (const [who, authorization] of await intruders(world.issuer, alice)) {
        const response = await send(request, world.alices, authorization);
        expect([who, response.status]).toEqual([who, 401]);
        expect(response.headers.get('www-authenticate'), who).toMatch(/^Bearer /);
        expect(await response.text(), who).not.toContain(world.secret);
      }
    });
  });

  test.for(of('user'))('$title gives a stranger nothing of Alice’s', async (request) => {
    const response = await send(request, world.alices, await as(mallory));
    const text = await response.text();
    expect([response.ok, text]).toEqual([true, text]);
    for (const hers of [world.secret, ...ids(world.alices)]) expect(text).not.toContain(hers);
  });

  test.for(of('owner'))('$title answers a stranger as if the record never was', async (request) => {
    const authorization = await as(mallory);
    for (const { foreign, absent } of claims(world, request)) {
      const refused = await told(await send(request, foreign, authorization), foreign);
      expect(refused).toMatchObject({ status: 404, error: { code: 'not-found' } });
      expect(JSON.stringify(refused)).not.toContain(world.secret);
      expect(refused).toEqual(await told(await send(request, absent, authorization), absent));
    }
  });

  test('nobody of them changed anything', async () => {
    expect(await world.state()).toEqual(before);
  });

  // Shows that the attempts above fail for the reason they should, and not because they are wrong.
  test.for(of('user', 'owner'))('$title answers Alice herself', async (request) => {
    const response = await send(request, world.alices, await as(alice));
    await response.body?.cancel();
    expect(response.status).toBeLessThan(300);
  });
}

/** Every mixture of Alice’s ids and Mallory’s own that a path can name, and the same with ids of nothing for hers. */
function claims({ alices, mallorys, nothings }: IsolationWorld, { route }: HttpRequest) {
  const names = [...routePattern(route).matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  let mixtures: Record<'foreign' | 'absent', Record<string, string>>[] = [{ foreign: {}, absent: {} }];
  for (const name of names) {
    const [mine = '', hers = '', nothing = ''] = [mallorys[name], alices[name], nothings[name]];
    mixtures = mixtures.flatMap(({ foreign, absent }) => [
      { foreign: { ...foreign, [name]: mine }, absent: { ...absent, [name]: mine } },
      { foreign: { ...foreign, [name]: hers }, absent: { ...absent, [name]: nothing } },
    ]);
  }
  return mixtures.slice(1); // the first is all Mallory’s own
}

const ids = (segments: Record<string, string>) => Object.values(segments).filter((id) => id.length > 20);

async function told(response: Response, segments: Record<string, string>): Promise<unknown> {
  const { error } = (await response.json()) as { error: Record<string, string> };
  const { requestId: _, ...rest } = error;
  let text = JSON.stringify(rest);
  for (const id of Object.values(segments)) text = text.replaceAll(id, '…');
  return { status: response.status, error: JSON.parse(text) as unknown };
}
