import type { Cloud } from '../../cloud/connect.ts';
import { type Check, type Finding, missing, ok, warning } from '../check.ts';

/** A first deploy takes about half an hour; CloudFront's part is the longest. */
const enoughMinutes = 60;

/** Whose the credentials are, whether that is the stage's account, and how long they last. */
export const credentials: Check = {
  name: 'credentials',
  needs: ['sts:GetCallerIdentity'],
  run: async ({ cloud, stage, settings }) => {
    const { account, arn } = await cloud.identity();
    const wanted = settings.account;
    if (wanted !== undefined && wanted !== account) {
      return [
        missing(
          `${arn} is of account ${account}; stage "${stage}" lives in account ${wanted}`,
          `Use credentials of account ${wanted} (AWS_PROFILE), or change \`account\` in parley.config.ts.`,
        ),
      ];
    }
    const place = `account ${account}${wanted === undefined ? ' (parley.config.ts asks for none)' : ''}, region ${cloud.region}`;
    return [ok(`${arn}: ${place}`), ...(await lifetime(cloud))];
  },
};

async function lifetime(cloud: Cloud): Promise<Finding[]> {
  const { expiration } = await (await cloud.sts()).config.credentials();
  if (expiration === undefined) return [];
  const minutes = Math.floor((expiration.getTime() - Date.now()) / 60_000);
  if (minutes >= enoughMinutes) return [];
  return [
    warning(
      `the credentials expire in ${minutes} minutes; a first deploy can take longer`,
      'Sign in again (`aws sso login`) before a first deploy.',
    ),
  ];
}
