import { ssmInput, ssmOutput } from '@parley/assembly/testing';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Plan } from '../plan/types.ts';
import { asForBootstrap, bootstrapParameter } from '../testing/bootstrapped-assembly.ts';
import { account, usePlannedWorkspace, workspace } from '../testing/planned-tests.ts';
import { prefix, vpcPath } from '../testing/planned-workspace.ts';
import { deployPlan } from './deploy-plan.ts';
import type { EngineEvent } from './events.ts';

usePlannedWorkspace();
beforeEach(() => {
  account.parameters.set(bootstrapParameter, '21');
});

const foundationName = `${prefix}-foundation`;

function stacks(cidr: string, color: string) {
  const DisplayName = { Ref: 'VpcId' };
  return {
    foundation: { Resources: { Vpc: ssmOutput(vpcPath, cidr) } },
    app: {
      Parameters: { VpcId: ssmInput(vpcPath) },
      Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName, Color: color } } },
    },
  };
}

/** As one stack's workflow deploys it: with what it comes after, waiting for whoever is at work on that. */
async function workflow(wanted: ReturnType<typeof stacks>, stack: 'foundation' | 'app') {
  const plan: Plan = await workspace.plan(wanted, { keepNewer: { asked: new Set([stack]) } });
  for (const { assembly } of plan.stacks) await asForBootstrap(assembly);
  const events: EngineEvent[] = [];
  const outcomes = deployPlan(plan, {
    cloud: plan.input.cloud,
    version: '0.1.0',
    pollMs: 5,
    wait: true,
    report: (event) => void events.push(event),
    signal: new AbortController().signal,
    ...(stack === 'foundation' ? { only: new Set([stack]) } : {}),
  });
  const done = outcomes.then((all) => all.map((each) => `${each.stack} ${each.result}`));
  const templates = new Map(plan.stacks.map(({ stack: each, assembly }) => [each, assembly.template]));
  return {
    done,
    templates,
    isWaiting: () => events.some((each) => each.type === 'stack' && each.state === 'waiting'),
  };
}

test('the workflows of one push: a stack waits for its producer that the other one deploys, and then follows (T7)', async () => {
  await (
    await workflow(stacks('10.0.0.0/16', 'red'), 'app')
  ).done;
  const pushed = stacks('10.1.0.0/16', 'green');
  const foundation = account.stacks.get(foundationName)!;
  foundation.next = { status: 'hold' };
  account.calls.length = 0;
  const producer = await workflow(pushed, 'foundation');
  await vi.waitUntil(() => account.calls.includes('ExecuteChangeSet'), { timeout: 30_000 });

  const consumer = await workflow(pushed, 'app');
  await vi.waitUntil(consumer.isWaiting, { timeout: 30_000 });
  account.parameters.set(vpcPath, '10.1.0.0/16');
  const template = producer.templates.get('foundation');
  Object.assign(foundation, { status: 'UPDATE_COMPLETE', template, next: undefined });
  expect(await producer.done).toEqual(['foundation deployed']);
  expect(await consumer.done).toEqual([
    expect.stringMatching(/^foundation (unchanged|skipped)$/),
    'app deployed',
  ]);
  expect(await (await workflow(pushed, 'app')).done).toEqual(['foundation skipped', 'app skipped']);
});
