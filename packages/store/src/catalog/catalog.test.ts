import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { agentDefinition } from '@parley/contract/agent';
import { chatAppDefinition } from '@parley/contract/chat-app';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createCatalogStore,
  type CatalogStore,
  type LiveEntry,
  type Registration,
  type Writer,
} from './catalog.ts';
import { OwnedByAnotherStackError } from '../errors.ts';
import { manualClock, type ManualClock } from '../testing/clocks.ts';
import { withFaults, type Call } from '../testing/faults.ts';
import { startTestTables, type TestTables } from '../testing/tables.ts';

let tables: TestTables;
let clock: ManualClock;
let catalog: CatalogStore;
let id: string;
let unreadable: Error[];
beforeAll(async () => {
  tables = await startTestTables();
});
afterAll(() => tables.close());
beforeEach(() => {
  clock = manualClock();
  unreadable = [];
  catalog = newCatalog(tables.client);
  id = newId();
});

function newCatalog(client: TestTables['client']): CatalogStore {
  const onUnreadable = (error: Error): void => void unreadable.push(error);
  return createCatalogStore({ client, tableName: tables.catalogTable, clock, onUnreadable });
}

const newId = () => `a${randomUUID().replaceAll('-', '')}`;
const at = (seconds: number) => new Date(Date.parse('2026-01-01T00:00:00Z') + seconds * 1_000).toISOString();
const definitionOf = (appId: string, title: string) =>
  chatAppDefinition.parse({ id: appId, title, agent: appId });

/** An event of stack `owner` about the app `id`. */
function writerOf(owner: string, seconds?: number, more: Partial<Writer> = {}): Writer {
  const issued = seconds === undefined ? {} : { issuedAt: at(seconds) };
  return {
    owner,
    stackId: `arn:${owner}/1`,
    logicalResourceId: 'ChatApp',
    requestId: randomUUID(),
    ...issued,
    ...more,
  };
}

function registrationOf(title: string, writer: Writer = writerOf('one')): Registration<'app'> {
  return { kind: 'app', id, definition: definitionOf(id, title), toolCode: {}, ...writer };
}

const live = async (which = id) => (await catalog.getLive('app', which))?.definition.title;

