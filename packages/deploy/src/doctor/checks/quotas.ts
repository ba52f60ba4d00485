import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { ssmPath } from '@parley/contract/names';
import type { Cloud } from '../../cloud/connect.ts';
import { readValues } from '../../plan/read-values.ts';
import { type Check, type DoctorInput, type Finding, missing, ok, warning } from '../check.ts';

/** A limit of the account and region that a new stage can run into. */
interface Quota {
  what: string;
  service: string;
  code: string;
  /** How many are there now; undefined where only AWS's metrics would say. */
  used?(cloud: Cloud): Promise<number>;
  /** How many a stage that does not stand yet adds. */
  adds(input: DoctorInput): number;
}

/** Codes as `aws service-quotas list-service-quotas` gives them. */
const limits: Quota[] = [
  {
    what: 'VPCs',
    service: 'vpc',
    code: 'L-F678F1CE',
    used: countVpcs,
    adds: () => 1,
  },
  {
    what: 'elastic IP addresses',
    service: 'ec2',
    code: 'L-0263D0A3',
    used: countAddresses,
    // One for each NAT gateway.
    adds: ({ settings: { network } }) => (network === 'private' ? 1 : network === 'private-ha' ? 2 : 0),
  },
  {
    what: 'application load balancers',
    service: 'elasticloadbalancing',
    code: 'L-53DA6B97',
    used: countLoadBalancers,
    adds: () => 1,
  },
  {
    what: 'Fargate vCPUs',
    service: 'fargate',
    code: 'L-3032A538',
    adds: ({ vCpusMax }) => vCpusMax,
  },
];

/** Room for one more stage; for a stage that stands, what is used and allowed. */
export const quotas: Check = {
  name: 'quotas',
  needs: [
    'servicequotas:GetServiceQuota',
    'servicequotas:GetAWSDefaultServiceQuota',
    'ec2:DescribeVpcs',
    'ec2:DescribeAddresses',
    'elasticloadbalancing:DescribeLoadBalancers',
  ],
  run: async (input) => {
    const { cloud, prefix } = input;
    const { ServiceQuotasClient: Client } = await import('@aws-sdk/client-service-quotas');
    const client = new Client(cloud.clientOptions);
    const vpc = ssmPath.network(prefix, 'vpc-id');
    const stands = (await readValues(cloud, [vpc])).has(vpc);
    return Promise.all(
      limits.map(async (quota) => room(quota, client, cloud, stands ? 0 : quota.adds(input))),
    );
  },
};

async function room(
  { what, service, code, used }: Quota,
  client: ServiceQuotasClient,
  cloud: Cloud,
  adds: number,
): Promise<Finding> {
  const [limit, now] = await Promise.all([limitOf(client, service, code), used?.(cloud)]);
  if (limit === undefined)
    return { status: 'unknown', what: `${what}: AWS names no limit (${service} ${code})` };
  const left = limit - (now ?? 0) - adds;
  const said = `${what}: ${now === undefined ? 'limit' : `${now} of`} ${limit}${now === undefined ? '' : ' used'}${adds > 0 ? `, this stage adds ${now === undefined ? 'up to ' : ''}${adds}` : ''}`;
  if (left >= 0) return ok(said);
  const more =
    `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} ` +
    `--desired-value ${Math.ceil(limit - left)} --region ${cloud.region}`;
  // What runs at once is known of nobody beforehand, so that only the others are sure to fail.
  return now === undefined ? warning(said, more) : missing(said, more);
}

/** The account's own limit, else AWS's default. */
async function limitOf(
  client: ServiceQuotasClient,
  ServiceCode: string,
  QuotaCode: string,
): Promise<number | undefined> {
  const { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand } =
    await import('@aws-sdk/client-service-quotas');
  const asked = { ServiceCode, QuotaCode };
  try {
    return (await client.send(new GetServiceQuotaCommand(asked))).Quota?.Value;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'NoSuchResourceException') throw error;
    return (await client.send(new GetAWSDefaultServiceQuotaCommand(asked))).Quota?.Value;
  }
}

async function countVpcs({ clientOptions }: Cloud): Promise<number> {
  const { EC2Client, paginateDescribeVpcs } = await import('@aws-sdk/client-ec2');
  let count = 0;
  const pages = paginateDescribeVpcs({ client: new EC2Client(clientOptions) }, {});
  for await (const { Vpcs = [] } of pages) count += Vpcs.length;
  return count;
}

async function countAddresses({ clientOptions }: Cloud): Promise<number> {
  const { DescribeAddressesCommand, EC2Client } = await import('@aws-sdk/client-ec2');
  const { Addresses = [] } = await new EC2Client(clientOptions).send(new DescribeAddressesCommand({}));
  return Addresses.length;
}

async function countLoadBalancers(cloud: Cloud): Promise<number> {
  const { paginateDescribeLoadBalancers } = await import('@aws-sdk/client-elastic-load-balancing-v2');
  let count = 0;
  for await (const { LoadBalancers = [] } of paginateDescribeLoadBalancers(
    { client: await cloud.elb() },
    {},
  )) {
    count += LoadBalancers.filter(({ Type }) => Type === 'application').length;
  }
  return count;
}
