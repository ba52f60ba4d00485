import { describe, expect, it } from 'vitest';
import { agentProperties, invocation } from './testing/cloudformation.ts';
import { agent, useRegistrarWorld } from './testing/registrar-world.ts';

const world = useRegistrarWorld();

describe('garbage', () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  const nothings = [
    null,
    undefined,
    'text',
    '',
    7,
    true,
    [],
    {},
    [null],
    { RequestType: 'Create' },
    { RequestType: 7 },
  ];

  it.each(nothings.map((each) => [JSON.stringify(each) ?? 'undefined', each]))(
    'as the whole event, %s, is survived',
    async (_, event) => {
      await world.handler(event, invocation());
      expect(world.address.received).toEqual([]);
      expect(world.lines.join('')).toContain('no answer address');
    },
  );

  it.each(['', 'not an address', 'ftp://x/', 'http://127.0.0.1:1/', 'file:///etc/passwd'])(
    'as the answer address, "%s", is survived',
    async (ResponseURL) => {
      const event = world.event({ type: 'Delete', ...agent, properties: {} });
      await world.handler({ ...event, ResponseURL }, invocation(1_000));
      expect(world.address.received).toEqual([]);
    },
  );

  const values: [string, unknown][] = [
    ['null', null],
    ['nothing', undefined],
    ['a text', 'x'],
    ['a number', 7],
    ['a list', [1]],
    ['an object', { a: null }],
    ['a huge text', 'x'.repeat(250_000)],
    ['a huge text of quotes', '"\\\u0000'.repeat(50_000)],
    ['deep JSON', deep],
  ];
  const fields = [
    'StackId',
    'RequestId',
    'LogicalResourceId',
    'ResourceType',
    'PhysicalResourceId',
    'ResourceProperties',
  ];
  const propertyNames = ['ServiceToken', 'Stage', 'Definition', 'ToolCode'];

  describe.each(['Create', 'Update', 'Delete'] as const)('in a %s', (type) => {
    it.each(values)('as any field, %s, is answered, and a delete succeeds', async (_, value) => {
      for (const field of [...fields, ...propertyNames]) {
        world.address.received.length = 0;
        const good = world.event({
          type,
          ...agent,
          properties: agentProperties(world.id),
          physicalResourceId: type === 'Create' ? undefined : `agent/${world.id}`,
        });
        const event = fields.includes(field)
          ? { ...good, [field]: value }
          : { ...good, ResourceProperties: { ...agentProperties(world.id), [field]: value } };
        const answer = await world.deliver(event);
        expect(world.address.received[0]!.bytes).toBeLessThan(4_096);
        expect(answer.PhysicalResourceId).not.toBe('');
        const isExplained = answer.Status === 'SUCCESS' || (type !== 'Delete' && answer.Reason);
        expect(isExplained, `${type} with that ${field} ended ${answer.Status}`).toBeTruthy();
      }
    });
  });

  it('as the request type is answered with what was expected', async () => {
    const event = world.event({
      type: 'Create',
      ...agent,
      properties: agentProperties(world.id),
    });
    const answer = await world.deliver({ ...event, RequestType: 'Destroy' });
    expect(answer).toMatchObject({ Status: 'FAILED' });
    expect(answer.Reason).toContain('RequestType: expected Create, Update or Delete');
  });
});
