import type { SessionView } from '@parley/contract/session';

export interface DayGroup {
  label: string;
  sessions: SessionView[];
}

/** Sessions under the headings people look for, newest first, by the days of the reader's own clock. */
export function groupByDay(sessions: readonly SessionView[], now: Date): DayGroup[] {
  const groups = new Map<string, SessionView[]>();
  const newestFirst = sessions.toSorted((a, b) =>
    a.updatedAt < b.updatedAt ? 1 : a.updatedAt > b.updatedAt ? -1 : 0,
  );
  for (const session of newestFirst) {
    const label = labelOf(new Date(session.updatedAt), now);
    groups.set(label, [...(groups.get(label) ?? []), session]);
  }
  return [...groups].map(([label, members]) => ({ label, sessions: members }));
}

function labelOf(date: Date, now: Date): string {
  const days = daysBetween(date, now);
  if (days <= 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days < 7) return 'Previous 7 days';
  if (days < 30) return 'Previous 30 days';
  return new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric' }).format(date);
}

/** Midnights between two moments; rounded, because a day may have 23 or 25 hours. */
function daysBetween(from: Date, to: Date): number {
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(to) - midnight(from)) / 86_400_000);
}
