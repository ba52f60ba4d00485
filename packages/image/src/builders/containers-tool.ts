import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contextFolders } from '../containerfile.ts';
import type { Builder } from './builder.ts';
import { attempt, command } from './command.ts';

/** A builder with the commands that podman and buildah share. Passwords go to a file that is gone after the push. */
export function containersTool(program: string, isolation: readonly string[]): Builder {
  return {
    name: program,
    build: ({ folder, platform, reference, signal }) =>
      command(
        'build-failed',
        program,
        [
          'build',
          ...isolation,
          '--platform',
          platform,
          '--timestamp=0',
          '--layers=false',
          '--tag',
          reference,
          '--file',
          join(folder, contextFolders.containerfile),
          folder,
        ],
        { signal },
      ),
    push: async ({ reference, registry, signal }) => {
      const { host, insecure, user, password } = registry;
      const folder = await mkdtemp(join(tmpdir(), 'parley-sign-in-'));
      const shared = [`--authfile=${join(folder, 'auth.json')}`, `--tls-verify=${!insecure}`];
      try {
        const signIn = ['login', ...shared, '--username', user, '--password-stdin', host];
        await command('registry-refused', program, signIn, { input: password, signal });
        await command('push-failed', program, ['push', ...shared, reference], { signal });
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    remove: async (reference) => void (await attempt(program, ['rmi', reference])),
  };
}
