import { webSocketLabel } from '@parley/contract/names';
import type { Check } from './check.ts';
import {
  asList,
  asObject,
  resourcesOf,
  textOf,
  valueAt,
  type FoundResource,
  type Template,
} from './template.ts';

/**
 * T30: a service with WebSockets and more than one task, whose load balancer may send the requests that open
 * a connection to different tasks.
 */
export const webSocketStickiness: Check = (template) =>
  resourcesOf(template, 'AWS::ECS::Service')
    .filter((service) => hasWebSockets(template, service) && mostTasks(template, service) > 1)
    .flatMap((service) => targetGroupsOf(template, service))
    .filter((group) => !isSticky(group))
    .map(({ logicalId }) => ({
      at: logicalId,
      found: 'its service has WebSockets and more than one task, and requests go to any of them',
      expected: 'stickiness.enabled "true"',
      mend: 'set stickinessCookieDuration of the target group, or at most one task',
    }));

function hasWebSockets({ Resources = {} }: Template, { properties }: FoundResource): boolean {
  const task = Resources[textOf(properties['TaskDefinition']).slice(1, -1)];
  return asList(task?.Properties?.['ContainerDefinitions']).some(
    (container) => asObject(asObject(container)['DockerLabels'])[webSocketLabel] === 'true',
  );
}

function mostTasks(template: Template, { logicalId, properties }: FoundResource): number {
  const scaled = resourcesOf(template, 'AWS::ApplicationAutoScaling::ScalableTarget')
    .filter((target) => textOf(target.properties['ResourceId']).includes(`{${logicalId}.Name}`))
    .map((target) => Number(target.properties['MaxCapacity']));
  return Math.max(Number(properties['DesiredCount'] ?? 1), ...scaled);
}

function targetGroupsOf(template: Template, { properties }: FoundResource): FoundResource[] {
  const used = asList(properties['LoadBalancers']).map((each) => textOf(valueAt(each, 'TargetGroupArn')));
  return resourcesOf(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').filter(({ logicalId }) =>
    used.includes(`{${logicalId}}`),
  );
}

function isSticky({ properties }: FoundResource): boolean {
  return asList(properties['TargetGroupAttributes'])
    .map(asObject)
    .some(({ Key, Value }) => Key === 'stickiness.enabled' && Value === 'true');
}
