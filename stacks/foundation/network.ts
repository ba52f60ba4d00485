import {
  GatewayVpcEndpointAwsService,
  IpAddresses,
  NatProvider,
  SubnetType,
  Vpc,
  type SubnetConfiguration,
} from 'aws-cdk-lib/aws-ec2';
import type { ParleyStack } from '@parley/cdk/parley-stack';
import { zoneCount } from '@parley/cdk/parley-stack';

/** Gateways by profile: none, one for all zones, or one for each. */
const natGateways = { public: 0, private: 1, 'private-ha': zoneCount };

/**
 * The stage's network. Every profile has public and private subnets, so that no shared parameter is empty:
 * under `public` the private ones are isolated and tasks run in the public ones.
 */
export function createNetwork(stack: ParleyStack): Vpc {
  const gateways = natGateways[stack.settings.network];
  const subnets: SubnetConfiguration[] = [
    { name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
    {
      name: 'Private',
      subnetType: gateways === 0 ? SubnetType.PRIVATE_ISOLATED : SubnetType.PRIVATE_WITH_EGRESS,
      cidrMask: 20,
    },
  ];
  return new Vpc(stack, 'Vpc', {
    ipAddresses: IpAddresses.cidr('10.0.0.0/16'),
    maxAzs: zoneCount,
    natGateways: gateways,
    natGatewayProvider: NatProvider.gateway(),
    subnetConfiguration: subnets,
    // Emptying the default group takes a function that runs in the account; nothing here uses that group.
    restrictDefaultSecurityGroup: false,
    // These two are free, and keep the services' traffic to storage off the NAT.
    gatewayEndpoints: {
      DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      S3: { service: GatewayVpcEndpointAwsService.S3 },
    },
  });
}
