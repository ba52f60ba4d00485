import type { SessionView } from '@parley/contract/session';
import { afterEach, expect, test, vi } from 'vitest';
import { createDeletions } from './deletions.ts';
import { SessionList, undoMs } from './session-list.ts';

const session = (id: string): SessionView => ({
  id,
  app: 'weather',
  title: id,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  revision: 1,
  appState: 'usable',
});

/** What a tab keeps, as long as it is open. */
function tabStorage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

/** A list over a server that holds these sessions. */
async function listOf(...ids: string[]) {
  const server = { sessions: ids.map(session), isDown: false };
  const guard = (): void => {
    if (server.isDown) throw new Error('down');
  };
  const list = new SessionList(
    {
      sessions: async () => (guard(), { sessions: [...server.sessions] }),
      changeSession: async (id, { title = '' }) => (guard(), { ...session(id), title }),
      deleteSession: async (id) => {
        guard();
        server.sessions = server.sessions.filter((each) => each.id !== id);
      },
    },
    createDeletions(tabStorage()),
  );
  await list.refresh();
  return { list, server, shown: () => list.getSnapshot().sessions.map(({ title }) => title) };
}

afterEach(() => vi.useRealTimers());

test('a deleted session is gone from sight at once, and from the server when it cannot be undone any more', async () => {
  vi.useFakeTimers();
  const { list, server, shown } = await listOf('a', 'b');
  list.remove(session('a'));
  await list.refresh();
  expect([shown(), server.sessions.length]).toEqual([['b'], 2]);
  await vi.advanceTimersByTimeAsync(undoMs);
  expect([shown(), server.sessions.map(({ id }) => id)]).toEqual([['b'], ['b']]);
});

test('undo brings it back, and nothing is deleted', async () => {
  vi.useFakeTimers();
  const { list, server, shown } = await listOf('a', 'b');
  list.remove(session('a'));
  list.undo();
  expect(list.getSnapshot().restored).toBe('a');
  list.settle();
  expect(list.getSnapshot().restored).toBeUndefined();
  await vi.advanceTimersByTimeAsync(undoMs * 2);
  expect([shown().toSorted(), server.sessions.length]).toEqual([['a', 'b'], 2]);
});

test('deleting another one, or leaving the page, deletes the first for good', async () => {
  const { list, server, shown } = await listOf('a', 'b', 'c');
  list.remove(session('a'));
  list.remove(session('b'));
  list.commit();
  await vi.waitFor(() => expect(server.sessions.map(({ id }) => id)).toEqual(['c']));
  expect(shown()).toEqual(['c']);
});

test('what the server refuses is put back as it was, with a sentence', async () => {
  const { list, server, shown } = await listOf('a');
  server.isDown = true;
  await list.rename(session('a'), 'better');
  expect(shown()).toEqual(['a']);
  list.remove(session('a'));
  list.commit();
  await vi.waitFor(() => expect(shown()).toEqual(['a']));
  expect(list.getSnapshot().problem).toContain('cannot be reached');
});

/** A list whose requests are answered when the test says so, in the order it says. */
function slowList(storage = tabStorage()) {
  const answers: ((...ids: string[]) => void)[] = [];
  const list = new SessionList(
    {
      sessions: () =>
        new Promise((resolve) => answers.push((...ids) => resolve({ sessions: ids.map(session) }))),
      changeSession: (id, { title = '' }) => Promise.resolve({ ...session(id), title }),
      deleteSession: () => Promise.resolve(),
    },
    createDeletions(storage),
  );
  return { list, answers, shown: () => list.getSnapshot().sessions.map(({ title }) => title) };
}

test('an answer that was overtaken by a newer one takes nothing away', async () => {
  const { list, answers, shown } = slowList();
  const early = list.refresh();
  const late = list.refresh();
  answers[1]?.('a new chat');
  await late;
  answers[0]?.();
  await early;
  expect(shown()).toEqual(['a new chat']);
});

test('what was learned of a session while the list was on its way stays', async () => {
  const { list, answers, shown } = slowList();
  const first = list.refresh();
  list.note({ ...session('a'), title: 'renamed' });
  answers[0]?.('a', 'b');
  await first;
  expect(shown().toSorted()).toEqual(['b', 'renamed']);
  const second = list.refresh();
  answers[1]?.('b');
  await second;
  expect(shown()).toEqual(['b']);
});

test('a chat that was deleted as the page was left stays gone, though the next page reads an older list', async () => {
  vi.useFakeTimers();
  const storage = tabStorage();
  const left = slowList(storage);
  left.list.remove(session('a'));
  left.list.commit();

  const { list, answers, shown } = slowList(storage);
  const first = list.refresh();
  answers[0]?.('a', 'b');
  await first;
  expect(shown()).toEqual(['b']);

  vi.setSystemTime(Date.now() + 60_000); // by now it has arrived, or it never will
  const later = list.refresh();
  answers[1]?.('a', 'b');
  await later;
  expect(shown()).toEqual(['a', 'b']);
});
