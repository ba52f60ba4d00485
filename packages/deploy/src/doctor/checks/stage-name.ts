import { nameProblem } from '../../stages/stage-name.ts';
import { type Check, missing, ok } from '../check.ts';

/** Whether AWS takes the names that begin with the stage's prefix. */
export const stageName: Check = {
  name: 'stage',
  needs: [],
  run: async ({ stage, prefix }) => {
    const problem = nameProblem(prefix);
    return problem === undefined
      ? [ok(`stage "${stage}": every name begins with ${prefix}`)]
      : [missing(problem, 'Choose another name for the stage, or another `project` in parley.config.ts.')];
  },
};