describe('registering', () => {
  it('makes the content live, says so, and keeps every version', async () => {
    const first = await catalog.register(registrationOf('A', writerOf('one', 1)));
    expect(first.outcome).toBe('registered');
    expect(await catalog.getLive('app', id)).toEqual({
      kind: 'app',
      id,
      version: first.version,
      definition: definitionOf(id, 'A'),
      enabled: true,
      override: {},
      toolCode: {},
      owner: 'one',
      stackId: 'arn:one/1',
      logicalResourceId: 'ChatApp',
      retired: false,
      updatedAt: at(0),
    });
    await clock.advance(1_000);
    const second = await catalog.register(registrationOf('B', writerOf('one', 2)));
    expect(await live()).toBe('B');
    expect((await catalog.listVersions('app', id)).map(({ version }) => version)).toEqual([
      second.version,
      first.version,
    ]);
    expect((await catalog.getVersion('app', id, first.version))?.definition.title).toBe('A');
    expect(await catalog.getVersion('app', id, 'unknown')).toBeUndefined();
  });

  it('takes a change of a tool’s code alone as a version, and the order of keys as none', async () => {
    const toolCode = { look: '1', find: '2' };
    const first = await catalog.register({ ...registrationOf('A'), toolCode });
    const sorted = { find: '2', look: '1' };
    expect(await catalog.register({ ...registrationOf('A'), toolCode: sorted })).toEqual({
      outcome: 'unchanged',
      version: first.version,
    });
    const changed = await catalog.register({ ...registrationOf('A'), toolCode: { ...toolCode, look: '3' } });
    expect(changed.outcome).toBe('registered');
    expect((await catalog.getLive('app', id))?.toolCode).toEqual({ look: '3', find: '2' });
  });

  it('goes back with a rollback, which is a new event with old content', async () => {
    const first = await catalog.register(registrationOf('A', writerOf('one', 1)));
    await catalog.register(registrationOf('B', writerOf('one', 2)));
    expect(await catalog.register(registrationOf('A', writerOf('one', 3)))).toEqual({ ...first });
    expect(await live()).toBe('A');
    expect(await catalog.listVersions('app', id)).toHaveLength(2);
  });

  it('changes nothing when an event is repeated, even after others', async () => {
    const event = registrationOf('A', writerOf('one'));
    await catalog.register(event);
    await catalog.register(registrationOf('B'));
    expect((await catalog.register(event)).outcome).toBe('repeated');
    expect(await live()).toBe('B');
  });

  it('changes nothing when an older event comes after a newer one', async () => {
    await catalog.register(registrationOf('B', writerOf('one', 2)));
    expect((await catalog.register(registrationOf('A', writerOf('one', 1)))).outcome).toBe('stale');
    expect(await live()).toBe('B');
    expect((await catalog.register(registrationOf('C', writerOf('one', 2)))).outcome).toBe('registered');
  });

  it('refuses another stack’s id, and names the owner', async () => {
    await catalog.register(registrationOf('A', writerOf('one', 5)));
    for (const seconds of [1, 9, undefined]) {
      const refused = catalog.register(registrationOf('B', writerOf('two', seconds)));
      await expect(refused).rejects.toBeInstanceOf(OwnedByAnotherStackError);
      await expect(refused).rejects.toThrow(
        `id "${id}" belongs to stack "one", so stack "two" cannot register it`,
      );
    }
    expect(await live()).toBe('A');
    expect(await catalog.listVersions('app', id)).toHaveLength(1);
  });

  it('has one winner when two stacks come at the same time', async () => {
    for (let i = 0; i < 10; i += 1) {
      id = newId();
      const results = await Promise.allSettled(
        ['one', 'two', 'three'].map((owner) => catalog.register(registrationOf(owner, writerOf(owner)))),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const entry = await catalog.getLive('app', id);
      expect(entry?.definition.title).toBe(entry?.owner);
    }
  });

  it('says what it did although the answer to its write was lost and the client repeated it', async () => {
    const client = tables.newClient();
    let lost = 0;
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'PutItemCommand') {
            await next(args);
            lost += 1;
          }
          return next(args);
        },
      { step: 'initialize', name: 'lose-answers' },
    );
    expect((await newCatalog(client).register(registrationOf('A'))).outcome).toBe('registered');
    expect(lost).toBe(2);
    expect(await live()).toBe('A');
  });
});

