import { createCatalogStore, type CatalogStore } from '@parley/store/catalog';
import { startTestTables, type TestTables } from '@parley/store/testing';
import { createLog } from '@parley/service/log';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRegistrar, type RegistrarHandler } from './handler.ts';
import {
  agentProperties,
  appProperties,
  cloudFormationEvent,
  deliver,
  invocation,
  prefix,
  properties,
  stackId,
  startAnswerAddress,
  type AnswerAddress,
  type EventOptions,
} from './testing/cloudformation.ts';

let tables: TestTables;
let address: AnswerAddress;
let catalog: CatalogStore;
let handler: RegistrarHandler;
let lines: string[];
let run = 0;
let weather: string;

const log = () => createLog({ write: (line) => lines.push(line) });

beforeAll(async () => {
  [tables, address] = await Promise.all([startTestTables(), startAnswerAddress()]);
});
afterAll(() => Promise.all([tables.close(), address.close()]));
beforeEach(() => {
  lines = [];
  address.received.length = 0;
  address.faults.length = 0;
  weather = `weather-${(run += 1)}`;
  catalog = createCatalogStore({ client: tables.client, tableName: tables.catalogTable });
  handler = createRegistrar({ registry: () => ({ prefix, catalog }), log: log() });
});

const stack = stackId('parley-test-weather');
const agent = { stackId: stack, logicalResourceId: 'Agent', kind: 'agent' as const };
const app = { stackId: stack, logicalResourceId: 'App', kind: 'app' as const };

type Sent = Omit<EventOptions, 'type'>;
const send = (options: EventOptions) => deliver(handler, address, cloudFormationEvent(address, options));
const create = (options: Sent) => send({ type: 'Create', ...options });
const update = (options: Sent) => send({ type: 'Update', ...options });
const remove = (options: Sent) => send({ type: 'Delete', ...options });
const instructionsOf = async (id: string) => (await catalog.getLive('agent', id))?.definition.instructions;

