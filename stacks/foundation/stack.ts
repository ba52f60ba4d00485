import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { parleyApp } from '@parley/cdk/parley-app';
import { writeParameter } from '@parley/cdk/shared-parameter';
import { ssmPath, type NetworkParameter } from '@parley/contract/names';
import { createLoadBalancer } from './load-balancer.ts';
import { createNetwork } from './network.ts';
import { logTraffic } from './traffic-logs.ts';

/** What the other stacks of a stage stand on: network, load balancer and cluster. */
export const app = parleyApp(import.meta, (stack) => {
  const vpc = createNetwork(stack);
  const { loadBalancer, listener, securityGroup } = createLoadBalancer(stack, vpc);
  logTraffic(stack, vpc, loadBalancer);
  const cluster = new Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ContainerInsights.ENABLED });
  const privateSubnets = vpc.isolatedSubnets.length > 0 ? vpc.isolatedSubnets : vpc.privateSubnets;

  const shared: Record<NetworkParameter, string | string[]> = {
    'vpc-id': vpc.vpcId,
    'vpc-cidr': vpc.vpcCidrBlock,
    'alb-arn': loadBalancer.loadBalancerArn,
    'alb-security-group-id': securityGroup.securityGroupId,
    'alb-listener-arn': listener.listenerArn,
    'ecs-cluster-name': cluster.clusterName,
    'ecs-cluster-arn': cluster.clusterArn,
    'private-subnet-ids': privateSubnets.map(({ subnetId }) => subnetId),
    'public-subnet-ids': vpc.publicSubnets.map(({ subnetId }) => subnetId),
    'availability-zones': stack.availabilityZones,
  };
  for (const [name, value] of Object.entries(shared)) {
    writeParameter(stack, ssmPath.network(stack.prefix, name as NetworkParameter), value);
  }
  writeParameter(stack, ssmPath.network(stack.prefix, 'alb-dns-name'), loadBalancer.loadBalancerDnsName);
});
