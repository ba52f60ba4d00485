import { execa } from 'execa';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageText, type Message } from '@parley/contract/message';
import type { Session } from '@parley/contract/session';
import { webConfig, webConfigPath } from '@parley/contract/web-config';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addProbeApp } from './probe-app.ts';
import { serviceProcesses } from './processes.ts';
import { start, type RunningStart } from './running-start.ts';
import { ask, eventsOf, signIn, textOf, type User } from './user.ts';
import { copyWorkspace, type WorkspaceCopy } from '../workspace/workspace-copy.ts';

let copy: WorkspaceCopy;
let running: RunningStart;
let ada: User;
const question = 'What will the weather be in Lisbon tomorrow?';

beforeAll(async () => {
  copy = await copyWorkspace();
  await addProbeApp(copy.root);
  running = await start(copy);
  ada = await signIn(running.url, 'ada');
});
afterAll(async () => {
  await running?.stop();
  await copy?.dispose();
});

async function newSession(app = 'weather'): Promise<Session> {
  return ada.post<Session>('/api/sessions', { app });
}
async function messagesOf(sessionId: string): Promise<Message[]> {
  return (await ada.get<{ messages: Message[] }>(`/api/sessions/${sessionId}/messages`)).messages;
}

test('start says what it does not run, with a reason for each type', () => {
  const ready = running.events.find(({ type }) => type === 'ready')!;
  const notRun = ready['notRun'] as { type: string; reason: string; resources: string[] }[];
  expect(notRun.map(({ type }) => type)).toEqual(expect.arrayContaining(['AWS::EC2::VPC', 'AWS::IAM::Role']));
  for (const { reason, resources } of notRun) {
    expect(reason).not.toBe('');
    expect(resources.length).toBeGreaterThan(0);
  }
});

test('the one address serves the built page at every address inside it, and says whom to sign in with', async () => {
  const page = await fetch(`${running.url}/chat/weather`);
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
  expect(page.headers.get('cache-control')).toBe('no-cache');
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1];
  const code = await fetch(running.url + script, { headers: { 'accept-encoding': 'br' } });
  expect([code.status, code.headers.get('content-encoding')]).toEqual([200, 'br']);
  expect(await code.text()).not.toMatch(/localhost|127\.0\.0\.1/);

  const { issuer, clientId, scope, metadataUrl } = webConfig.parse(
    await (await fetch(running.url + webConfigPath)).json(),
  );
  const metadata = (await (await fetch(new URL(metadataUrl!, running.url))).json()) as Record<string, string>;
  expect(metadata['issuer']).toBe(issuer);
  const signInPage = new URL(metadata['authorization_endpoint']!);
  expect(signInPage.origin).toBe(running.url);
  const challenge = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' };
  const query = { client_id: clientId, scope, redirect_uri: `${running.url}/`, response_type: 'code' };
  signInPage.search = String(new URLSearchParams({ ...query, ...challenge }));
  expect((await fetch(signInPage)).status).toBe(200);
});

test('weather answers in a stream with its tool call shown, and says where its figures come from', async () => {
  const { id } = await newSession();
  const events = await eventsOf(await ask(ada, id, question));
  const types = events.map(({ data }) => data.type);
  expect(types[0]).toBe('start');
  expect(types).toContain('tool-output-available');
  expect(types.at(-1)).toBe('finish');
  const call = events.find(({ data }) => data.type === 'tool-input-available')!.data;
  expect(call).toMatchObject({ toolName: 'forecast', input: { city: 'Lisbon' } });
  expect(textOf(events)).toMatch(/Lisbon/);
  expect(textOf(events)).toMatch(/normals|Open-Meteo/i);
});

