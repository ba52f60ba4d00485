/** Every state that the model of the log's protocol can reach; and what breaks without each of its rules. */
import { describe, expect, it } from 'vitest';
import { explore } from './explore.ts';
import { protocol, type Scenario } from './model.ts';
import type { Rules } from './state.ts';

const small = { batches: 1, attempts: 2, kept: 1 };
const served: Scenario = { writers: ['A'], hasReader: true, sealers: ['settler'], faults: 0, crashes: 1 };
const twice: Scenario = { ...served, faults: 2, crashes: 0, bounds: small };
const racing: Scenario = { ...served, writers: ['A', 'B'], bounds: small };
const sealing: Scenario = { ...racing, hasReader: false, sealers: ['stop', 'settler'], faults: 1 };

describe('in every state the laws hold, and a good end can be reached', () => {
  it.each([
    ['one execution, a reader and a settler, one of which crashes', served, 16_182],
    ['the same, and a call times out', { ...served, faults: 1, bounds: small }, 23_787],
    ['none crashes, but two calls time out, so that a writer gives up', twice, 15_333],
    ['two executions, a reader and a settler, one of which crashes', racing, 60_960],
    ['two executions, a stop and a settler, one of which crashes, and a call times out', sealing, 70_735],
  ])('%s', (_, scenario, count) => {
    const { states, counterexample } = explore(protocol(scenario));
    expect(counterexample).toBeUndefined();
    expect(states).toBe(count);
  });
});

describe('the checker finds what breaks when', () => {
  const faulty: Scenario = { ...served, faults: 1, bounds: small };
  const tiny: Scenario = { ...served, bounds: small };
  const notShown = 'the client was shown what does not stand there';
  const notPublished = 'what was published does not stand there';
  const otherEnd = 'somebody believes in another end';
  const noEnd = 'no way leads to a good end from here';
  const mutations: [title: string, rule: keyof Rules, scenario: Scenario, problem: string][] = [
    ['writers put without a condition', 'writersPutIfAbsent', sealing, 'a batch that stood is gone'],
    ['sealers put without a condition', 'sealersPutIfAbsent', sealing, 'a batch that stood is gone'],
    ['a put that timed out counts as done', 'timeOutsAreSettled', faulty, otherEnd],
    ['a timed-out put is repeated as the next number', 'retriesKeepTheirNumber', faulty, 'the log has a gap'],
    [
      'a put counts as lost though its own batch stands',
      'refusalsAreSettled',
      faulty,
      'a batch of a writer stands where it lost',
    ],
    ['whoever lost goes on', 'losersStop', sealing, 'two executions have written'],
    ['a batch is published before it stands', 'publishesWhatStands', tiny, notPublished],
    ['a sealer that lost its put does not look again', 'sealersLookAgain', sealing, otherEnd],
    ['nobody seals a run whose lease has expired', 'expiredRunsAreSealed', tiny, noEnd],
    ['a feed takes a batch that is not the next', 'feedsTakeOnlyTheNext', tiny, notPublished],
    ['a feed relies on what is published', 'feedsPoll', tiny, noEnd],
    ['a client continues with the last event it has', 'resumesAfterTheLast', tiny, notShown],
    ['a reader goes on after the seal', 'readersEndAtTheSeal', tiny, noEnd],
  ];
  it.each(mutations)('%s', (_, rule, scenario, problem) => {
    const { counterexample } = explore(protocol(scenario, { [rule]: false }));
    expect(counterexample?.problem, counterexample?.steps.join('\n')).toBe(problem);
  });

  it('and says by which steps, as few as there are', () => {
    const { counterexample } = explore(protocol(sealing, { sealersPutIfAbsent: false }));
    expect(counterexample?.steps).toEqual(['A: write', 'stop: last', 'A: put', 'stop: put']);
  });
});
