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
  chat: Series;
}

/**
 * Navigates `runs` times to each page, in turns, so that what else the machine does meets all alike.
 * The chat is the one the person is at.
 */
export async function measureTimes(person: Person, url: string, runs: number): Promise<Times> {
  const chat = person.page.url();
  const visits = {
    baseline: (visitor: Person) => timeToLeast(visitor.page, url),
    home: (visitor: Person) => timeToUsable(visitor.page, url),
    chat: (visitor: Person) => timeToUsable(visitor.page, chat),
  };
  const times: Times = { baseline: series(), home: series(), chat: series() };
  for (let i = 0; i < runs; i += 1) {
    for (const name of ['baseline', 'home', 'chat'] as const) {
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
