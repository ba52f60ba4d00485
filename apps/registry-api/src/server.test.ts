import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { bundle } from '@parley/bundle/bundle';
import { env } from '@parley/contract/names';
import { createTestIssuer, type TestIssuer } from '@parley/service/testing';
import { startTestTables, type TestTables } from '@parley/store/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The bundle as it ships, alone in a folder without node_modules. */
let folder: string;
let tables: TestTables;
let issuer: TestIssuer;
let keys: Awaited<ReturnType<TestIssuer['serveKeys']>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-api '));
  await bundle({
    folder,
    entry: { file: join(import.meta.dirname, 'server.ts') },
    outfile: 'dist/server.mjs',
  });
  [tables, issuer] = await Promise.all([startTestTables(), createTestIssuer()]);
  keys = await issuer.serveKeys();
});
afterAll(async () => {
  await Promise.all([tables.close(), keys.close(), rm(folder, { recursive: true })]);
});

function start(environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [join(folder, 'dist/server.mjs')], {
    cwd: folder,
    env: environment,
    stdio: 'pipe',
  });
}

type LogLine = Record<string, unknown>;

async function logUntilReady(service: ChildProcess): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of createInterface({ input: service.stdout! })) {
    lines.push(JSON.parse(line) as LogLine);
    if (lines.at(-1)?.['port']) break;
  }
  return lines;
}

function urlIn(lines: LogLine[]): string {
  return `http://127.0.0.1:${Number(lines.at(-1)?.['port'])}`;
}

const environment = () => ({
  [env.port]: '0',
  [env.host]: '127.0.0.1',
  [env.catalogTable]: tables.catalogTable,
  [env.conversationsTable]: tables.conversationsTable,
  [env.attachmentsBucket]: 'files',
  [env.authIssuer]: issuer.issuer,
  [env.authScope]: issuer.scope,
  [env.authAudience]: 'https://chat.test',
  [env.authJwksUrl]: keys.url,
  PARLEY_CATALOG_TABEL: 'misspelt',
  AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

describe('the built service', () => {
  it('starts, takes requests, and ends with code 0 on SIGTERM', async () => {
    const service = start(environment());
    const ended = once(service, 'exit');
    const lines = await logUntilReady(service);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'warn', variable: 'PARLEY_CATALOG_TABEL' }),
    );
    const url = urlIn(lines);
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({
      status: 'ok',
      service: 'registry-api',
    });
    const ofAnother = await issuer.headers({ aud: 'https://other.test' });
    expect((await fetch(`${url}/api/chat-apps`, { headers: ofAnother })).status).toBe(401);
    const headers = await issuer.headers({ aud: 'https://chat.test' });
    expect(await (await fetch(`${url}/api/chat-apps`, { headers })).json()).toEqual({ chatApps: [] });
    expect(await (await fetch(`${url}/api/sessions`, { headers })).json()).toEqual({ sessions: [] });
    service.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('goes on when nobody reads its log any more', async () => {
    const service = start(environment());
    const ended = once(service, 'exit');
    const url = urlIn(await logUntilReady(service));
    for (const output of [service.stdout!, service.stderr!]) output.destroy();
    const headers = await issuer.headers({ aud: 'https://chat.test' });
    for (let i = 0; i < 5; i += 1)
      expect((await fetch(`${url}/api/chat-apps`, { headers })).status).toBe(200);
    service.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('does not start without its configuration, and names every variable that is missing or wrong', async () => {
    const { [env.catalogTable]: _, ...rest } = environment();
    const service = start({ ...rest, [env.authIssuer]: 'issuer', [env.model]: '{"provider":"x"}' });
    const [[code], message] = await Promise.all([once(service, 'exit'), text(service.stderr!)]);
    expect(code).toBe(1);
    for (const name of [env.catalogTable, env.authIssuer, env.model]) expect(message).toContain(`${name}`);
    expect(message).not.toContain(env.conversationsTable);
  });
});