describe('retiring', () => {
  it('hides the app, keeps its versions, and frees its id', async () => {
    await catalog.register(registrationOf('A', writerOf('one', 1)));
    expect(await catalog.retire('app', id, writerOf('one', 2))).toBe('retired');
    expect(await catalog.getLive('app', id)).toBeUndefined();
    expect(await catalog.getLive('app', id, { includeRetired: true })).toMatchObject({
      retired: true,
      owner: 'one',
    });
    expect(await catalog.listVersions('app', id)).toHaveLength(1);
    expect((await catalog.register(registrationOf('B', writerOf('two', 1)))).outcome).toBe('registered');
    expect(await live()).toBe('B');
  });

  it('happens only for the last writer’s own resource', async () => {
    await catalog.register(registrationOf('A', writerOf('one', 1)));
    for (const more of [{ stackId: 'arn:one/2' }, { logicalResourceId: 'Other' }, { stackId: 'arn:two/1' }]) {
      expect(await catalog.retire('app', id, writerOf('one', 2, more))).toBe('not-owner');
    }
    expect(await live()).toBe('A');
  });

  it('does not happen for a late or repeated delete', async () => {
    const remove = writerOf('one', 2);
    await catalog.register(registrationOf('A', writerOf('one', 1)));
    await catalog.retire('app', id, remove);
    await catalog.register(registrationOf('B', writerOf('one', 4)));
    expect(await catalog.retire('app', id, remove)).toBe('repeated');
    expect(await catalog.retire('app', id, writerOf('one', 3))).toBe('stale');
    expect(await live()).toBe('B');
  });

  it('falls back to what another resource of the stack registered, until that one is gone too', async () => {
    const renamed = { logicalResourceId: 'Renamed' };
    await catalog.register(registrationOf('A', writerOf('one', 1)));
    await catalog.register(registrationOf('B', writerOf('one', 2, renamed)));
    expect(await catalog.retire('app', id, writerOf('one', 3, renamed))).toBe('fell-back');
    expect(await catalog.getLive('app', id)).toMatchObject({
      definition: { title: 'A' },
      logicalResourceId: 'ChatApp',
    });
    await catalog.register(registrationOf('C', writerOf('one', 4, renamed)));
    expect(await catalog.retire('app', id, writerOf('one', 5))).toBe('withdrawn');
    expect(await live()).toBe('C');
    expect(await catalog.retire('app', id, writerOf('one', 6, renamed))).toBe('retired');
    expect(await live()).toBeUndefined();
  });

  it('understands a pointer that was written before claims were kept', async () => {
    const { version } = await catalog.register(registrationOf('A', writerOf('one', 1)));
    const { owner, stackId, logicalResourceId } = writerOf('one');
    const Item = { pk: 'live#app', sk: id, id, version, owner, stackId, logicalResourceId, events: [] };
    await tables.documents.send(
      new PutCommand({
        TableName: tables.catalogTable,
        Item: { ...Item, retired: false, revision: 1, updatedAt: at(1) },
      }),
    );
    await catalog.register(registrationOf('B', writerOf('one', 2, { logicalResourceId: 'Renamed' })));
    const gone = writerOf('one', 3, { logicalResourceId: 'Renamed' });
    expect(await catalog.retire('app', id, gone)).toBe('fell-back');
    expect(await live()).toBe('A');
  });

  it('lets nothing of before come to life afterwards', async () => {
    const create = registrationOf('A', writerOf('one', 1));
    await catalog.register(create);
    await catalog.retire('app', id, writerOf('one', 3));
    expect((await catalog.register(create)).outcome).toBe('repeated');
    expect((await catalog.register(registrationOf('B', writerOf('one', 2)))).outcome).toBe('stale');
    expect(await live()).toBeUndefined();
  });

  it('of what never was is noted, so that a create still on its way finds itself stale', async () => {
    expect(await catalog.retire('app', id, writerOf('one', 2))).toBe('absent');
    expect((await catalog.register(registrationOf('A', writerOf('one', 1)))).outcome).toBe('stale');
    expect(await catalog.getLive('app', id, { includeRetired: true })).toBeUndefined();
    expect((await catalog.register(registrationOf('A', writerOf('one', 3)))).outcome).toBe('registered');
  });
});

