import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';

/** An image as a container would have it, pulled without any of the programs that build images. */
export interface PulledImage {
  /** Its root folder. */
  folder: string;
  config: z.output<typeof configSchema>;
  /** Paths of its files, with their modes in octal. */
  files: Map<string, string>;
  remove(): Promise<void>;
}

export interface PullOptions {
  /** Origin of the registry. */
  url: string;
  /** `authorization` header of each request. */
  authorization: string;
  repository: string;
  digest: string;
}

const manifestSchema = z.object({
  config: z.object({ digest: z.string() }),
  layers: z.array(z.object({ digest: z.string(), mediaType: z.string().endsWith('gzip') })),
});
const configSchema = z.object({
  architecture: z.string(),
  os: z.string(),
  config: z.object({
    User: z.string(),
    Cmd: z.array(z.string()),
    Env: z.array(z.string()),
    WorkingDir: z.string(),
  }),
});

/** Pulls an image by its digest and unpacks its layers; every part must have the hash that names it. */
export async function pullImage({
  url,
  authorization,
  repository,
  digest,
}: PullOptions): Promise<PulledImage> {
  const part = async (kind: string, name: string): Promise<Buffer> => {
    const answer = await fetch(`${url}/v2/${repository}/${kind}/${name}`, { headers: { authorization } });
    if (!answer.ok) throw new Error(`${kind} ${name}: ${answer.status} ${await answer.text()}`);
    const content = Buffer.from(await answer.arrayBuffer());
    const actual = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    if (actual !== name) throw new Error(`${kind} ${name} has the digest ${actual}`);
    return content;
  };
  const { config, layers } = manifestSchema.parse(JSON.parse((await part('manifests', digest)).toString()));
  const workspace = await mkdtemp(join(tmpdir(), 'parley-pulled-'));
  const folder = join(workspace, 'root');
  await execa('mkdir', [folder]);
  for (const layer of layers) {
    const archive = join(workspace, 'layer.tar.gz');
    await writeFile(archive, await part('blobs', layer.digest));
    await execa('tar', ['-xzpf', archive, '-C', folder]);
  }
  return {
    folder,
    config: configSchema.parse(JSON.parse((await part('blobs', config.digest)).toString())),
    files: await filesWithModes(folder),
    remove: () => rm(workspace, { recursive: true }),
  };
}

async function filesWithModes(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name));
  const modes = files.map(async (path) => {
    const { mode } = await stat(path);
    return [relative(folder, path), (mode & 0o777).toString(8)] as const;
  });
  return new Map((await Promise.all(modes)).toSorted(([a], [b]) => a.localeCompare(b)));
}

/**
 * Command that starts an image's program with nothing but the image's files: as its user in its root folder where
 * that is allowed, else by its own loader with its own libraries.
 */
export function commandIn({ folder, config }: PulledImage): { command: string[]; cwd: string } {
  const { Cmd, WorkingDir } = config.config;
  const [program, file] = Cmd;
  if (process.getuid?.() === 0) {
    const user = `--userspec=${config.config.User}`;
    return {
      command: ['chroot', user, folder, program ?? '', join(WorkingDir, file ?? '')],
      cwd: '/',
    };
  }
  const libraries = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const loader = process.arch === 'arm64' ? 'lib/ld-linux-aarch64.so.1' : 'lib64/ld-linux-x86-64.so.2';
  return {
    command: [
      join(folder, loader),
      '--library-path',
      join(folder, 'usr/lib', libraries),
      join(folder, 'usr/local/bin/node'),
      file ?? '',
    ],
    cwd: join(folder, WorkingDir),
  };
}
