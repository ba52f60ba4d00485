import { seal, type Seal } from '@parley/contract/run';
import type { Ending, Story } from './story.ts';

/** What befell the clients of a task, counted. */
export interface Tally {
  streams: number;
  runs: number;
  connections: number;
  events: number;
  endings: Record<'done' | 'cut' | 'broken' | 'silent' | 'refused', number>;
  seals: Record<Seal, number>;
}

export function tally(stories: readonly Story[]): Tally {
  const runs = stories.flatMap((story) => story.runs);
  const connections = runs.flatMap((run) => run.connections);
  const endings = { done: 0, cut: 0, broken: 0, silent: 0, refused: 0 };
  for (const { ending } of connections) endings[nameOf(ending)] += 1;
  return {
    streams: stories.length,
    runs: runs.length,
    connections: connections.length,
    events: connections.reduce((sum, { events }) => sum + events.length, 0),
    endings,
    seals: Object.fromEntries(seal.options.map((each) => [each, 0])) as Record<Seal, number>,
  };
}

function nameOf(ending: Ending): keyof Tally['endings'] {
  return typeof ending === 'number' ? 'refused' : ending;
}
