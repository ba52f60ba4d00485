import { Annotations } from 'aws-cdk-lib/core';
import { SecurityGroup, Vpc, type ISecurityGroup, type ISubnet, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationListener, type IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ssmPath, type NetworkParameter } from '@parley/contract/names';
import { Construct } from 'constructs';
import { ParleyStack, zoneCount } from './parley-stack.ts';
import { readListParameter, readParameter } from './shared-parameter.ts';

/** The stage's network, load balancer and cluster, as another stack made them. */
export class Foundation extends Construct {
  readonly vpc: IVpc;
  readonly cluster: ICluster;
  readonly listener: IApplicationListener;
  readonly loadBalancerSecurityGroup: ISecurityGroup;
  /** Where tasks run. */
  readonly serviceSubnets: ISubnet[];
  /** Without a NAT, a task reaches AWS and models only by an address of its own. */
  readonly assignPublicIp: boolean;

  private constructor(stack: ParleyStack) {
    super(stack, 'Foundation');
    const read = (name: NetworkParameter) => readParameter(this, ssmPath.network(stack.prefix, name));
    const readSubnets = (name: NetworkParameter) =>
      readListParameter(this, ssmPath.network(stack.prefix, name), zoneCount);

    this.assignPublicIp = stack.settings.network === 'public';
    this.vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: read('vpc-id'),
      availabilityZones: stack.availabilityZones,
      ...(this.assignPublicIp
        ? { publicSubnetIds: readSubnets('public-subnet-ids') }
        : { privateSubnetIds: readSubnets('private-subnet-ids') }),
    });
    // Route tables are the foundation's business; nothing here adds a route.
    Annotations.of(this.vpc).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId');
    this.serviceSubnets = this.assignPublicIp ? this.vpc.publicSubnets : this.vpc.privateSubnets;
    this.cluster = Cluster.fromClusterAttributes(this, 'Cluster', {
      clusterName: read('ecs-cluster-name'),
      vpc: this.vpc,
      securityGroups: [],
    });
    // Not mutable: its owner already lets it reach every target, and rules added here would outlive a service.
    this.loadBalancerSecurityGroup = SecurityGroup.fromSecurityGroupId(
      this,
      'LoadBalancerSecurityGroup',
      read('alb-security-group-id'),
      { mutable: false },
    );
    this.listener = ApplicationListener.fromApplicationListenerAttributes(this, 'Listener', {
      listenerArn: read('alb-listener-arn'),
      securityGroup: this.loadBalancerSecurityGroup,
    });
  }

  /** The foundation as seen from the stack of `scope`; imported once. */
  static of(scope: Construct): Foundation {
    const stack = ParleyStack.of(scope);
    return (stack.node.tryFindChild('Foundation') as Foundation | undefined) ?? new Foundation(stack);
  }
}
