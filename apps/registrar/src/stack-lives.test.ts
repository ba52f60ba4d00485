import fc from 'fast-check';
import { expect, it } from 'vitest';
import { agentProperties } from './testing/cloudformation.ts';
import { agent, useRegistrarWorld } from './testing/registrar-world.ts';
import { StackLife, type Deploy, type LifeEvent } from './testing/stack-life.ts';

const world = useRegistrarWorld();

const content = fc.nat(2);
/** Templates of one agent or two, each under any of three logical ids. */
const template = fc
  .record({
    contents: fc.record({ a: content, b: content }, { requiredKeys: ['a'] }),
    names: fc.shuffledSubarray(['One', 'Two', 'Three'], { minLength: 2 }),
  })
  .map(
    ({ contents, names }) =>
      new Map(
        Object.entries(contents).map(([id, each], i) => [
          id,
          { logicalResourceId: names[i]!, content: each },
        ]),
      ),
  );
const deploy: fc.Arbitrary<Deploy> = fc.record({
  template,
  failsAfter: fc.constantFrom(undefined, 0, 1, 1, 2),
  failure: fc.constantFrom('rolls back', 'rolls back', 'stops'),
});
interface Delivery {
  late: number;
  again: number | null;
}
const delivery: fc.Arbitrary<Delivery> = fc.record({
  late: fc.constantFrom(0, 0, 0, 3, 9),
  again: fc.option(fc.nat(9)),
});
const arbitraryLife = fc.record({
  deploys: fc.array(deploy, { minLength: 1, maxLength: 5 }),
  deliveries: fc.infiniteStream(delivery),
});

let lives = 0;

/** The events of a life as they reach the registrar. CloudFormation awaits all but deletes before it goes on. */
function delivered(events: LifeEvent[], deliveries: Iterator<Delivery>): unknown[] {
  const all = events.flatMap((event, second) => {
    const { late, again } = deliveries.next().value;
    const place = second + (event.type === 'Delete' ? late : 0);
    const sent = world.event({
      ...agent,
      ...event,
      properties: agentProperties(event.id, { instructions: `Content ${event.content}` }),
      second,
    });
    return [{ place, sent }, ...(again === null ? [] : [{ place: place + again, sent }])];
  });
  return all.sort((one, other) => one.place - other.place).map(({ sent }) => sent);
}

async function live(ids: string[]): Promise<(string | undefined)[]> {
  return Promise.all(ids.map((id) => world.instructionsOf(id)));
}

it('whatever a stack lives through, live is what stands', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryLife, async ({ deploys, deliveries }) => {
      const suffix = `-${(lives += 1)}`;
      const ids = [`a${suffix}`, `b${suffix}`];
      const life = new StackLife();
      for (const { template: short, ...rest } of deploys)
        life.deploy({ ...rest, template: new Map([...short].map(([id, each]) => [id + suffix, each])) });
      life.rollBack();
      for (const event of delivered(life.events, deliveries)) {
        const { Status, Reason } = await world.deliver(event);
        expect({ Status, Reason }).toMatchObject({ Status: 'SUCCESS' });
      }
      const standing = life.contents();
      const expected = ids.map((id) => (standing.has(id) ? `Content ${standing.get(id)}` : undefined));
      expect(await live(ids)).toEqual(expected);

      const before = life.events.length;
      life.delete();
      for (const [i, event] of life.events.slice(before).entries())
        await world.remove({
          ...agent,
          ...event,
          properties: agentProperties(event.id),
          second: before + i,
        });
      expect(await live(ids)).toEqual([undefined, undefined]);
    }),
    { numRuns: 150 },
  );
});
