import { describe, expect, it } from 'vitest';
import { agentProperties, invocation } from './testing/cloudformation.ts';
import { agent, useRegistrarWorld } from './testing/registrar-world.ts';

const world = useRegistrarWorld();
const { create, update, remove } = world;

describe('an event that comes again or late', () => {
  it('changes nothing when it comes again, even after a later one', async () => {
    const first = world.event({
      type: 'Create',
      ...agent,
      properties: agentProperties(world.id),
    });
    const one = await world.deliver(first);
    expect(await world.deliver(first)).toEqual(one);
    const physicalResourceId = `agent/${world.id}`;
    await update({
      ...agent,
      properties: agentProperties(world.id, { instructions: 'New.' }),
      physicalResourceId,
    });
    expect(await world.deliver(first)).toEqual(one);
    expect(await world.instructionsOf(world.id)).toBe('New.');
  });

  it('changes nothing when a later one was applied before', async () => {
    const physicalResourceId = `agent/${world.id}`;
    await create({ ...agent, properties: agentProperties(world.id), second: 1 });
    await update({
      ...agent,
      properties: agentProperties(world.id, { instructions: 'Third.' }),
      physicalResourceId,
      second: 3,
    });
    const late = await update({
      ...agent,
      properties: agentProperties(world.id, { instructions: 'Second.' }),
      physicalResourceId,
      second: 2,
    });
    expect(late.Status).toBe('SUCCESS');
    expect(await world.instructionsOf(world.id)).toBe('Third.');
  });

  it('retires nothing when the delete is older than what is live', async () => {
    const physicalResourceId = `agent/${world.id}`;
    await create({ ...agent, properties: agentProperties(world.id), second: 5 });
    await remove({ ...agent, properties: agentProperties(world.id), physicalResourceId, second: 4 });
    expect(await world.catalog.getLive('agent', world.id)).toBeDefined();
  });

  it('brings nothing back when it is older than the delete', async () => {
    const physicalResourceId = `agent/${world.id}`;
    await create({ ...agent, properties: agentProperties(world.id), second: 1 });
    await remove({ ...agent, properties: agentProperties(world.id), physicalResourceId, second: 3 });
    await update({ ...agent, properties: agentProperties(world.id), physicalResourceId, second: 2 });
    expect(await world.catalog.getLive('agent', world.id)).toBeUndefined();
  });

  it('brings nothing to life when it comes after its own delete', async () => {
    const physicalResourceId = `agent/${world.id}`;
    await remove({ ...agent, properties: agentProperties(world.id), physicalResourceId, second: 2 });
    const late = await create({ ...agent, properties: agentProperties(world.id), second: 1 });
    expect(late.Status).toBe('SUCCESS');
    expect(await world.catalog.getLive('agent', world.id)).toBeUndefined();
    await create({ ...agent, properties: agentProperties(world.id), second: 3 });
    expect(await world.catalog.getLive('agent', world.id)).toBeDefined();
  });

  it('is applied once when it comes twice at the same time, and the last issued of several stands', async () => {
    const physicalResourceId = `agent/${world.id}`;
    const events = [1, 2, 3, 4].map((second) =>
      world.event({
        type: second === 1 ? 'Create' : 'Update',
        ...agent,
        properties: agentProperties(world.id, { instructions: `Issued at ${second}.` }),
        physicalResourceId: second === 1 ? undefined : physicalResourceId,
        second,
      }),
    );
    await Promise.all([...events, ...events].reverse().map((event) => world.handler(event, invocation())));
    expect(world.address.received.map(({ answer }) => answer.Status)).toEqual(
      Array.from({ length: 8 }, () => 'SUCCESS'),
    );
    expect(await world.instructionsOf(world.id)).toBe('Issued at 4.');
  });

  it('retires what a create that was never answered registered', async () => {
    await create({ ...agent, properties: agentProperties(world.id), second: 1 });
    const physicalResourceId = 'parley-test-weather-Agent-1ABCDEF';
    await remove({ ...agent, properties: agentProperties(world.id), physicalResourceId, second: 2 });
    expect(await world.catalog.getLive('agent', world.id)).toBeUndefined();
  });
});
