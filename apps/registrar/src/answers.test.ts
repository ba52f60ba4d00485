import type { CatalogStore } from '@parley/store/catalog';
import { describe, expect, it } from 'vitest';
import { agentProperties, invocation, prefix } from './testing/cloudformation.ts';
import { agent, useRegistrarWorld } from './testing/registrar-world.ts';

const world = useRegistrarWorld();
const { create, remove } = world;

describe('the answer', () => {
  it('is put without a content type, once, below the limit', async () => {
    await create({ ...agent, properties: agentProperties(world.id) });
    expect(world.address.received).toHaveLength(1);
    const [put] = world.address.received;
    expect(put!.headers['content-type']).toBeUndefined();
    expect(put!.headers['content-length']).toBe(String(put!.bytes));
    expect(put!.bytes).toBeLessThan(1_000);
  });

  it('is put again when the address fails, and the log never has the address', async () => {
    world.address.faults.push('cut', 503);
    const answer = await create({ ...agent, properties: agentProperties(world.id) });
    expect(answer.Status).toBe('SUCCESS');
    expect(world.lines.join('')).toContain('could not be sent');
    expect(world.lines.join('')).not.toContain('s3cret');
  });

  it('is not put to an address with a password, which CloudFormation never sends and errors would quote', async () => {
    const event = world.event({ type: 'Create', ...agent, properties: agentProperties(world.id) });
    const address = new URL(String(event['ResponseURL']));
    address.password = 'pa55word';
    await world.handler({ ...event, ResponseURL: address.href }, invocation());
    expect(world.address.received).toEqual([]);
    expect(world.lines.join('')).toContain('no answer address');
    expect(world.lines.join('')).not.toMatch(/s3cret|pa55word/);
  });

  it('is not put again when the address refuses it for good', async () => {
    world.address.faults.push(403);
    const event = world.event({
      type: 'Create',
      ...agent,
      properties: agentProperties(world.id),
    });
    await world.handler(event, invocation());
    expect(world.address.received).toEqual([]);
    expect(world.lines.join('')).toContain('was not answered');
  });
});

describe('when the catalog', () => {
  const hangs = new Proxy({} as CatalogStore, { get: () => () => new Promise(() => {}) });

  it('does not answer, a create is answered in time with a reason', async () => {
    world.useRegistry(() => ({ prefix, catalog: hangs }));
    const event = world.event({
      type: 'Create',
      ...agent,
      properties: agentProperties(world.id),
    });
    await world.handler(event, invocation(6_100));
    const { answer } = world.address.received[0]!;
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: `agent/${world.id}` });
    expect(answer.Reason).toContain('ran out of time');
  });

  it('does not answer, a delete succeeds in time and the log says what may be left', async () => {
    world.useRegistry(() => ({ prefix, catalog: hangs }));
    const event = world.event({
      type: 'Delete',
      ...agent,
      properties: agentProperties(world.id),
      physicalResourceId: `agent/${world.id}`,
    });
    await world.handler(event, invocation(6_100));
    expect(world.address.received[0]!.answer.Status).toBe('SUCCESS');
    expect(world.lines.join('')).toContain('may be left live');
    expect(world.lines.join('')).toContain(`"left":"agent/${world.id}"`);
  });

  it('fails for a moment, a delete tries again and retires', async () => {
    await create({ ...agent, properties: agentProperties(world.id) });
    let failures = 2;
    const flaky: CatalogStore = {
      ...world.catalog,
      retire: (...call) =>
        (failures -= 1) >= 0 ? Promise.reject(new Error('throttled')) : world.catalog.retire(...call),
    };
    world.useRegistry(() => ({ prefix, catalog: flaky }));
    await remove({
      ...agent,
      properties: agentProperties(world.id),
      physicalResourceId: `agent/${world.id}`,
    });
    expect(await world.catalog.getLive('agent', world.id)).toBeUndefined();
  });

  it('is not configured, a create says which variable and a delete succeeds', async () => {
    world.useRegistry(() => {
      throw new Error('PARLEY_CATALOG_TABLE: expected some text, got nothing');
    });
    expect((await create({ ...agent, properties: agentProperties(world.id) })).Reason).toContain(
      'PARLEY_CATALOG_TABLE',
    );
    const gone = await remove({ ...agent, properties: {}, physicalResourceId: `agent/${world.id}` });
    expect(gone.Status).toBe('SUCCESS');
  });
});
