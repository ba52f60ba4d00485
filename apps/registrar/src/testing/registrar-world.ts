import type { CustomResourceHandler } from '@parley/custom-resource/handler';
import { createCatalogStore, type CatalogStore } from '@parley/store/catalog';
import { startTestTables, type TestTables } from '@parley/store/testing';
import { createLog } from '@parley/service/log';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createRegistrar, type RegistrarOptions } from '../handler.ts';
import {
  deliver,
  stackId,
  startAnswerAddress,
  type Answer,
  type AnswerAddress,
} from '@parley/custom-resource/testing';
import { cloudFormationEvent, prefix, type EventOptions, invocation } from './cloudformation.ts';

const stack = stackId('parley-test-weather');
/** The agent and the app of one stack. */
export const agent = { stackId: stack, logicalResourceId: 'Agent', kind: 'agent' as const };
export const app = { stackId: stack, logicalResourceId: 'App', kind: 'app' as const };

type Sent = Omit<EventOptions, 'type'>;

/** A registrar over an embedded DynamoDB, and the CloudFormation that sends it events. Each test has an id of its own. */
export class RegistrarWorld {
  handler!: CustomResourceHandler;
  catalog!: CatalogStore;
  address!: AnswerAddress;
  /** Nothing is registered under it yet. */
  id = '';
  /** What was logged. */
  lines: string[] = [];
  #tables!: TestTables;
  #tests = 0;

  async start(): Promise<void> {
    [this.#tables, this.address] = await Promise.all([startTestTables(), startAnswerAddress()]);
  }

  async close(): Promise<void> {
    await Promise.all([this.#tables.close(), this.address.close()]);
  }

  beginTest(): void {
    this.lines = [];
    this.address.received.length = 0;
    this.address.faults.length = 0;
    this.id = `weather-${(this.#tests += 1)}`;
    this.catalog = createCatalogStore({ client: this.#tables.client, tableName: this.#tables.catalogTable });
    this.useRegistry(() => ({ prefix, catalog: this.catalog }));
  }

  /** Puts another registry behind the handler, such as one that fails. */
  useRegistry(registry: RegistrarOptions['registry']): void {
    this.handler = createRegistrar({ registry, log: createLog({ write: (line) => this.lines.push(line) }) });
  }

  deliver = (event: unknown): Promise<Answer> => deliver(this.handler, this.address, event, invocation());
  event = (options: EventOptions) => cloudFormationEvent(this.address, options);
  create = (options: Sent) => this.deliver(this.event({ type: 'Create', ...options }));
  update = (options: Sent) => this.deliver(this.event({ type: 'Update', ...options }));
  remove = (options: Sent) => this.deliver(this.event({ type: 'Delete', ...options }));
  instructionsOf = async (id: string) => (await this.catalog.getLive('agent', id))?.definition.instructions;
}

/** A world for the tests of one file. */
export function useRegistrarWorld(): RegistrarWorld {
  const world = new RegistrarWorld();
  beforeAll(() => world.start());
  afterAll(() => world.close());
  beforeEach(() => world.beginTest());
  return world;
}