test('every curl command of docs/http-api.md works, and the joined text is the stored message', async () => {
  const text = await readFile(join(copy.root, 'docs/http-api.md'), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(
    ([, block]) => `${block}\necho; echo =====`,
  );
  const { stdout } = await execa('bash', ['-euc', blocks.join('\n')], {
    cwd: copy.root,
    env: { URL: running.url },
  });
  const printed = stdout.split('=====').map((part) => part.trim());
  const [joined = '', stored = '', stopped = '', refused = '', given = '', withdrawn, summedUp, ...files] =
    printed.slice(-13, -1);
  const { messages } = JSON.parse(stored) as { messages: Message[] };
  expect(joined).not.toBe('');
  expect(JSON.parse(`"${joined}"`)).toBe(messageText(messages.at(-1)!));
  expect(JSON.parse(stopped)).toMatchObject({ status: 'finished' });
  expect(JSON.parse(refused)).toMatchObject({ error: { code: 'bad-request', field: 'parentId' } });
  expect(JSON.parse(given)).toMatchObject({ rating: 'down', comment: 'It rained.' });
  expect(withdrawn).toBe('204');
  expect(summedUp).toMatch(/"delta":"The/);
  const [form = '', sent, attached = '', about, downloaded] = files;
  expect(JSON.parse(form)).toMatchObject({ url: expect.stringContaining(running.url) });
  expect(sent).toBe('204');
  expect(JSON.parse(attached)).toMatchObject({ name: 'plan.txt', mediaType: 'text/plain', bytes: 23 });
  expect(about).toContain('The budget is 300 EUR.');
  expect(downloaded).toBe('The budget is 300 EUR.');
  for (const name of ['first.txt', 'rest.txt', 'plan.txt', 'upload.json', 'upload.form'])
    await rm(join(copy.root, name));
});

test('pnpm chat shows the tool call and the answer', async () => {
  const { exitCode, stdout } = await copy.run('pnpm', ['chat', 'weather', question]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/→ forecast {.*"Lisbon"/);
  expect(stdout).toMatch(/← forecast \(\d+\.\d s\)/);
});

test('Ctrl-C in pnpm chat stops the answer and keeps what was said', async () => {
  const chat = execa('pnpm', ['chat', 'probe', 'Run the slow probe'], {
    cwd: copy.root,
    env: copy.env,
    extendEnv: false,
    detached: true,
    reject: false,
  });
  await new Promise<void>((resolve) => {
    chat.stdout.on('data', (chunk: Buffer) => String(chunk).includes('→ probe') && resolve());
  });
  process.kill(-chat.pid!, 'SIGINT');
  expect((await chat).stdout).toContain('(stopped)');
});

test('pnpm chat with an app that is not there lists those that are', async () => {
  const { exitCode, all } = await copy.run('pnpm', ['chat', 'wether', 'Hello']);
  expect(exitCode).toBe(1);
  expect(all).toContain('There is no chat app "wether" that you may use. There are: probe, weather.');
});

test.each([
  ['throws', 'The probe broke on purpose.'],
  ['hangs', 'within 6'],
  ['exits', 'ended before it could answer (exit status 3)'],
  ['gorges', 'needed more memory than it has'],
  ['bloats', 'more than 6 MB. Ask for less at once.'],
  ['miscounts', 'NaN, which JSON cannot hold'],
  ['circles', 'refers back to the whole'],
])(
  'a tool that %s gives a plain message and the run ends',
  async (probe, reason) => {
    const { id } = await newSession('probe');
    const events = await eventsOf(await ask(ada, id, `Run the probe that ${probe}`));
    const failure = events.find(({ data }) => data.type === 'tool-output-error')!.data;
    expect(failure['errorText']).toContain(reason);
    expect(events.at(-1)!.data.type).toBe('finish');
    expect(textOf(events)).not.toBe('');
    expect(await eventsOf(await ask(ada, (await newSession()).id, question))).not.toHaveLength(0);
  },
  30_000,
);

test('a tool that floods its log answers all the same', async () => {
  const { id } = await newSession('probe');
  const events = await eventsOf(await ask(ada, id, 'Run the probe that babbles'));
  expect(textOf(events)).toContain('The probe says hello.');
  const logs = join(copy.root, '.parley/logs');
  const files = await readdir(logs, { recursive: true });
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(logs, file))).size));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(28_000_000); // what it wrote
});

test('after kill -9 of the service in mid-answer nothing seen is missing, and the answer can be continued', async () => {
  const { id } = await newSession('probe');
  const answer = await ask(ada, id, 'Run the slow probe');
  const seen = await eventsOf(answer, ({ data }) => data.type === 'tool-input-available');
  const pids = await serviceProcesses(copy.root, 'inference-api');
  expect(pids).not.toEqual([]);
  for (const pid of pids) process.kill(pid, 'SIGKILL');

  const runId = seen[0]!.id.split(':')[0]!;
  const replay = await untilAnswered(() => ada.open(`/inference/runs/${runId}/events`));
  const all = await eventsOf(replay);
  expect(all.slice(0, seen.length)).toEqual(seen);
  expect(all.at(-1)!.data).toEqual({ type: 'abort', reason: 'interrupted' });

  const cut = (await messagesOf(id)).at(-1)!;
  expect(cut).toMatchObject({ role: 'assistant', status: 'interrupted' });
  const more = await ada.open(`/inference/sessions/${id}/runs`, {
    method: 'POST',
    body: JSON.stringify({ parentId: cut.id }),
    headers: { 'content-type': 'application/json', 'idempotency-key': 'continue' },
  });
  expect((await eventsOf(more)).at(-1)!.data.type).toBe('finish');
});

test('after kill -9 of everything, another start shows all that was said', async () => {
  const { id } = await newSession();
  const events = await eventsOf(await ask(ada, id, question));
  await running.kill();
  running = await start(copy);
  ada = await signIn(running.url, 'ada');
  expect(messageText((await messagesOf(id)).at(-1)!)).toBe(textOf(events));
  expect(await serviceProcesses(copy.root, 'inference-api')).toHaveLength(1);
});

test('a second start in the same folder says where the first one runs', async () => {
  const { exitCode, all } = await copy.run('pnpm', ['start']);
  expect(exitCode).toBe(1);
  expect(all).toContain(running.url);
});

test('reset refuses while Parley runs', async () => {
  const { exitCode, all } = await copy.run('pnpm', ['run', 'reset', '--yes']);
  expect(exitCode).toBe(1);
  expect(all).toContain(`Parley runs at ${running.url}: stop it first`);
});

test('two clones run side by side and know nothing of each other', async () => {
  const other = await copyWorkspace();
  const second = await start(other);
  try {
    expect(second.url).not.toBe(running.url);
    const bob = await signIn(second.url, 'ada');
    expect(await bob.get('/api/sessions')).toMatchObject({ sessions: [] });
    const mine = await newSession();
    expect((await bob.open(`/api/sessions/${mine.id}`)).status).toBe(404);
  } finally {
    await second.stop();
    const reset = await other.run('pnpm', ['run', 'reset', '--yes']);
    expect(reset).toMatchObject({ exitCode: 0, all: expect.stringContaining('Deleted.') });
    expect(existsSync(join(other.root, '.parley'))).toBe(false);
    await other.dispose();
  }
});

/** Opens until a service answers: the one that was killed is being started again. */
async function untilAnswered(open: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const response = await open();
    if (response.ok) return response;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
