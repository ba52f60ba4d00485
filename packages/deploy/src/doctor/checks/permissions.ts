import type { Cloud } from '../../cloud/connect.ts';
import { explain } from '../../errors.ts';
import { type Check, type DoctorInput, type Finding, missing, ok, warning } from '../check.ts';

/** A call that reads a little and that a command cannot do without. */
interface Probe {
  action: string;
  for: string;
  call(cloud: Cloud, input: DoctorInput): Promise<unknown>;
}

/** What is granted by other means than trying is named in docs/deploying.md; this tries what can be tried for nothing. */
const probes: Probe[] = [
  {
    action: 'cloudformation:ListStacks',
    for: 'plan',
    call: async (cloud) => {
      const { ListStacksCommand } = await import('@aws-sdk/client-cloudformation');
      return (await cloud.cloudFormation()).send(new ListStacksCommand({}));
    },
  },
  {
    action: 'ssm:GetParametersByPath',
    for: 'plan',
    call: async (cloud, { prefix }) => {
      const { GetParametersByPathCommand } = await import('@aws-sdk/client-ssm');
      return (await cloud.ssm()).send(new GetParametersByPathCommand({ Path: `/${prefix}`, MaxResults: 1 }));
    },
  },
  {
    action: 'ecr:DescribeRepositories',
    for: 'deploy',
    call: async (cloud) => {
      const { DescribeRepositoriesCommand } = await import('@aws-sdk/client-ecr');
      return (await cloud.ecr()).send(new DescribeRepositoriesCommand({ maxResults: 1 }));
    },
  },
  {
    action: 'ecr:GetAuthorizationToken',
    for: 'deploy',
    call: async (cloud) => {
      const { GetAuthorizationTokenCommand } = await import('@aws-sdk/client-ecr');
      return (await cloud.ecr()).send(new GetAuthorizationTokenCommand({}));
    },
  },
  {
    action: 'logs:DescribeLogGroups',
    for: 'logs and stage delete',
    call: async (cloud) => {
      const { DescribeLogGroupsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
      return (await cloud.logs()).send(new DescribeLogGroupsCommand({ limit: 1 }));
    },
  },
];

/** Roles of CDK's bootstrap that a deploy takes. */
const roles = ['deploy-role', 'file-publishing-role'] as const;

/** Whether the credentials may do what the commands do, as far as that can be tried without changing anything. */
export const permissions: Check = {
  name: 'permissions',
  needs: ['sts:GetCallerIdentity'],
  run: async (input) => {
    // Without credentials every line would say the same.
    await input.cloud.identity();
    const [probed, assumed] = await Promise.all([
      Promise.all(probes.map(async (probe) => triedOut(probe, input))),
      Promise.all(roles.map(async (role) => assume(role, input.cloud))),
    ]);
    const problems = [...probed, ...assumed].flatMap((each) => each ?? []);
    const tried = probes.length + roles.length;
    return problems.length > 0 ? problems : [ok(`${tried} of the calls that commands make were tried`)];
  },
};

async function triedOut(
  { action, for: command, call }: Probe,
  input: DoctorInput,
): Promise<Finding | undefined> {
  try {
    await call(input.cloud, input);
    return undefined;
  } catch (error) {
    const { code, message } = explain(error);
    if (code !== 'access-denied')
      return { status: 'unknown', what: `${action} was not answered: ${message}` };
    return missing(
      `${action} is not allowed, which ${command} needs`,
      'Give the role or user the policy of docs/deploying.md.',
    );
  }
}

async function assume(role: string, cloud: Cloud): Promise<Finding | undefined> {
  const { AssumeRoleCommand } = await import('@aws-sdk/client-sts');
  const { account, arn } = await cloud.identity();
  const [, partition = 'aws'] = arn.split(':');
  const RoleArn = `arn:${partition}:iam::${account}:role/cdk-hnb659fds-${role}-${account}-${cloud.region}`;
  try {
    await (await cloud.sts()).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'parley-doctor' }));
    return undefined;
  } catch (error) {
    const { code, message } = explain(error);
    if (code !== 'access-denied') return { status: 'unknown', what: `${RoleArn} was not tried: ${message}` };
    return warning(
      `the role ${RoleArn} cannot be taken; deploys then use these credentials themselves`,
      'Allow sts:AssumeRole on it, as in the policy of docs/deploying.md (after the bootstrap, which makes the role).',
    );
  }
}
