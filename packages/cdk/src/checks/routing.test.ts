import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

const rule = (id: string, priority: number, paths: string[], more = '') => `
  add('${id}', 'AWS::ElasticLoadBalancingV2::ListenerRule', {
    ListenerArn: readParameter(stack, '/parley-dev/network/alb-listener-arn'), Priority: ${priority},
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ${JSON.stringify(paths)} } }${more}],
  });`;

test('a rule that takes every path of the shared listener is refused (T12)', async () => {
  expect(await problemsOf(rule('All', 100, ['/*']))).toEqual([
    'stack.ts: All (All): it takes every path ("/*") of a listener that other stacks share; expected the paths of this stack alone, such as "/apps/my-app/*": name those paths [listener-rules]',
  ]);
  const host = `, { Field: 'host-header', HostHeaderConfig: { Values: ['other.example.com'] } }`;
  expect(await problemsOf(rule('All', 100, ['/*'], host))).toEqual([]);
});

test('a rule that an earlier one covers is refused (T12)', async () => {
  const body = rule('Both', 100, ['/apps/*']) + rule('Mine', 101, ['/apps/mine/*']);
  expect(await problemsOf(body)).toEqual([
    'stack.ts: Mine (Mine): no request for "/apps/mine/*" reaches it: Both (priority 100) takes them first; expected paths that no earlier rule covers: narrow the earlier rule, or give this one a lower number [listener-rules]',
  ]);
  expect(await problemsOf(rule('Mine', 100, ['/apps/mine/*']) + rule('Both', 101, ['/apps/*']))).toEqual([]);
});

test("so are a rule for a path of a service, and one with a service's priority (T12)", async () => {
  expect(await problemsOf(rule('Mine', 100, ['/api/mine']))).toEqual([
    'stack.ts: Mine (Mine): no request for "/api/mine" reaches it: registryApi (priority 1) takes them first; expected paths that no earlier rule covers: narrow the earlier rule, or give this one a lower number [listener-rules]',
  ]);
  expect(await problemsOf(rule('Mine', 10, ['/apps/mine/*']))).toEqual([
    'stack.ts: Mine (Mine): priority 10 is that of inferenceApi too; expected a priority of its own on each listener: choose another; chat apps begin at 100 [listener-rules]',
  ]);
});
