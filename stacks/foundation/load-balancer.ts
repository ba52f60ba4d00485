import { Peer, Port, SecurityGroup, SubnetType, type Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ListenerAction,
  type ApplicationListener,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration } from 'aws-cdk-lib/core';
import { acknowledge } from '@parley/cdk/acknowledge';
import type { ParleyStack } from '@parley/cdk/parley-stack';

export interface SharedLoadBalancer {
  loadBalancer: ApplicationLoadBalancer;
  listener: ApplicationListener;
  securityGroup: SecurityGroup;
}

const notFound = JSON.stringify({
  error: { code: 'not-found', message: 'No service of this stage answers to this path.' },
});

/** The one load balancer of the stage: internal, and 404 for every path no service has claimed. */
export function createLoadBalancer(stack: ParleyStack, vpc: Vpc): SharedLoadBalancer {
  const network = Peer.ipv4(vpc.vpcCidrBlock);
  const securityGroup = new SecurityGroup(stack, 'LoadBalancerSecurityGroup', {
    vpc,
    description: 'The shared load balancer: reached from inside the network, reaches its targets',
    allowAllOutbound: false,
  });
  // CloudFront reaches it through network interfaces of its VPC origin, which have addresses of this network.
  securityGroup.addIngressRule(network, Port.tcp(80), 'HTTP from inside the network');
  securityGroup.addEgressRule(network, Port.allTcp(), 'Targets');
  acknowledge(securityGroup, {
    id: 'AwsSolutions-EC23',
    reason: "It lets in the network's own addresses alone, by a reference that the rule cannot read.",
  });
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', {
    vpc,
    vpcSubnets: {
      subnetType:
        vpc.isolatedSubnets.length > 0 ? SubnetType.PRIVATE_ISOLATED : SubnetType.PRIVATE_WITH_EGRESS,
    },
    internetFacing: false,
    securityGroup,
    deletionProtection: stack.settings.protectData,
    dropInvalidHeaderFields: true,
    // Silent streams get a heartbeat every 15 s; this is what it must stay below.
    idleTimeout: Duration.seconds(60),
  });
  const listener = loadBalancer.addListener('Http', {
    port: 80,
    protocol: ApplicationProtocol.HTTP,
    open: false,
    defaultAction: ListenerAction.fixedResponse(404, {
      contentType: 'application/json',
      messageBody: notFound,
    }),
  });
  return { loadBalancer, listener, securityGroup };
}