describe('any sequence of events', () => {
  const title = fc.constantFrom('A', 'B', 'C');
  const action = fc.oneof({ weight: 3, arbitrary: title }, { weight: 1, arbitrary: fc.constant(undefined) });

  it('of one stack ends as its last event says, however they were delivered', async () => {
    const deliveries = fc.array(action, { minLength: 1, maxLength: 6 }).chain((actions) =>
      fc.record({
        actions: fc.constant(actions),
        order: fc.array(fc.nat(actions.length - 1), { maxLength: 6 }).chain((repeated) =>
          fc.shuffledSubarray([...actions.keys(), ...repeated], {
            minLength: actions.length + repeated.length,
          }),
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ actions, order }) => {
        id = newId();
        const writers = actions.map((_, i) => writerOf('one', i));
        for (const i of order) {
          const [what, writer] = [actions[i], writers[i]!];
          if (what === undefined) await catalog.retire('app', id, writer);
          else await catalog.register(registrationOf(what, writer));
        }
        expect(await live()).toBe(actions.at(-1));
      }),
      { numRuns: 40 },
    );
  });

  it('of several stacks changes only what its answer says', async () => {
    const event = fc.record({
      action,
      owner: fc.constantFrom('one', 'two'),
      seconds: fc.option(fc.nat(6), { nil: undefined }),
      logicalResourceId: fc.constantFrom('ChatApp', 'Other'),
      requestId: fc.nat(9),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12 }), async (events) => {
        id = newId();
        let before = await catalog.getLive('app', id);
        const applied = new Set<string>();
        for (const { action: what, owner, seconds, logicalResourceId, requestId } of events) {
          const writer = writerOf(owner, seconds, { logicalResourceId, requestId: `${requestId}` });
          const outcome = await outcomeOf(what, writer);
          const after = await catalog.getLive('app', id);
          expect(applied.has(writer.requestId) ? outcome : 'repeated').toBe('repeated');
          expect({
            outcome,
            what,
            writer,
            before,
            after,
            agrees: agrees(outcome, what, writer, before, after),
          }).toMatchObject({
            agrees: true,
          });
          if (['registered', 'unchanged', 'retired', 'fell-back', 'withdrawn', 'absent'].includes(outcome))
            applied.add(writer.requestId);
          before = after;
        }
      }),
      { numRuns: 40 },
    );
  });

  async function outcomeOf(what: string | undefined, writer: Writer): Promise<string> {
    if (what === undefined) return catalog.retire('app', id, writer);
    try {
      return (await catalog.register(registrationOf(what, writer))).outcome;
    } catch (error) {
      if (error instanceof OwnedByAnotherStackError) return 'foreign';
      throw error;
    }
  }

  it('that come at the same time ends as the last one says', async () => {
    for (let round = 0; round < 5; round += 1) {
      id = newId();
      const events = Array.from({ length: 6 }, (_, i) => registrationOf(`T${i}`, writerOf('one', i)));
      await Promise.all(events.map((each) => catalog.register(each)));
      expect(await live()).toBe('T5');
    }
  });
});

describe('an operator’s override', () => {
  it('wins over the definition, survives a deploy, and can be taken away', async () => {
    await catalog.register(registrationOf('A'));
    await catalog.setOverride('app', id, {
      enabled: false,
      access: { groups: ['staff'] },
      model: { provider: 'demo' },
    });
    await catalog.register(registrationOf('B'));
    expect(await catalog.getLive('app', id)).toMatchObject({
      enabled: false,
      model: { provider: 'demo' },
      definition: { title: 'B', access: { groups: ['staff'] } },
    });
    await catalog.setOverride('app', id, undefined);
    const entry = await catalog.getLive('app', id);
    expect(entry).toMatchObject({ enabled: true, override: {}, definition: { access: 'signed-in' } });
    expect(entry).not.toHaveProperty('model');
  });

  it('replaces the model of an agent', async () => {
    const definition = agentDefinition.parse({ id, instructions: 'Be brief.' });
    await catalog.register({ kind: 'agent', id, definition, toolCode: {}, ...writerOf('one') });
    await catalog.setOverride('agent', id, { model: { provider: 'demo' } });
    expect((await catalog.getLive('agent', id))?.definition.model).toEqual({ provider: 'demo' });
    expect((await catalog.listVersions('agent', id))[0]?.definition.model).toBeUndefined();
  });

  it('of an id that never was changes nothing for its neighbours', async () => {
    await catalog.register(registrationOf('A'));
    await catalog.setOverride('app', `${id}-more`, { enabled: false });
    await catalog.setOverride('app', `${id}0`, { enabled: false });
    expect(await catalog.getLive('app', id)).toMatchObject({ enabled: true });
    expect(await catalog.getLive('app', `${id}-more`)).toBeUndefined();
  });
});

