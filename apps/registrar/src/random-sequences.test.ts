import { definitionSchemas } from '@parley/contract/registration';
import { createLog } from '@parley/service/log';
import { createCatalogStore } from '@parley/store/catalog';
import { startTestTables, type TestTables } from '@parley/store/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRegistrar } from './handler.ts';
import { deliver, stackId, startAnswerAddress, type AnswerAddress } from '@parley/custom-resource/testing';
import { agentProperties, appProperties, cloudFormationEvent, prefix } from './testing/cloudformation.ts';
import { CatalogModel, type ModelEvent } from './testing/model.ts';

let tables: TestTables;
let address: AnswerAddress;
beforeAll(async () => {
  [tables, address] = await Promise.all([startTestTables(), startAnswerAddress()]);
});
afterAll(() => Promise.all([tables.close(), address.close()]));

/** Two stacks, and the first once more after it was deleted and made again. */
const stacks = ['weather', 'other', 'weather'].map((name) => ({ stackName: name, stackId: stackId(name) }));

/** Mostly of one id of one stack, so that resources take it from each other, and mostly in order. */
const arbitraryEvent = fc.record({
  type: fc.constantFrom('Create', 'Update', 'Delete', 'Delete'),
  kind: fc.constantFrom('agent', 'agent', 'agent', 'app'),
  id: fc.constantFrom('a', 'a', 'a', 'b'),
  content: fc.constantFrom(0, 1),
  stack: fc.constantFrom(stacks[0]!, stacks[0]!, stacks[0]!, ...stacks),
  logicalResourceId: fc.constantFrom('One', 'Two', 'Two', 'Three'),
  /** Places that it comes too late; `undefined`: its address does not say when it was signed. */
  late: fc.constantFrom(0, 0, 0, 0, 1, 2, 5, undefined),
});
/** Either a new event, or an earlier one delivered again. */
const arbitrarySequence = fc.array(
  fc.oneof({ weight: 4, arbitrary: arbitraryEvent }, { weight: 1, arbitrary: fc.nat(9) }),
  { minLength: 1, maxLength: 10 },
);

let run = 0;

type Step = typeof arbitrarySequence extends fc.Arbitrary<(infer T)[]> ? T : never;

function eventsOf(sequence: readonly Step[]): ModelEvent[] {
  run += 1;
  const events: ModelEvent[] = [];
  for (const [i, step] of sequence.entries()) {
    if (typeof step === 'number') {
      const again = events[step % Math.max(1, events.length)];
      if (again) events.push(again);
      continue;
    }
    const { stack, id, late, ...rest } = step;
    const second = late === undefined ? undefined : 10 + 2 * i - 3 * late;
    const requestId = `request-${run}-${i}`;
    events.push({ ...rest, ...stack, second, id: `${id}-${run}`, requestId } as ModelEvent);
  }
  return events;
}

/** The two contents of an app differ in the agent they name. */
const agentOf = ({ kind, content }: ModelEvent) =>
  kind === 'app' ? `${['a', 'b'][content]}-${run}` : undefined;

function propertiesOf(event: ModelEvent) {
  const agent = agentOf(event);
  return agent
    ? appProperties(event.id, agent)
    : agentProperties(event.id, { instructions: `Content ${event.content}` });
}

it('500 random sequences of events end as the model of the rules says', { timeout: 120_000 }, async () => {
  const catalog = createCatalogStore({ client: tables.client, tableName: tables.catalogTable });
  const handler = createRegistrar({
    registry: () => ({ prefix, catalog }),
    log: createLog({ write: () => {} }),
  });

  await fc.assert(
    fc.asyncProperty(arbitrarySequence, async (sequence) => {
      const events = eventsOf(sequence);
      const model = new CatalogModel();
      for (const event of events) {
        const physicalResourceId = event.type === 'Create' ? undefined : `${event.kind}/${event.id}`;
        const sent = cloudFormationEvent(address, {
          ...event,
          physicalResourceId,
          properties: propertiesOf(event),
        });
        const { Status } = await deliver(handler, address, sent);
        expect({ event, Status }).toEqual({ event, Status: model.apply(event, agentOf) });
      }
      for (const { kind, id } of new Map(
        events.map((event) => [`${event.kind}/${event.id}`, event]),
      ).values()) {
        const live = await catalog.getLive(kind, id);
        const expected = model.live(kind, id);
        expect(live && JSON.stringify(live.definition)).toBe(expected && JSON.stringify(parsed(expected)));
        expect(live && [live.stackId, live.logicalResourceId]).toEqual(
          expected && [expected.stackId, expected.logicalResourceId],
        );
      }
    }),
    { numRuns: 500 },
  );
});

/** A definition as the contract's schema completes it. */
function parsed(event: ModelEvent): unknown {
  return definitionSchemas[event.kind].parse(JSON.parse(propertiesOf(event).Definition));
}
