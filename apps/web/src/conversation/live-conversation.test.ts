import type { Message } from '@parley/contract/message';
import type { StartRunBody } from '@parley/contract/run';
import type { ChangeSessionBody, SessionView } from '@parley/contract/session';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ApiError } from '../api/errors.ts';
import { LiveConversation } from './live-conversation.ts';
import type { Pending, Waiting } from './state.ts';
import type { Transport } from './transport.ts';

const message = (id: string, parentId: string | null, role: Message['role'], text: string): Message => ({
  id,
  parentId,
  role,
  status: 'finished',
  parts: [{ type: 'text', text }],
  createdAt: '2026-01-01T00:00:00.000Z',
});
const offline = (): never => {
  throw new ApiError('offline', 'No answer.', 0);
};

/** A server of one chat: it keeps what is sent to it, and answers "Yes." at once. */
class Server implements Partial<Transport> {
  readonly stored: Message[] = [];
  readonly started: StartRunBody[] = [];
  /** Stands before the messages are given out. */
  gate: () => void | Promise<void> = () => undefined;

  readonly messages = async (): Promise<Message[]> => {
    await this.gate();
    return [...this.stored];
  };
  readonly startRun = async (_: string, __: string, body: StartRunBody): Promise<Response> => {
    const n = this.started.push(body);
    const runId = `r${n}`;
    this.stored.push(message(`q${n}`, body.parentId, 'user', body.text ?? ''));
    this.stored.push({ ...message(`a${n}`, `q${n}`, 'assistant', 'Yes.'), runId });
    const events = [
      { type: 'start', messageId: `a${n}`, messageMetadata: { runId, model: 'demo' } },
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', delta: 'Yes.' },
      { type: 'finish' },
    ].map((event, i) => `id: ${runId}:${i}\ndata: ${JSON.stringify(event)}\n\n`);
    return new Response(`${events.join('')}data: [DONE]\n\n`);
  };
  readonly sessionEvents = async (_: string, signal: AbortSignal): Promise<Response> => {
    const lines = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#tell = (text) => controller.enqueue(new TextEncoder().encode(text));
        signal.addEventListener('abort', () => controller.error(new Error('closed')));
      },
    });
    return new Response(lines);
  };
  #tell: (text: string) => void = () => undefined;
  #revision = 1;
  readonly chosen: (string | undefined)[] = [];

  changeSession = async (_: string, { shownMessageId }: ChangeSessionBody): Promise<SessionView> => {
    await this.gate();
    this.chosen.push(shownMessageId);
    return this.#session(shownMessageId);
  };

  /** Says that another device shows the branch of a message. */
  showElsewhere(shownMessageId: string): void {
    const event = { type: 'session', session: this.#session(shownMessageId) };
    this.#tell(`data: ${JSON.stringify(event)}\n\n`);
  }

  #session(shownMessageId: string | undefined): SessionView {
    const at = '2026-01-01T00:00:00.000Z';
    const session = {
      id: 's',
      app: 'writer',
      title: '',
      createdAt: at,
      updatedAt: at,
      appState: 'usable' as const,
    };
    return {
      ...session,
      revision: (this.#revision += 1),
      ...(shownMessageId !== undefined && { shownMessageId }),
    };
  }
}

function open(server: Server, sent?: Pending | Waiting) {
  let kept = sent;
  const outbox = { read: () => kept, write: (_: string, value: typeof kept) => void (kept = value) };
  const presence = { isHere: true, subscribe: () => () => undefined };
  const transport = server as unknown as Transport;
  const conversation = new LiveConversation({ sessionId: 's', transport, outbox, presence });
  conversation.open();
  onTestFinished(() => conversation.close());
  return { conversation, kept: () => kept };
}
const shown = ({ getSnapshot }: LiveConversation): string[] =>
  getSnapshot().branch.flatMap(({ parts }) =>
    parts.map((part) => (part.type === 'text' ? part.text : part.type)),
  );

test('what is sent before the messages are there is shown, waits for them, and goes to their end', async () => {
  const server = new Server();
  server.stored.push(message('q', null, 'user', 'Old'), message('a', 'q', 'assistant', 'Answer'));
  const gate = Promise.withResolvers<void>();
  server.gate = () => gate.promise;
  const { conversation, kept } = open(server);
  conversation.send('New');
  expect(shown(conversation)).toEqual(['New']);
  expect(conversation.getSnapshot().status).toBe('submitted');
  expect(kept()).toMatchObject({ text: 'New' });
  expect(server.started).toEqual([]);

  gate.resolve();
  await expect.poll(() => shown(conversation)).toEqual(['Old', 'Answer', 'New', 'Yes.']);
  expect(server.started).toEqual([{ parentId: 'a', text: 'New' }]);
  expect(kept()).toBeUndefined();
});

