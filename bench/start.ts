/**
 * How long `pnpm start` takes to its first answer, cold (nothing built, nothing stored) and warm:
 *   node scripts/run.mjs bench/start.ts
 * It works on an installed copy of this workspace. The warm ratio is what the cache and the kept data save.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { start } from '@parley/tests/running-start';
import { ask, eventsOf, signIn } from '@parley/tests/user';
import { copyWorkspace, type WorkspaceCopy } from '@parley/tests/workspace-copy';

interface Timing {
  /** Seconds from the command to the printed address. */
  ready: number;
  /** Seconds from the command to the first event and to the last event of the first answer. */
  firstEvent: number;
  answered: number;
}

async function timed(copy: WorkspaceCopy): Promise<Timing> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const running = await start(copy);
  try {
    const ready = seconds();
    const user = await signIn(running.url, 'bench');
    const { id } = await user.post<{ id: string }>('/api/sessions', { app: 'weather' });
    let firstEvent = 0;
    await eventsOf(await ask(user, id, 'What will the weather be in Lisbon tomorrow?'), () => {
      firstEvent ||= seconds();
      return false;
    });
    return { ready, firstEvent, answered: seconds() };
  } finally {
    await running.stop();
  }
}

function line(name: string, { ready, firstEvent, answered }: Timing): string {
  return `${name}: ready ${ready.toFixed(1)} s, first event ${firstEvent.toFixed(1)} s, answered ${answered.toFixed(1)} s`;
}

const copy = await copyWorkspace({ ownCache: true });
try {
  const cold = await timed(copy);
  console.log(line('cold (installed, nothing built)', cold));
  const warm: Timing[] = [];
  for (let i = 0; i < 3; i += 1) warm.push(await timed(copy));
  const best = warm.toSorted((a, b) => a.answered - b.answered)[1]!;
  console.log(line('warm (median of 3)', best));
  console.log(`warm is ${(cold.answered / best.answered).toFixed(1)} times as fast as cold`);
  await rm(join(copy.root, '.parley'), { recursive: true });
} finally {
  await copy.dispose();
}