describe('a stack’s life', () => {
  it('registers, updates and retires its agent and its app', async () => {
    const created = await create({ ...agent, properties: agentProperties(weather), second: 1 });
    expect(created).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: `agent/${weather}`,
      StackId: stack,
    });
    expect(created.Data?.Id).toBe(weather);
    const appCreated = await create({ ...app, properties: appProperties(weather, weather), second: 2 });
    expect(appCreated).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: `app/${weather}` });
    expect(await catalog.getLive('app', weather)).toMatchObject({
      enabled: true,
      definition: { agent: weather },
    });

    const wordy = agentProperties(weather, { instructions: 'Answer at length.' });
    const updated = await update({
      ...agent,
      properties: wordy,
      physicalResourceId: `agent/${weather}`,
      second: 3,
    });
    expect(updated.PhysicalResourceId).toBe(`agent/${weather}`);
    expect(updated.Data?.Version).not.toBe(created.Data?.Version);
    expect(await instructionsOf(weather)).toBe('Answer at length.');

    for (const [which, second] of [
      [app, 4],
      [agent, 5],
    ] as const) {
      const physicalResourceId = `${which.kind}/${weather}`;
      const gone = await remove({ ...which, properties: wordy, physicalResourceId, second });
      expect(gone).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: physicalResourceId });
      expect(await catalog.getLive(which.kind, weather)).toBeUndefined();
    }
    expect(await catalog.listVersions('agent', weather)).toHaveLength(2);
  });

  it('gets its old version back when an update is rolled back', async () => {
    const first = agentProperties(weather);
    const second = agentProperties(weather, { instructions: 'Worse.' });
    const physicalResourceId = `agent/${weather}`;
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
    expect(await instructionsOf(weather)).toBe('Answer briefly.');
    expect(await catalog.listVersions('agent', weather)).toHaveLength(2);
  });

  it('keeps its registration when an update is refused and rolled back', async () => {
    const good = agentProperties(weather);
    const bad = agentProperties(weather, { instructions: '' });
    const physicalResourceId = `agent/${weather}`;
    await create({ ...agent, properties: good, second: 1 });
    const refused = await update({ ...agent, properties: bad, old: good, physicalResourceId, second: 2 });
    expect(refused).toMatchObject({ Status: 'FAILED', PhysicalResourceId: physicalResourceId });
    expect(refused.Reason).toContain('Definition.instructions');
    const back = await update({ ...agent, properties: good, old: bad, physicalResourceId, second: 3 });
    expect(back.Status).toBe('SUCCESS');
    expect(await instructionsOf(weather)).toBe('Answer briefly.');
  });

  it('makes a new version of a change of a tool’s code alone', async () => {
    const { ToolCode: _, ...same } = agentProperties(weather);
    const first = await create({
      ...agent,
      properties: { ...same, ToolCode: { forecast: 'one' } },
      second: 1,
    });
    const physicalResourceId = `agent/${weather}`;
    const next = await update({
      ...agent,
      properties: { ...same, ToolCode: { forecast: 'two' } },
      physicalResourceId,
      second: 2,
    });
    expect(next.Data?.Version).not.toBe(first.Data?.Version);
  });

  it('moves to another id: the new one is registered, the old one retired by the cleanup', async () => {
    const renamed = `${weather}-b`;
    await create({ ...agent, properties: agentProperties(weather), second: 1 });
    const updated = await update({
      ...agent,
      properties: agentProperties(renamed),
      old: agentProperties(weather),
      physicalResourceId: `agent/${weather}`,
      second: 2,
    });
    expect(updated.PhysicalResourceId).toBe(`agent/${renamed}`);
    expect(await catalog.getLive('agent', weather)).toBeDefined();
    await remove({
      ...agent,
      properties: agentProperties(weather),
      physicalResourceId: `agent/${weather}`,
      second: 3,
    });
    expect(await catalog.getLive('agent', weather)).toBeUndefined();
    expect(await catalog.getLive('agent', renamed)).toBeDefined();
  });

  it('moves back when the update to another id is rolled back', async () => {
    const renamed = `${weather}-b`;
    const [before, after] = [agentProperties(weather), agentProperties(renamed)];
    await create({ ...agent, properties: before, second: 1 });
    await update({
      ...agent,
      properties: after,
      old: before,
      physicalResourceId: `agent/${weather}`,
      second: 2,
    });
    const back = await update({
      ...agent,
      properties: before,
      old: after,
      physicalResourceId: `agent/${renamed}`,
      second: 3,
    });
    expect(back.PhysicalResourceId).toBe(`agent/${weather}`);
    await remove({ ...agent, properties: after, physicalResourceId: `agent/${renamed}`, second: 4 });
    expect(await catalog.getLive('agent', weather)).toBeDefined();
    expect(await catalog.getLive('agent', renamed)).toBeUndefined();
  });

  it('keeps its registration when its logical id changes: the old one’s delete retires nothing', async () => {
    await create({ ...agent, properties: agentProperties(weather), second: 1 });
    await create({
      ...agent,
      logicalResourceId: 'AgentMoved',
      properties: agentProperties(weather),
      second: 2,
    });
    await remove({
      ...agent,
      properties: agentProperties(weather),
      physicalResourceId: `agent/${weather}`,
      second: 3,
    });
    expect(await catalog.getLive('agent', weather)).toMatchObject({ logicalResourceId: 'AgentMoved' });
  });

  it('can begin again under the same name after it was deleted', async () => {
    await create({ ...agent, properties: agentProperties(weather), second: 1 });
    await remove({
      ...agent,
      properties: agentProperties(weather),
      physicalResourceId: `agent/${weather}`,
      second: 2,
    });
    const again = { ...agent, stackId: stackId('parley-test-weather') };
    expect((await create({ ...again, properties: agentProperties(weather), second: 3 })).Status).toBe(
      'SUCCESS',
    );
    // the deleted stack's last word comes late
    await remove({
      ...agent,
      properties: agentProperties(weather),
      physicalResourceId: `agent/${weather}`,
      second: 4,
    });
    expect(await catalog.getLive('agent', weather)).toMatchObject({ stackId: again.stackId });
  });
});

