import { examineBootstrap } from '../../cloud/bootstrap.ts';
import { type Check, missing, ok } from '../check.ts';

/** CDK's bucket and roles in the account and region. */
export const bootstrap: Check = {
  name: 'bootstrap',
  needs: ['ssm:GetParameter'],
  run: async ({ cloud }) => {
    const found = await examineBootstrap(cloud);
    if ('problem' in found) return [missing(found.problem, found.nextStep)];
    return [ok(`bootstrapped for CDK with version ${found.version}`)];
  },
};
