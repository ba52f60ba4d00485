import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

const service = (sockets: boolean, tasks: number, sticky: boolean) => `
  const task = add('Task', 'AWS::ECS::TaskDefinition', {
    RuntimePlatform: { CpuArchitecture: 'ARM64' },
    ContainerDefinitions: [{ Image: 'x@sha256:1', DockerLabels: { 'parley.web-socket': '${sockets}' } }],
  });
  const group = add('Group', 'AWS::ElasticLoadBalancingV2::TargetGroup', {
    TargetGroupAttributes: [{ Key: 'stickiness.enabled', Value: '${sticky}' }],
  });
  const service = add('Service', 'AWS::ECS::Service', {
    TaskDefinition: ref(task), LoadBalancers: [{ TargetGroupArn: ref(group) }], PropagateTags: 'SERVICE',
  });
  add('Tasks', 'AWS::ApplicationAutoScaling::ScalableTarget', {
    MaxCapacity: ${tasks}, ResourceId: Fn.join('/', ['service', 'cluster', service.getAtt('Name').toString()]),
  });`;

test('a service with WebSockets and two tasks is refused without stickiness (T30)', async () => {
  expect(await problemsOf(service(true, 2, false))).toEqual([
    'stack.ts: Group (Group): its service has WebSockets and more than one task, and requests go to any of them; expected stickiness.enabled "true": set stickinessCookieDuration of the target group, or at most one task [web-socket-stickiness]',
  ]);
});

test.each([
  ['with stickiness', service(true, 2, true)],
  ['of one task', service(true, 1, false)],
  ['without WebSockets', service(false, 2, false)],
])('a service %s is accepted', async (_, body) => {
  expect(await problemsOf(body)).toEqual([]);
});
