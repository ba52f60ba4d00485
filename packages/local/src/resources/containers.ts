import { ResourceError } from '../errors.ts';
import type { StackStore } from '../state/stack-store.ts';
import { canonicalJson, textAt } from '@parley/assembly/values';
import type { ResourceHandler, ResourceRequest } from './handler.ts';
import { arn, generatedName, shortHash } from './physical-names.ts';

/** `AWS::ECS::TaskDefinition`: each change makes another revision. */
export const taskDefinition: ResourceHandler = {
  create(request) {
    const family = textAt(request.properties, 'Family') ?? generatedName(request);
    const revision = shortHash(canonicalJson(request.properties));
    const id = arn('ecs', request, `task-definition/${family}:${revision}`);
    return { physicalId: id, attributes: { TaskDefinitionArn: id } };
  },
};

/** `AWS::ECS::Service`: the processes are started from the records once the stacks are up. */
export const ecsService: ResourceHandler = {
  create(request) {
    const name = textAt(request.properties, 'ServiceName') ?? generatedName(request);
    const cluster = (textAt(request.properties, 'Cluster') ?? 'default').split('/').at(-1) ?? '';
    const id = arn('ecs', request, `service/${cluster}/${name}`);
    return { physicalId: id, attributes: { Name: name, ServiceArn: id } };
  },
};

function loadBalancingArn(request: ResourceRequest, kind: string): string {
  const name = textAt(request.properties, 'Name') ?? request.logicalId.slice(0, 32);
  return arn(
    'elasticloadbalancing',
    request,
    `${kind}/${name}/${shortHash(request.stack.id, request.logicalId)}`,
  );
}

/** `AWS::ElasticLoadBalancingV2::LoadBalancer`: the gateway. */
export const loadBalancer: ResourceHandler = {
  create(request) {
    const id = loadBalancingArn(request, 'loadbalancer/app');
    const fullName = id.split(':loadbalancer/').at(-1) ?? '';
    return {
      physicalId: id,
      attributes: {
        LoadBalancerArn: id,
        LoadBalancerFullName: fullName,
        LoadBalancerName: fullName.split('/')[1] ?? '',
        DNSName: 'localhost',
        CanonicalHostedZoneID: 'ZLOCAL',
        SecurityGroups: request.properties['SecurityGroups'] ?? [],
      },
    };
  },
};

/** `AWS::ElasticLoadBalancingV2::Listener` */
export const listener: ResourceHandler = {
  create(request) {
    const id = loadBalancingArn(request, 'listener/app');
    return { physicalId: id, attributes: { ListenerArn: id } };
  },
};

/** `AWS::ElasticLoadBalancingV2::TargetGroup` */
export const targetGroup: ResourceHandler = {
  create(request) {
    const id = loadBalancingArn(request, 'targetgroup');
    const fullName = id.split(':').at(-1) ?? '';
    return {
      physicalId: id,
      attributes: {
        TargetGroupArn: id,
        TargetGroupFullName: fullName,
        TargetGroupName: fullName.split('/')[1] ?? '',
        LoadBalancerArns: [],
      },
    };
  },
};

/** `AWS::ElasticLoadBalancingV2::ListenerRule`: two rules of a listener cannot share a priority. */
export function listenerRule(store: StackStore): ResourceHandler {
  return {
    create(request) {
      const { properties, stack, logicalId } = request;
      const other = store
        .ofType('AWS::ElasticLoadBalancingV2::ListenerRule')
        .find(
          ({ stack: owner, logicalId: id, record }) =>
            !(owner.name === stack.name && id === logicalId) &&
            textAt(record.properties, 'ListenerArn') === textAt(properties, 'ListenerArn') &&
            textAt(record.properties, 'Priority') === textAt(properties, 'Priority'),
        );
      if (other) {
        const priority = textAt(properties, 'Priority');
        throw new ResourceError(
          `Priority '${priority}' is currently in use by ${other.logicalId} of ${other.stack.name}.`,
        );
      }
      const id = loadBalancingArn(request, 'listener-rule/app');
      return { physicalId: id, attributes: { RuleArn: id, IsDefault: false } };
    },
  };
}