describe('another stack', () => {
  const other = { ...agent, stackId: stackId('parley-test-other') };

  it('cannot take an id that is in use, is told whose it is, and its rollback harms nothing', async () => {
    await create({ ...agent, properties: agentProperties(weather), second: 1 });
    const refused = await create({
      ...other,
      properties: agentProperties(weather, { instructions: 'Mine.' }),
      second: 2,
    });
    expect(refused.Status).toBe('FAILED');
    expect(refused.Reason).toContain('parley-test-weather');
    const { PhysicalResourceId: physicalResourceId } = refused;
    const gone = await remove({
      ...other,
      properties: agentProperties(weather),
      physicalResourceId,
      second: 3,
    });
    expect(gone.Status).toBe('SUCCESS');
    expect(await instructionsOf(weather)).toBe('Answer briefly.');
  });

  it('may take an id that was retired; then it is the owner', async () => {
    await create({ ...agent, properties: agentProperties(weather), second: 5 });
    await remove({
      ...agent,
      properties: agentProperties(weather),
      physicalResourceId: `agent/${weather}`,
      second: 6,
    });
    expect((await create({ ...other, properties: agentProperties(weather), second: 2 })).Status).toBe(
      'SUCCESS',
    );
    expect((await create({ ...agent, properties: agentProperties(weather), second: 7 })).Status).toBe(
      'FAILED',
    );
    expect(await catalog.getLive('agent', weather)).toMatchObject({ owner: 'parley-test-other' });
  });
});

describe('an event that comes again or late', () => {
  it('changes nothing when it comes again, even after a later one', async () => {
    const first = cloudFormationEvent(address, {
      type: 'Create',
      ...agent,
      properties: agentProperties(weather),
    });
    const one = await deliver(handler, address, first);
    expect(await deliver(handler, address, first)).toEqual(one);
    const physicalResourceId = `agent/${weather}`;
    await update({
      ...agent,
      properties: agentProperties(weather, { instructions: 'New.' }),
      physicalResourceId,
    });
    expect(await deliver(handler, address, first)).toEqual(one);
    expect(await instructionsOf(weather)).toBe('New.');
  });

  it('changes nothing when a later one was applied before', async () => {
    const physicalResourceId = `agent/${weather}`;
    await create({ ...agent, properties: agentProperties(weather), second: 1 });
    await update({
      ...agent,
      properties: agentProperties(weather, { instructions: 'Third.' }),
      physicalResourceId,
      second: 3,
    });
    const late = await update({
      ...agent,
      properties: agentProperties(weather, { instructions: 'Second.' }),
      physicalResourceId,
      second: 2,
    });
    expect(late.Status).toBe('SUCCESS');
    expect(await instructionsOf(weather)).toBe('Third.');
  });

  it('retires nothing when the delete is older than what is live', async () => {
    const physicalResourceId = `agent/${weather}`;
    await create({ ...agent, properties: agentProperties(weather), second: 5 });
    await remove({ ...agent, properties: agentProperties(weather), physicalResourceId, second: 4 });
    expect(await catalog.getLive('agent', weather)).toBeDefined();
  });

  it('brings nothing back when it is older than the delete', async () => {
    const physicalResourceId = `agent/${weather}`;
    await create({ ...agent, properties: agentProperties(weather), second: 1 });
    await remove({ ...agent, properties: agentProperties(weather), physicalResourceId, second: 3 });
    await update({ ...agent, properties: agentProperties(weather), physicalResourceId, second: 2 });
    expect(await catalog.getLive('agent', weather)).toBeUndefined();
  });

  it('brings nothing to life when it comes after its own delete', async () => {
    const physicalResourceId = `agent/${weather}`;
    await remove({ ...agent, properties: agentProperties(weather), physicalResourceId, second: 2 });
    const late = await create({ ...agent, properties: agentProperties(weather), second: 1 });
    expect(late.Status).toBe('SUCCESS');
    expect(await catalog.getLive('agent', weather)).toBeUndefined();
    await create({ ...agent, properties: agentProperties(weather), second: 3 });
    expect(await catalog.getLive('agent', weather)).toBeDefined();
  });

  it('is applied once when it comes twice at the same time, and the last issued of several stands', async () => {
    const physicalResourceId = `agent/${weather}`;
    const events = [1, 2, 3, 4].map((second) =>
      cloudFormationEvent(address, {
        type: second === 1 ? 'Create' : 'Update',
        ...agent,
        properties: agentProperties(weather, { instructions: `Issued at ${second}.` }),
        physicalResourceId: second === 1 ? undefined : physicalResourceId,
        second,
      }),
    );
    await Promise.all([...events, ...events].reverse().map((event) => handler(event, invocation())));
    expect(address.received.map(({ answer }) => answer.Status)).toEqual(
      Array.from({ length: 8 }, () => 'SUCCESS'),
    );
    expect(await instructionsOf(weather)).toBe('Issued at 4.');
  });

  it('retires what a create that was never answered registered', async () => {
    await create({ ...agent, properties: agentProperties(weather), second: 1 });
    const physicalResourceId = 'parley-test-weather-Agent-1ABCDEF';
    await remove({ ...agent, properties: agentProperties(weather), physicalResourceId, second: 2 });
    expect(await catalog.getLive('agent', weather)).toBeUndefined();
  });
});

