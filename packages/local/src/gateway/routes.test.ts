import { afterAll, beforeAll, expect, test } from 'vitest';
import { Machine } from '../testing/machine.ts';
import { type FixtureStack, ssmInput } from '@parley/assembly/testing';
import { foundation } from '../testing/sample-stacks.ts';
import type { Json } from '@parley/assembly/values';

let machine: Machine;

const fixed = (text: string): Json => ({
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: '200', ContentType: 'text/plain', MessageBody: text },
});
const paths = (...Values: string[]): Json => ({ Field: 'path-pattern', PathPatternConfig: { Values } });
const rule = (Priority: number, action: Json, ...Conditions: Json[]): Json => ({
  Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
  Properties: { ListenerArn: { Ref: 'Listener' }, Priority, Conditions, Actions: [action] },
});
const rules = (): FixtureStack => ({
  name: 'sample-rules',
  Parameters: { Listener: ssmInput('/sample/network/alb-listener-arn') },
  Resources: {
    Wide: rule(50, fixed('wide'), paths('/a/*')),
    Narrow: rule(7, fixed('narrow'), paths('/a/b?', '/exact.txt')),
    OnlyPost: rule(8, fixed('posted'), paths('/a/*'), {
      Field: 'http-request-method',
      HttpRequestMethodConfig: { Values: ['POST'] },
    }),
    Beta: rule(6, fixed('beta'), {
      Field: 'http-header',
      HttpHeaderConfig: { HttpHeaderName: 'X-Beta', Values: ['y*'] },
    }),
    Moved: rule(
      9,
      {
        Type: 'redirect',
        RedirectConfig: { StatusCode: 'HTTP_301', Path: '/new/#{path}', Query: '#{query}' },
      },
      paths('/old/*'),
    ),
    Nobody: rule(10, { Type: 'forward', TargetGroupArn: { Ref: 'Group' } }, paths('/nobody')),
    Group: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: {} },
  },
});

beforeAll(async () => {
  machine = await Machine.create();
  await machine.start([foundation(), rules()]);
});
afterAll(async () => {
  await machine.remove();
});

test.each<[string, RequestInit, string]>([
  ['/a/x', {}, 'wide'],
  ['/a/x/y/z', {}, 'wide'],
  ['/a/b1', {}, 'narrow'],
  ['/a/b', {}, 'wide'],
  ['/a/b12', {}, 'wide'],
  ['/exact.txt', {}, 'narrow'],
  ['/exactXtxt', {}, 'No such path'],
  ['/A/x', {}, 'No such path'],
  ['/a/x', { method: 'POST' }, 'posted'],
  ['/a/x', { headers: { 'x-beta': 'Yes' } }, 'beta'],
  ['/nobody', {}, 'The service behind this path is not ready.\n'],
])('%s %o is answered by the first rule that matches: %s', async (path, init, expected) => {
  expect(await (await fetch(machine.system.url + path, init)).text()).toBe(expected);
});

test('a redirect keeps path and query', async () => {
  const answer = await fetch(`${machine.system.url}/old/page?x=1`, { redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([301, '/new/old/page?x=1']);
});

test('two rules with one priority are refused, naming the other one', async () => {
  const clash = { ...rules(), name: 'sample-clash' };
  const report = await machine.update([foundation(), rules(), clash]);
  expect(report.stacks.find(({ stack }) => stack === 'sample-clash')?.error).toMatch(
    /Priority '\d+' is currently in use by \w+ of sample-rules/,
  );
});

test('a template with a macro is refused: what it would become is not known here', async () => {
  const macro = { ...rules(), name: 'sample-macro', Transform: 'AWS::Serverless-2016-10-31' };
  const report = await machine.update([foundation(), rules(), macro]);
  expect(report.stacks.find(({ error }) => error?.includes('Transform'))).toMatchObject({
    outcome: 'failed',
  });
});
