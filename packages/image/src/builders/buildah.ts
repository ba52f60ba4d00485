import type { BuilderOption } from './builder.ts';
import { attempt, lastLine } from './command.ts';
import { containersTool } from './containers-tool.ts';

/** Buildah, which needs no daemon and, isolated by chroot, no right to make containers either. */
export const buildah: BuilderOption = {
  name: 'buildah',
  install: 'on Debian or Ubuntu: apt-get install buildah',
  find: async () => {
    const said = await attempt('buildah', ['info']);
    return said === undefined ? containersTool('buildah', ['--isolation', 'chroot']) : lastLine(said);
  },
};