describe('a registration is refused with a reason that names field and mend', () => {
  const refusal = async (options: Partial<EventOptions>) => {
    const answer = await create({ ...agent, properties: agentProperties(weather), ...options });
    expect(answer.Status).toBe('FAILED');
    expect(await catalog.getLive('agent', weather)).toBeUndefined();
    return answer;
  };

  it('when it is for another stage', async () => {
    const { Reason } = await refusal({ properties: { ...agentProperties(weather), Stage: 'parley-prod' } });
    expect(Reason).toContain(
      'Stage: this registrar is of "parley-test", the registration is for "parley-prod"',
    );
  });

  it('when the app’s agent is unknown or retired', async () => {
    const { Reason } = await create({ ...app, properties: appProperties(weather, 'nobody') });
    expect(Reason).toContain('Definition.agent: there is no agent "nobody"');
    await create({ ...agent, properties: agentProperties(weather) });
    await remove({ ...agent, properties: agentProperties(weather), physicalResourceId: `agent/${weather}` });
    expect((await create({ ...app, properties: appProperties(weather, weather) })).Status).toBe('FAILED');
  });

  it.each([
    [
      'another account',
      'arn:aws:lambda:eu-west-1:999999999999:function:f',
      'arn:aws:lambda:eu-west-1:123456789012',
    ],
    [
      'another region',
      'arn:aws:lambda:us-east-1:123456789012:function:f',
      'arn:aws:lambda:eu-west-1:123456789012',
    ],
    ['no function', 'arn:aws:s3:::bucket', 'expected the ARN of a Lambda function'],
  ])('when a tool is of %s', async (_, functionArn, words) => {
    const tool = { name: 't', description: 'd', input: { type: 'object' }, functionArn, timeoutSeconds: 3 };
    const { Reason } = await refusal({ properties: agentProperties(weather, { tools: [tool] }) });
    expect(Reason).toContain('Definition.tools[0].functionArn');
    expect(Reason).toContain(words);
  });

  it('when several fields are wrong, all at once', async () => {
    const { Reason } = await refusal({
      properties: agentProperties(weather, { instructions: '', tools: 'x', colour: 'red' }),
    });
    for (const words of ['Definition.instructions', 'Definition.tools', 'unknown key "colour"'])
      expect(Reason).toContain(words);
  });

  it('when the definition is too large', async () => {
    const { Reason } = await refusal({
      properties: properties({ id: weather, instructions: 'x'.repeat(110_000) }),
    });
    expect(Reason).toContain('Definition: expected at most 102400 bytes');
  });

  it('when the definition is no JSON; the delete that follows finds nothing to do', async () => {
    const broken = { ...agentProperties(weather), Definition: '{"id":' };
    const requestId = 'request-1';
    const { Reason, PhysicalResourceId } = await refusal({ properties: broken, requestId });
    expect(Reason).toContain('Definition: expected JSON');
    expect(PhysicalResourceId).toBe('invalid/request-1');
    const gone = await remove({ ...agent, properties: broken, physicalResourceId: PhysicalResourceId });
    expect(gone).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'invalid/request-1' });
  });
});

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
      await handler(event, invocation());
      expect(address.received).toEqual([]);
      expect(lines.join('')).toContain('no answer address');
    },
  );

  it.each(['', 'not an address', 'ftp://x/', 'http://127.0.0.1:1/', 'file:///etc/passwd'])(
    'as the answer address, "%s", is survived',
    async (ResponseURL) => {
      const event = cloudFormationEvent(address, { type: 'Delete', ...agent, properties: {} });
      await handler({ ...event, ResponseURL }, invocation(1_000));
      expect(address.received).toEqual([]);
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
        address.received.length = 0;
        const good = cloudFormationEvent(address, {
          type,
          ...agent,
          properties: agentProperties(weather),
          physicalResourceId: type === 'Create' ? undefined : `agent/${weather}`,
        });
        const event = fields.includes(field)
          ? { ...good, [field]: value }
          : { ...good, ResourceProperties: { ...agentProperties(weather), [field]: value } };
        const answer = await deliver(handler, address, event);
        expect(address.received[0]!.bytes).toBeLessThan(4_096);
        expect(answer.PhysicalResourceId).not.toBe('');
        const isExplained = answer.Status === 'SUCCESS' || (type !== 'Delete' && answer.Reason);
        expect(isExplained, `${type} with that ${field} ended ${answer.Status}`).toBeTruthy();
      }
    });
  });

  it('as the request type is answered with what was expected', async () => {
    const event = cloudFormationEvent(address, {
      type: 'Create',
      ...agent,
      properties: agentProperties(weather),
    });
    const answer = await deliver(handler, address, { ...event, RequestType: 'Destroy' });
    expect(answer).toMatchObject({ Status: 'FAILED' });
    expect(answer.Reason).toContain('RequestType: expected Create, Update or Delete');
  });
});