test('what waited over a reload still does not guess its place', async () => {
  const server = new Server();
  server.stored.push(message('q', null, 'user', 'Old'), message('a', 'q', 'assistant', 'Answer'));
  const { conversation } = open(server, { key: 'k', text: 'New', createdAt: '2026-01-02T00:00:00.000Z' });
  await expect.poll(() => shown(conversation)).toEqual(['Old', 'Answer', 'New', 'Yes.']);
  expect(server.started).toEqual([{ parentId: 'a', text: 'New' }]);
});

test('a message after an answer that is not yet among the messages follows that answer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const server = new Server();
  server.gate = offline;
  const first = { key: 'k', parentId: null, text: 'alpha', createdAt: '2026-01-02T00:00:00.000Z' };
  const { conversation } = open(server, first);
  await vi.waitFor(() => expect(shown(conversation)).toEqual(['alpha', 'Yes.']));
  await vi.waitFor(() => expect(conversation.getSnapshot().status).toBe('ready'));
  conversation.send('beta');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(shown(conversation)).toEqual(['alpha', 'Yes.', 'beta']);

  server.gate = () => undefined;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.started).toEqual([
    { parentId: null, text: 'alpha' },
    { parentId: 'a1', text: 'beta' },
  ]);
  expect(shown(conversation)).toEqual(['alpha', 'Yes.', 'beta', 'Yes.']);
});

/** A question with two answers, the later one on show. */
function twoAnswers(): Server {
  const server = new Server();
  const [a1, a2] = [message('a1', 'q', 'assistant', 'One'), message('a2', 'q', 'assistant', 'Two')];
  server.stored.push(message('q', null, 'user', 'Ask'), a1, a2);
  return server;
}

test('a message that is refused once the server is back leaves no line that seems to be lost', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 50 });
  onTestFinished(() => void vi.useRealTimers());
  const server = new Server();
  let tries = 0;
  Object.assign(server, {
    startRun: async (): Promise<Response> => {
      tries += 1;
      if (tries < 4) return offline();
      throw new ApiError('conflict', 'It was decided.', 409);
    },
  });
  const { conversation } = open(server);
  await vi.waitFor(() => expect(conversation.getSnapshot().connection).toBe('online'));
  conversation.send('New');
  await vi.waitFor(() => expect(conversation.getSnapshot().connection).toBe('retrying'));
  await vi.waitFor(() => expect(conversation.getSnapshot().status).toBe('error'), 30_000);
  expect(conversation.getSnapshot().connection).toBe('online');
});

test('a branch that is chosen here is told to the server; who leafs through many tells the last', async () => {
  const server = twoAnswers();
  const { conversation } = open(server);
  await expect.poll(() => shown(conversation)).toEqual(['Ask', 'Two']);
  const gate = Promise.withResolvers<void>();
  server.gate = () => gate.promise;
  for (const id of ['a1', 'a2', 'a1', 'a2']) conversation.choose(id);
  expect(shown(conversation)).toEqual(['Ask', 'Two']);
  gate.resolve();
  await expect.poll(() => server.chosen).toEqual(['a1', 'a2']);
});

test('a branch that is chosen elsewhere is shown here, also one whose messages are still on their way', async () => {
  const server = twoAnswers();
  const { conversation } = open(server);
  await expect.poll(() => shown(conversation)).toEqual(['Ask', 'Two']);
  server.showElsewhere('a1');
  await expect.poll(() => shown(conversation)).toEqual(['Ask', 'One']);
  server.showElsewhere('a3');
  server.stored.push({ ...message('a3', 'q', 'assistant', 'Three'), createdAt: '2025-01-01T00:00:00.000Z' });
  conversation.open();
  await expect.poll(() => shown(conversation)).toEqual(['Ask', 'Three']);
});

test('a choice that cannot be told holds here, and an older one from elsewhere does not undo it', async () => {
  const server = twoAnswers();
  server.changeSession = offline;
  const { conversation } = open(server);
  await expect.poll(() => shown(conversation)).toEqual(['Ask', 'Two']);
  conversation.choose('a1');
  expect(shown(conversation)).toEqual(['Ask', 'One']);
});
