import type { Message } from '@parley/contract/message';
import type { StartRunBody } from '@parley/contract/run';
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
  readonly sessionEvents = (_: string, signal: AbortSignal): Promise<Response> =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('closed'))));
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
