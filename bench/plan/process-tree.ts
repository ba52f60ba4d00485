import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';

export interface Measured {
  /** From start to end. */
  seconds: number;
  /** Processor time of the command and of everything it started: hardly changes when others use the machine too. */
  cpuSeconds: number;
  /** Greatest sum of what the process and all it started had in memory at once, in MiB; sampled every 50 ms. */
  peakMiB: number;
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end, and watches the time and memory of it and of everything it starts. Linux only. */
export async function measure(
  command: string,
  args: string[],
  options: { cwd: string; env: Record<string, string> },
): Promise<Measured> {
  const began = performance.now();
  const timed = ['-c', 'TIMEFORMAT="cpu %U %S"; time "$@"', 'bash', command, ...args];
  const child = spawn('bash', timed, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (output.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output.stderr += data.toString()));
  let peakMiB = 0;
  const watch = setInterval(() => {
    peakMiB = Math.max(peakMiB, treeMiB(child.pid ?? 0));
  }, 50);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  clearInterval(watch);
  const seconds = (performance.now() - began) / 1000;
  const [, user, system] = /^cpu ([\d.]+) ([\d.]+)$/m.exec(output.stderr) ?? [];
  return { seconds, cpuSeconds: Number(user) + Number(system), peakMiB, exitCode, ...output };
}

/** Proportional memory (shared pages counted once) of a process and its descendants, in MiB. */
function treeMiB(root: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    // `pid (name) state ppid …`, where the name may hold anything.
    const stat = textOf(`/proc/${name}/stat`);
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  return [...parents.keys()]
    .filter((pid) => descends(pid, root, parents))
    .reduce((sum, pid) => sum + residentMiB(pid), 0);
}

function descends(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = pid; at; at = parents.get(at)) if (at === root) return true;
  return false;
}

function residentMiB(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;
}

/** Empty when the process has ended meanwhile. Read at once: a sample must be of one moment. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
