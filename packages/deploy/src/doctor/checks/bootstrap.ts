import { bootstrapProblem, bootstrapStep, readBootstrapVersion } from '../../cloud/bootstrap.ts';
import { type Check, missing, ok } from '../check.ts';

/** CDK's bucket and roles in the account and region. */
export const bootstrap: Check = {
  name: 'bootstrap',
  needs: ['ssm:GetParameter'],
  run: async ({ cloud }) => {
    const [version, account] = await Promise.all([readBootstrapVersion(cloud), cloud.account()]);
    const problem = bootstrapProblem(version, account, cloud.region);
    if (problem !== undefined) return [missing(problem, bootstrapStep(account, cloud.region))];
    return [ok(`bootstrapped for CDK with version ${version}`)];
  },
};
