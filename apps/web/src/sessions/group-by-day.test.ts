import type { SessionView } from '@parley/contract/session';
import { expect, test } from 'vitest';
import { groupByDay } from './group-by-day.ts';

const session = (id: string, updatedAt: Date): SessionView => ({
  id,
  app: 'weather',
  title: id,
  createdAt: updatedAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
  revision: 1,
  appState: 'usable',
});

test('sessions come under the day they were last used by the reader’s own clock, newest first', () => {
  const now = new Date(2026, 10, 21, 0, 30);
  const at = (id: string, ...parts: [number, number, number, number?]) => session(id, new Date(...parts));
  const groups = groupByDay(
    [
      at('last year', 2025, 4, 3),
      at('late last night', 2026, 10, 20, 23),
      at('just now', 2026, 10, 21, 0),
      at('this week', 2026, 10, 16),
      at('this month', 2026, 9, 30),
      at('early yesterday', 2026, 10, 20, 1),
    ],
    now,
  );
  expect(groups.map(({ label, sessions }) => [label, sessions.map(({ id }) => id)])).toEqual([
    ['Today', ['just now']],
    ['Yesterday', ['late last night', 'early yesterday']],
    ['Previous 7 days', ['this week']],
    ['Previous 30 days', ['this month']],
    ['May 2025', ['last year']],
  ]);
});
