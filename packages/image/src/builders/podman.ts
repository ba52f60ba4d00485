import type { BuilderOption } from './builder.ts';
import { attempt, lastLine } from './command.ts';
import { containersTool } from './containers-tool.ts';

/** Podman, when it works here: on macOS, when its virtual machine runs. */
export const podman: BuilderOption = {
  name: 'podman',
  install: 'https://podman.io/docs/installation',
  find: async () => {
    const said = await attempt('podman', ['info']);
    return said === undefined ? containersTool('podman', []) : lastLine(said);
  },
};
