import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Ids of the processes on this machine that run a service of the workspace at `root`. */
export async function serviceProcesses(root: string, service: string): Promise<number[]> {
  const folder = join(root, 'apps', service, 'dist');
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(ids.map((id) => readlink(`/proc/${id}/cwd`).catch(() => '')));
  return ids.filter((_, i) => folders[i] === folder).map(Number);
}
