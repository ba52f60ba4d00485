import { describe, expect, it } from 'vitest';
import { stackId } from '@parley/custom-resource/testing';
import { agentProperties, appProperties } from './testing/cloudformation.ts';
import { agent, app, useRegistrarWorld } from './testing/registrar-world.ts';

const world = useRegistrarWorld();
const { create, update, remove } = world;

describe('a stack’s life', () => {
  it('registers, updates and retires its agent and its app', async () => {
    const created = await create({ ...agent, properties: agentProperties(world.id), second: 1 });
    expect(created).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: `agent/${world.id}`,
      StackId: agent.stackId,
    });
    expect(created.Data?.Id).toBe(world.id);
    const appCreated = await create({ ...app, properties: appProperties(world.id, world.id), second: 2 });
    expect(appCreated).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: `app/${world.id}` });
    expect(await world.catalog.getLive('app', world.id)).toMatchObject({
      enabled: true,
      definition: { agent: world.id },
    });

    const wordy = agentProperties(world.id, { instructions: 'Answer at length.' });
    const updated = await update({
      ...agent,
      properties: wordy,
      physicalResourceId: `agent/${world.id}`,
      second: 3,
    });
    expect(updated.PhysicalResourceId).toBe(`agent/${world.id}`);
    expect(updated.Data?.Version).not.toBe(created.Data?.Version);
    expect(await world.instructionsOf(world.id)).toBe('Answer at length.');

    for (const [which, second] of [
      [app, 4],
      [agent, 5],
    ] as const) {
      const physicalResourceId = `${which.kind}/${world.id}`;
      const gone = await remove({ ...which, properties: wordy, physicalResourceId, second });
      expect(gone).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: physicalResourceId });
      expect(await world.catalog.getLive(which.kind, world.id)).toBeUndefined();
    }
    expect(await world.catalog.listVersions('agent', world.id)).toHaveLength(2);
  });

  it('gets its old version back when an update is rolled back', async () => {
    const first = agentProperties(world.id);
    const second = agentProperties(world.id, { instructions: 'Worse.' });
    const physicalResourceId = `agent/${world.id}`;
    const created = await create({ ...agent, properties: first, second: 1 });
    await update({ ...agent, properties: second, old: first, physicalResourceId, second: 2 });
    const rolledBack = await update({
      ...agent,
      properties: first,
      old: second,
      physicalResourceId,
      second: 3,
    });
    expect(rolledBack.Data?.Version).toBe(created.Data?.Version);
    expect(await world.instructionsOf(world.id)).toBe('Answer briefly.');
    expect(await world.catalog.listVersions('agent', world.id)).toHaveLength(2);
  });

  it('keeps its registration when an update is refused and rolled back', async () => {
    const good = agentProperties(world.id);
    const bad = agentProperties(world.id, { instructions: '' });
    const physicalResourceId = `agent/${world.id}`;
    await create({ ...agent, properties: good, second: 1 });
    const refused = await update({ ...agent, properties: bad, old: good, physicalResourceId, second: 2 });
    expect(refused).toMatchObject({ Status: 'FAILED', PhysicalResourceId: physicalResourceId });
    expect(refused.Reason).toContain('Definition.instructions');
    const back = await update({ ...agent, properties: good, old: bad, physicalResourceId, second: 3 });
    expect(back.Status).toBe('SUCCESS');
    expect(await world.instructionsOf(world.id)).toBe('Answer briefly.');
  });

  it('makes a new version of a change of a tool’s code alone', async () => {
    const { ToolCode: _, ...same } = agentProperties(world.id);
    const first = await create({
      ...agent,
      properties: { ...same, ToolCode: { forecast: 'one' } },
      second: 1,
    });
    const physicalResourceId = `agent/${world.id}`;
    const next = await update({
      ...agent,
      properties: { ...same, ToolCode: { forecast: 'two' } },
      physicalResourceId,
      second: 2,
    });
    expect(next.Data?.Version).not.toBe(first.Data?.Version);
  });

  it('moves to another id: the new one is registered, the old one retired by the cleanup', async () => {
    const renamed = `${world.id}-b`;
    await create({ ...agent, properties: agentProperties(world.id), second: 1 });
    const updated = await update({
      ...agent,
      properties: agentProperties(renamed),
      old: agentProperties(world.id),
      physicalResourceId: `agent/${world.id}`,
      second: 2,
    });
    expect(updated.PhysicalResourceId).toBe(`agent/${renamed}`);
    expect(await world.catalog.getLive('agent', world.id)).toBeDefined();
    await remove({
      ...agent,
      properties: agentProperties(world.id),
      physicalResourceId: `agent/${world.id}`,
      second: 3,
    });
    expect(await world.catalog.getLive('agent', world.id)).toBeUndefined();
    expect(await world.catalog.getLive('agent', renamed)).toBeDefined();
  });

  it('moves back when the update to another id is rolled back', async () => {
    const renamed = `${world.id}-b`;
    const [before, after] = [agentProperties(world.id), agentProperties(renamed)];
    await create({ ...agent, properties: before, second: 1 });
    await update({
      ...agent,
      properties: after,
      old: before,
      physicalResourceId: `agent/${world.id}`,
      second: 2,
    });
    const back = await update({
      ...agent,
      properties: before,
      old: after,
      physicalResourceId: `agent/${renamed}`,
      second: 3,
    });
    expect(back.PhysicalResourceId).toBe(`agent/${world.id}`);
    await remove({ ...agent, properties: after, physicalResourceId: `agent/${renamed}`, second: 4 });
    expect(await world.catalog.getLive('agent', world.id)).toBeDefined();
    expect(await world.catalog.getLive('agent', renamed)).toBeUndefined();
  });

  it('keeps its registration when its logical id changes: the old one’s delete retires nothing', async () => {
    await create({ ...agent, properties: agentProperties(world.id), second: 1 });
    await create({
      ...agent,
      logicalResourceId: 'AgentMoved',
      properties: agentProperties(world.id),
      second: 2,
    });
    await remove({
      ...agent,
      properties: agentProperties(world.id),
      physicalResourceId: `agent/${world.id}`,
      second: 3,
    });
    expect(await world.catalog.getLive('agent', world.id)).toMatchObject({ logicalResourceId: 'AgentMoved' });
  });

  it('can begin again under the same name after it was deleted', async () => {
    await create({ ...agent, properties: agentProperties(world.id), second: 1 });
    await remove({
      ...agent,
      properties: agentProperties(world.id),
      physicalResourceId: `agent/${world.id}`,
      second: 2,
    });
    const again = { ...agent, stackId: stackId('parley-test-weather') };
    expect((await create({ ...again, properties: agentProperties(world.id), second: 3 })).Status).toBe(
      'SUCCESS',
    );
    // the deleted stack's last word comes late
    await remove({
      ...agent,
      properties: agentProperties(world.id),
      physicalResourceId: `agent/${world.id}`,
      second: 4,
    });
    expect(await world.catalog.getLive('agent', world.id)).toMatchObject({ stackId: again.stackId });
  });
});