describe('listing', () => {
  beforeEach(async () => {
    await tables.close();
    tables = await startTestTables();
    catalog = newCatalog(tables.client);
  });

  it('shows what is live, by id, with overrides, in one query and no read of a known version', async () => {
    const calls: Call[] = [];
    catalog = newCatalog(withFaults(tables.newClient(), (call) => void calls.push(call)));
    for (const each of ['rain', 'rain-2', 'wind', 'gone']) {
      id = each;
      await catalog.register(registrationOf(each, writerOf('one', 1)));
    }
    await catalog.retire('app', 'gone', writerOf('one', 2));
    await catalog.retire('app', 'never', writerOf('one', 2));
    await catalog.setOverride('app', 'rain', { enabled: false });
    const shown = async (includeRetired?: boolean) =>
      (await catalog.listLive('app', { includeRetired })).map((each) => [each.id, each.enabled]);
    expect(await shown()).toEqual([
      ['rain', false],
      ['rain-2', true],
      ['wind', true],
    ]);
    expect((await shown(true)).map(([each]) => each)).toEqual(['gone', 'rain', 'rain-2', 'wind']);
    const before = calls.length;
    await catalog.listLive('app');
    expect(calls.slice(before).map(({ command }) => command)).toEqual(['Query']);
    expect(await catalog.countLive()).toBe(3);
    expect(await catalog.listLive('agent')).toEqual([]);
  });

  it('leaves out and reports what cannot be read, whose error names item and field', async () => {
    for (const each of ['good', 'odd', 'worse']) {
      id = each;
      await catalog.register(registrationOf('A'));
    }
    const odd = (await catalog.listVersions('app', 'odd'))[0]!.version;
    const put = (Item: Record<string, unknown>) =>
      tables.documents.send(new PutCommand({ TableName: tables.catalogTable, Item }));
    await put({
      pk: 'app#odd',
      sk: `version#${odd}`,
      version: odd,
      definition: '{"id":7}',
      toolCode: '{}',
      createdAt: at(0),
    });
    await put({ pk: 'live#app', sk: 'worse', id: 'worse' });
    const fresh = newCatalog(tables.client);
    expect((await fresh.listLive('app')).map((each) => each.id)).toEqual(['good']);
    expect(unreadable.map(({ message }) => message).join('\n')).toMatch(
      /live#app \/ worse cannot be read:\n.*version#.*definition.id/s,
    );
    await expect(fresh.getLive('app', 'odd')).rejects.toMatchObject({ code: 'unreadable-item' });
  });
});

type Entry = LiveEntry<'app'> | undefined;

/** Whether the entry after an event differs from that before as the outcome says, and not otherwise. */
function agrees(
  outcome: string,
  what: string | undefined,
  writer: Writer,
  before: Entry,
  after: Entry,
): boolean {
  const isSame = isDeepStrictEqual(before, after);
  const isOwn = before === undefined || before.owner === writer.owner;
  const isTitleSame = before?.definition.title === what;
  const isResourceOf = (entry: Entry) =>
    entry?.owner === writer.owner && entry.logicalResourceId === writer.logicalResourceId;
  switch (outcome) {
    case 'registered':
      return isResourceOf(after) && after?.definition.title === what && isOwn && !isTitleSame;
    case 'unchanged':
      return isResourceOf(after) && after?.definition.title === what && isOwn && isTitleSame;
    case 'retired':
      return after === undefined && isResourceOf(before);
    case 'fell-back':
      return isResourceOf(before) && after?.stackId === writer.stackId && !isResourceOf(after);
    case 'withdrawn':
      return isSame && before?.stackId === writer.stackId && !isResourceOf(before);
    case 'foreign':
      return isSame && !isOwn;
    case 'absent':
      return isSame && before === undefined;
    default:
      return isSame;
  }
}
