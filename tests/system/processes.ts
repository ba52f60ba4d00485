import { readdir, readFile } from 'node:fs/promises';

/** Ids of the processes on this machine whose environment says that they are this service, below this folder. */
export async function serviceProcesses(root: string, service: string): Promise<number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    ids.map(async (id) => ((await isService(id, root, service)) ? [Number(id)] : [])),
  );
  return found.flat();
}

async function isService(id: string, root: string, service: string): Promise<boolean> {
  const read = (file: string) => readFile(`/proc/${id}/${file}`, 'utf8').catch(() => '');
  const environment = (await read('environ')).split('\0');
  return environment.includes(`PARLEY_SERVICE=${service}`) && (await read('cmdline')).includes(root);
}
