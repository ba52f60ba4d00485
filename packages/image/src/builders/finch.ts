import type { BuilderOption } from './builder.ts';
import { attempt, lastLine } from './command.ts';
import { dockerCommands } from './docker.ts';

/** AWS's Finch, when its virtual machine runs. */
export const finch: BuilderOption = {
  name: 'finch',
  install: 'https://runfinch.com/docs/getting-started/installation/, then: finch vm init',
  find: async () => {
    const said = await attempt('finch', ['info']);
    return said === undefined ? dockerCommands('finch') : lastLine(said);
  },
};
