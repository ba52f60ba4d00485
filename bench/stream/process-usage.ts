import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** What a process took while it was watched, seen from outside. */
export interface Usage {
  /** CPU milliseconds of all its threads, user and system. */
  cpuMs: number;
  /** Most resident memory at any time, in bytes. */
  rssBytes: number;
}

const samplingMs = 100;
/** A process that takes less of a core than this has done what it was asked. */
const quietShare = 0.03;

/** Watches a process while something is done, and until the process is quiet again. */
export async function watchProcess<T>(pid: number, work: () => Promise<T>): Promise<T & Usage> {
  const before = await cpuMsOf(pid);
  const ended = new AbortController();
  const rss = highestRss(pid, ended.signal);
  try {
    const value = await work();
    await whenQuiet(pid);
    const cpuMs = (await cpuMsOf(pid)) - before;
    ended.abort();
    return { ...value, cpuMs, rssBytes: await rss };
  } finally {
    ended.abort();
  }
}

/** The most until the signal aborts, or the process has ended. */
async function highestRss(pid: number, ended: AbortSignal): Promise<number> {
  let highest = 0;
  while (!ended.aborted) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    highest = Math.max(highest, Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024);
    await delay(samplingMs);
  }
  return highest;
}

/**
 * Waits until the process has been idle for half a second: an answer's last writes come after its stream.
 * No longer than five seconds: one that is being profiled is never idle.
 */
async function whenQuiet(pid: number): Promise<void> {
  let last = await cpuMsOf(pid);
  for (let quiet = 0, looks = 0; quiet < 5 && looks < 50; looks += 1) {
    await delay(samplingMs);
    const now = await cpuMsOf(pid);
    quiet = now - last < samplingMs * quietShare ? quiet + 1 : 0;
    last = now;
  }
}

/** The scheduler's own count, in nanoseconds: `stat` has only hundredths of a second. */
export async function cpuMsOf(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = threads.map(async (thread) => {
    const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0');
    return Number(text.split(' ')[0]) / 1e6;
  });
  return (await Promise.all(times)).reduce((sum, each) => sum + each, 0);
}