describe('the answer', () => {
  it('is put without a content type, once, below the limit', async () => {
    await create({ ...agent, properties: agentProperties(weather) });
    expect(address.received).toHaveLength(1);
    const [put] = address.received;
    expect(put!.headers['content-type']).toBeUndefined();
    expect(put!.headers['content-length']).toBe(String(put!.bytes));
    expect(put!.bytes).toBeLessThan(1_000);
  });

  it('is put again when the address fails, and the log never has the address', async () => {
    address.faults.push('cut', 503);
    const answer = await create({ ...agent, properties: agentProperties(weather) });
    expect(answer.Status).toBe('SUCCESS');
    expect(lines.join('')).toContain('could not be sent');
    expect(lines.join('')).not.toContain('s3cret');
  });

  it('is not put again when the address refuses it for good', async () => {
    address.faults.push(403);
    const event = cloudFormationEvent(address, {
      type: 'Create',
      ...agent,
      properties: agentProperties(weather),
    });
    await handler(event, invocation());
    expect(address.received).toEqual([]);
    expect(lines.join('')).toContain('was not answered');
  });
});

describe('when the catalog', () => {
  const hangs = new Proxy({} as CatalogStore, { get: () => () => new Promise(() => {}) });

  it('does not answer, a create is answered in time with a reason', async () => {
    handler = createRegistrar({ registry: () => ({ prefix, catalog: hangs }), log: log() });
    const event = cloudFormationEvent(address, {
      type: 'Create',
      ...agent,
      properties: agentProperties(weather),
    });
    await handler(event, invocation(6_100));
    const { answer } = address.received[0]!;
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: `agent/${weather}` });
    expect(answer.Reason).toContain('ran out of time');
  });

  it('does not answer, a delete succeeds in time and the log says what may be left', async () => {
    handler = createRegistrar({ registry: () => ({ prefix, catalog: hangs }), log: log() });
    const event = cloudFormationEvent(address, {
      type: 'Delete',
      ...agent,
      properties: agentProperties(weather),
      physicalResourceId: `agent/${weather}`,
    });
    await handler(event, invocation(6_100));
    expect(address.received[0]!.answer.Status).toBe('SUCCESS');
    expect(lines.join('')).toContain('may be left live');
    expect(lines.join('')).toContain(`"left":"agent/${weather}"`);
  });

  it('fails for a moment, a delete tries again and retires', async () => {
    await create({ ...agent, properties: agentProperties(weather) });
    let failures = 2;
    const flaky: CatalogStore = {
      ...catalog,
      retire: (...call) =>
        (failures -= 1) >= 0 ? Promise.reject(new Error('throttled')) : catalog.retire(...call),
    };
    handler = createRegistrar({ registry: () => ({ prefix, catalog: flaky }), log: log() });
    await remove({ ...agent, properties: agentProperties(weather), physicalResourceId: `agent/${weather}` });
    expect(await catalog.getLive('agent', weather)).toBeUndefined();
  });

  it('is not configured, a create says which variable and a delete succeeds', async () => {
    handler = createRegistrar({
      registry: () => {
        throw new Error('PARLEY_CATALOG_TABLE: expected some text, got nothing');
      },
      log: log(),
    });
    expect((await create({ ...agent, properties: agentProperties(weather) })).Reason).toContain(
      'PARLEY_CATALOG_TABLE',
    );
    const gone = await remove({ ...agent, properties: {}, physicalResourceId: `agent/${weather}` });
    expect(gone.Status).toBe('SUCCESS');
  });
});
