import { describe, expect, it } from 'vitest';
import { stackId } from '@parley/custom-resource/testing';
import { agentProperties } from './testing/cloudformation.ts';
import { agent, useRegistrarWorld } from './testing/registrar-world.ts';

const world = useRegistrarWorld();
const { create, update, remove } = world;

/** The same agent under another logical id: what an author's renaming of the construct makes of it. */
const renamed = { ...agent, logicalResourceId: 'AgentRenamed' };
const renamedAgain = { ...agent, logicalResourceId: 'AgentRenamedAgain' };
const saying = (instructions: string) => agentProperties(world.id, { instructions });
const named = () => ({ physicalResourceId: `agent/${world.id}` });
const live = async () => {
  const entry = await world.catalog.getLive('agent', world.id);
  return entry && [entry.logicalResourceId, entry.definition.instructions];
};

describe('a resource that gets another logical id', () => {
  it('keeps its registration when the deploy succeeds: the old one’s delete retires nothing', async () => {
    await create({ ...agent, properties: saying('Old.'), second: 1 });
    await create({ ...renamed, properties: saying('New.'), second: 2 });
    await remove({ ...agent, properties: saying('Old.'), ...named(), second: 3 });
    expect(await live()).toEqual(['AgentRenamed', 'New.']);
    await remove({ ...renamed, properties: saying('New.'), ...named(), second: 4 });
    expect(await live()).toBeUndefined();
  });

  it('has its old registration back when the deploy rolls back, and can be renamed once more', async () => {
    await create({ ...agent, properties: saying('Old.'), second: 1 });
    await create({ ...renamed, properties: saying('New.'), second: 2 });
    await remove({ ...renamed, properties: saying('New.'), ...named(), second: 3 });
    expect(await live()).toEqual(['Agent', 'Old.']);
    await create({ ...renamed, properties: saying('Newer.'), second: 4 });
    await remove({ ...agent, properties: saying('Old.'), ...named(), second: 5 });
    expect(await live()).toEqual(['AgentRenamed', 'Newer.']);
  });

  it('goes back to the content its old resource had last, not to its first', async () => {
    await create({ ...agent, properties: saying('First.'), second: 1 });
    await update({ ...agent, properties: saying('Second.'), old: saying('First.'), ...named(), second: 2 });
    await create({ ...renamed, properties: saying('New.'), second: 3 });
    await remove({ ...renamed, properties: saying('New.'), ...named(), second: 4 });
    expect(await live()).toEqual(['Agent', 'Second.']);
  });

  it('goes back through several renames whose deploys left all of them standing, in any order', async () => {
    await create({ ...agent, properties: saying('One.'), second: 1 });
    await create({ ...renamed, properties: saying('Two.'), second: 2 });
    await create({ ...renamedAgain, properties: saying('Three.'), second: 3 });
    await remove({ ...renamed, properties: saying('Two.'), ...named(), second: 4 });
    expect(await live()).toEqual(['AgentRenamedAgain', 'Three.']);
    await remove({ ...renamedAgain, properties: saying('Three.'), ...named(), second: 5 });
    expect(await live()).toEqual(['Agent', 'One.']);
    await remove({ ...agent, properties: saying('One.'), ...named(), second: 6 });
    expect(await live()).toBeUndefined();
  });

  it('is not brought back once it is deleted, in whichever order both deletes come', async () => {
    await create({ ...agent, properties: saying('Old.'), second: 1 });
    await create({ ...renamed, properties: saying('New.'), second: 2 });
    await remove({ ...renamed, properties: saying('New.'), ...named(), second: 3 });
    await remove({ ...agent, properties: saying('Old.'), ...named(), second: 4 });
    expect(await live()).toBeUndefined();
    expect((await create({ ...agent, properties: saying('Again.'), second: 5 })).Status).toBe('SUCCESS');
    await remove({ ...agent, properties: saying('Again.'), ...named(), second: 6 });
    expect(await live()).toBeUndefined();
  });

  it('owes nothing to the claims of a stack of the same name that is gone', async () => {
    await create({ ...agent, properties: saying('Old.'), second: 1 });
    const reborn = { ...renamed, stackId: stackId('parley-test-weather') };
    await create({ ...reborn, properties: saying('New.'), second: 2 });
    await remove({ ...reborn, properties: saying('New.'), ...named(), second: 3 });
    expect(await live()).toBeUndefined();
  });

  it('remembers ten resources that claim one id at most', async () => {
    const claimants = Array.from({ length: 12 }, (_, i) => ({ ...agent, logicalResourceId: `Agent${i}` }));
    for (const [second, each] of claimants.entries())
      await create({ ...each, properties: saying(each.logicalResourceId), second });
    const seen: unknown[] = [];
    for (const [i, each] of claimants.reverse().entries()) {
      seen.push((await live())?.[1]);
      await remove({ ...each, properties: saying(each.logicalResourceId), ...named(), second: 12 + i });
    }
    expect(seen).toEqual([
      ...claimants.slice(0, 10).map((each) => each.logicalResourceId),
      undefined,
      undefined,
    ]);
  });
});

describe('an event of a renamed resource that comes again or late', () => {
  it('changes nothing when it is a delete that was applied already', async () => {
    await create({ ...agent, properties: saying('Old.'), second: 1 });
    await create({ ...renamed, properties: saying('New.'), second: 2 });
    const gone = world.event({
      type: 'Delete',
      ...renamed,
      properties: saying('New.'),
      ...named(),
      second: 3,
    });
    await world.deliver(gone);
    await world.deliver(gone);
    expect(await live()).toEqual(['Agent', 'Old.']);
    await create({ ...renamed, properties: saying('Newer.'), second: 4 });
    await world.deliver(gone);
    expect(await live()).toEqual(['AgentRenamed', 'Newer.']);
  });

  it('takes no claim away that was made anew after the delete was sent', async () => {
    await create({ ...agent, properties: saying('Old.'), second: 1 });
    await create({ ...renamed, properties: saying('New.'), second: 2 });
    await create({ ...agent, properties: saying('Back.'), second: 4 });
    await remove({ ...agent, properties: saying('Old.'), ...named(), second: 3 });
    await create({ ...renamedAgain, properties: saying('Third.'), second: 5 });
    await remove({ ...agent, properties: saying('Old.'), ...named(), second: 3 });
    await remove({ ...renamedAgain, properties: saying('Third.'), ...named(), second: 6 });
    expect(await live()).toEqual(['Agent', 'Back.']);
  });

  it('takes the old claim away although the new resource was updated meanwhile', async () => {
    await create({ ...agent, properties: saying('Old.'), second: 1 });
    await create({ ...renamed, properties: saying('New.'), second: 2 });
    await update({ ...renamed, properties: saying('Newer.'), old: saying('New.'), ...named(), second: 4 });
    await remove({ ...agent, properties: saying('Old.'), ...named(), second: 3 });
    await remove({ ...renamed, properties: saying('Newer.'), ...named(), second: 5 });
    expect(await live()).toBeUndefined();
  });

  it('does not bring the new resource to life when its create comes after its own delete', async () => {
    await create({ ...agent, properties: saying('Old.'), second: 1 });
    const unanswered = { physicalResourceId: 'parley-test-weather-AgentRenamed-1ABCDEF' };
    await remove({ ...renamed, properties: saying('New.'), ...unanswered, second: 3 });
    expect((await create({ ...renamed, properties: saying('New.'), second: 2 })).Status).toBe('SUCCESS');
    expect(await live()).toEqual(['Agent', 'Old.']);
  });
});
