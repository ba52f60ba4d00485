import { timeToLeast, timeToUsable } from '@parley/tests/page-load';
import type { Person } from '@parley/tests/person';

/** Milliseconds from the start of a navigation, one figure per run. */
export interface Series {
  /** With an empty cache. */
  cold: number[];
  /** With what two visits before left in the cache. */
  warm: number[];
}

/** Until a page can be used. */
export interface Times {
  baseline: Series;
  home: Series;
  session: Series;
}

/** Navigates `runs` times to each page, in turns, so that what else the machine does meets all alike. */
export async function measureTimes(person: Person, url: string, runs: number): Promise<Times> {
  const session = person.page.url();
  const visits = {
    baseline: (visitor: Person) => timeToLeast(visitor.page, url),
    home: (visitor: Person) => timeToUsable(visitor.page, url, { '.card-link': 2, '.new-chat': 1 }),
    session: (visitor: Person) =>
      timeToUsable(visitor.page, session, { 'textarea[aria-label="Message"]': 1, '[role="article"]': 2 }),
  };
  const times: Times = { baseline: series(), home: series(), session: series() };
  for (let i = 0; i < runs; i += 1) {
    for (const name of ['baseline', 'home', 'session'] as const) {
      const visitor = await person.atFreshBrowser();
      times[name].cold.push(await visits[name](visitor));
      await visits[name](visitor);
      times[name].warm.push(await visits[name](visitor));
      await visitor.leave();
    }
  }
  return times;
}

function series(): Series {
  return { cold: [], warm: [] };
}