describe('another stack', () => {
  const other = { ...agent, stackId: stackId('parley-test-other') };

  it('cannot take an id that is in use, is told whose it is, and its rollback harms nothing', async () => {
    await create({ ...agent, properties: agentProperties(world.id), second: 1 });
    const refused = await create({
      ...other,
      properties: agentProperties(world.id, { instructions: 'Mine.' }),
      second: 2,
    });
    expect(refused.Status).toBe('FAILED');
    expect(refused.Reason).toContain('parley-test-weather');
    const { PhysicalResourceId: physicalResourceId } = refused;
    const gone = await remove({
      ...other,
      properties: agentProperties(world.id),
      physicalResourceId,
      second: 3,
    });
    expect(gone.Status).toBe('SUCCESS');
    expect(await world.instructionsOf(world.id)).toBe('Answer briefly.');
  });

  it('may take an id that was retired; then it is the owner', async () => {
    await create({ ...agent, properties: agentProperties(world.id), second: 5 });
    await remove({
      ...agent,
      properties: agentProperties(world.id),
      physicalResourceId: `agent/${world.id}`,
      second: 6,
    });
    expect((await create({ ...other, properties: agentProperties(world.id), second: 2 })).Status).toBe(
      'SUCCESS',
    );
    expect((await create({ ...agent, properties: agentProperties(world.id), second: 7 })).Status).toBe(
      'FAILED',
    );
    expect(await world.catalog.getLive('agent', world.id)).toMatchObject({ owner: 'parley-test-other' });
  });
});
