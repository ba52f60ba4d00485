import type { Cloud } from './connect.ts';

/** Least version of CDK's bootstrap stack: what the manifests of the stacks' assemblies ask for. */
export const bootstrapVersionMin = 6;

/** Where CDK's bootstrap stack writes its version. */
const versionPath = '/cdk-bootstrap/hnb659fds/version';

/** The toolkit version whose `bootstrap` is named to users; newer majors of the CLI on npm are stray. */
const command = 'npx aws-cdk@2.1148.1 bootstrap';

/** Bootstraps an account and region. */
function bootstrapCommand(account = '<account>', region = '<region>'): string {
  return `${command} aws://${account}/${region}`;
}

/** What to do where it is missing or too old. */
export function bootstrapStep(account?: string, region?: string): string {
  return `Run \`${bootstrapCommand(account, region)}\` once per account and region.`;
}

/** Version of the bootstrap stack of the account and region; undefined when there is none. */
async function readBootstrapVersion(cloud: Cloud): Promise<number | undefined> {
  const { GetParameterCommand } = await import('@aws-sdk/client-ssm');
  try {
    const { Parameter } = await (await cloud.ssm()).send(new GetParameterCommand({ Name: versionPath }));
    return Number(Parameter?.Value ?? 0);
  } catch (error) {
    if (error instanceof Error && error.name === 'ParameterNotFound') return undefined;
    throw error;
  }
}

/** What is wrong with the bootstrap of the account and region, and the command that mends it; or its version. */
export async function examineBootstrap(
  cloud: Cloud,
): Promise<{ version: number } | { problem: string; nextStep: string }> {
  const [version, account] = await Promise.all([readBootstrapVersion(cloud), cloud.account()]);
  if (version !== undefined && version >= bootstrapVersionMin) return { version };
  const found =
    version === undefined
      ? 'not bootstrapped for CDK'
      : `bootstrapped for CDK with version ${version}; version ${bootstrapVersionMin} or newer is needed`;
  const { region } = cloud;
  return {
    problem: `Account ${account}, region ${region}: ${found}.`,
    nextStep: bootstrapStep(account, region),
  };
}
