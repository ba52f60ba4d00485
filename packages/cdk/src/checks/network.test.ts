import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

const subnets = (a: string, b: string) => `
  const a = add('A', 'AWS::EC2::Subnet', ${a});
  const b = add('B', 'AWS::EC2::Subnet', ${b});`;
const balancer = `
  add('Balancer', 'AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal', Subnets: [ref(a), ref(b)] });`;
const first = `{ AvailabilityZone: stack.availabilityZones[0] }`;
const second = `{ AvailabilityZone: stack.availabilityZones[1] }`;
const mend =
  'expected subnets in zones that differ: give each a zone of its own: stack.availabilityZones[0], [1], … [subnet-zones]';

test('two subnets of a load balancer in one zone are refused (T36)', async () => {
  expect(await problemsOf(subnets(first, first) + balancer)).toEqual([
    `stack.ts: Balancer (Balancer): its subnets {A} and {B} lie in one zone ({"Fn::Select":[0,{"Fn::GetAZs":""}]}); ${mend}`,
  ]);
  expect(await problemsOf(subnets(first, second) + balancer)).toEqual([]);
});

test('subnets without a zone may end up in one (T36)', async () => {
  expect(await problemsOf(subnets('{}', '{}') + balancer)).toEqual([
    `stack.ts: Balancer (Balancer): its subnets {A} and {B} lie in one zone (whichever AWS takes); ${mend}`,
  ]);
});

test('so are subnets that a parameter passes on to other stacks (T36)', async () => {
  const write = `writeParameter(stack, '/parley-dev/network/subnets', [a.ref, b.ref]);`;
  const [problem, ...more] = await problemsOf(subnets(first, first) + write);
  expect(problem).toMatch(
    /^stack\.ts: NetworkSubnetsParameter .* its subnets \{A\} and \{B\} lie in one zone/,
  );
  expect(more).toEqual([]);
});

test('what would be looked up in an account is refused', async () => {
  const body = `ContextProvider.getValue(stack, { provider: 'vpc-provider', dummyValue: {} });`;
  expect(await problemsOf(body, { overrides: { account: '111122223333' } })).toEqual([
    'stack.ts: synth would have to look up vpc-provider in an account; expected values from SSM parameters: import by attributes (fromVpcAttributes, …) with values from readParameter, and no fromLookup [lookups]',
  ]);
});
