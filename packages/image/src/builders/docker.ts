import { contextFolders } from '../containerfile.ts';
import type { Builder, BuilderOption } from './builder.ts';
import { attempt, command, lastLine } from './command.ts';

/** Docker, when its daemon answers. */
export const docker: BuilderOption = {
  name: 'docker',
  install: 'https://docs.docker.com/get-started/get-docker/',
  find: async () => {
    const said = await attempt('docker', ['version', '--format', '{{.Server.Version}}']);
    return said === undefined ? dockerCommands('docker') : lastLine(said);
  },
};

/**
 * A builder with Docker's commands. Signing in leaves the registry's password, which is good for 12 hours, where the
 * program keeps passwords; a registry on loopback is spoken to without TLS by itself.
 */
export function dockerCommands(program: string): Builder {
  return {
    name: program,
    build: ({ folder, platform, reference, signal }) =>
      command(
        'build-failed',
        program,
        [
          'build',
          '--platform',
          platform,
          '--tag',
          reference,
          '--file',
          `${folder}/${contextFolders.containerfile}`,
          folder,
        ],
        // One image and no index of it with attestations: what the tag names is then what runs.
        { signal, env: { BUILDX_NO_DEFAULT_ATTESTATIONS: '1' } },
      ),
    push: async ({ reference, registry, signal }) => {
      const { host, user, password } = registry;
      const signIn = ['login', '--username', user, '--password-stdin', host];
      await command('registry-refused', program, signIn, { input: password, signal });
      await command('push-failed', program, ['push', reference], { signal });
    },
    remove: async (reference) => void (await attempt(program, ['image', 'rm', reference])),
  };
}
