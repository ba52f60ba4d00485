import type { EventListener, ResourceAction } from '../events.ts';
import { messageOf } from '@parley/assembly/errors';
import { ResourceError } from '../errors.ts';
import type { ResourceRequest } from '../resources/handler.ts';
import type { Handlers } from '../resources/handlers.ts';
import type { ResourceRecord, StackState } from '../state/records.ts';
import type { StackStore } from '../state/stack-store.ts';
import type { JsonObject } from '@parley/assembly/values';

export interface DeployContext {
  store: StackStore;
  handlers: Handlers;
  emit: EventListener;
}

/** What one step did, so that it can be undone. */
interface Step {
  logicalId: string;
  before: ResourceRecord | undefined;
  after: ResourceRecord;
  adopted: boolean;
}

/** A resource as the template wants it. */
export interface WantedResource {
  type: string;
  properties: JsonObject;
  dependsOn: string[];
  retain: boolean;
}

/** Types whose deletion loses data. */
const keepsData = new Set(['AWS::DynamoDB::Table', 'AWS::S3::Bucket']);

/**
 * The changes made to one stack in one update, in order, with the way back: like CloudFormation, a failure
 * replays the old properties of what was updated and deletes what was created.
 */
export class StackRun {
  readonly #stack: StackState;
  readonly #context: DeployContext;
  readonly #steps: Step[] = [];

  constructor(stack: StackState, context: DeployContext) {
    this.#stack = stack;
    this.#context = context;
  }

  get changed(): string[] {
    return this.#steps.map(({ logicalId }) => logicalId);
  }

  /** Create the resource, or change it to what is wanted. */
  async apply(logicalId: string, wanted: WantedResource): Promise<void> {
    const before = this.#stack.resources[logicalId];
    const usable = before?.status === 'complete' && before.type === wanted.type ? before : undefined;
    const request = this.#request(logicalId, wanted);
    try {
      if (usable) await this.#update(request, wanted, usable);
      else await this.#create(request, wanted, before);
    } catch (error) {
      this.#emit(logicalId, wanted.type, 'failed', messageOf(error));
      throw new ResourceError(`${logicalId} (${wanted.type}): ${messageOf(error)}`, { cause: error });
    }
  }

  async #create(request: ResourceRequest, wanted: WantedResource, other?: ResourceRecord): Promise<void> {
    const { logicalId, type } = request;
    const handler = this.#context.handlers.of(type);
    const record: ResourceRecord = { ...wanted, status: 'creating', physicalId: '', attributes: {} };
    const step: Step = { logicalId, before: other, after: record, adopted: false };
    if (other?.status === 'complete') this.#stack.cleanup.push({ logicalId, record: other });
    this.#steps.push(step);
    this.#stack.resources[logicalId] = record;
    await this.#context.store.save();
    const { adopted, ...result } = await handler.create(request);
    step.adopted = adopted === true;
    Object.assign(record, result, { status: 'complete' });
    await this.#context.store.save();
    this.#emit(logicalId, type, 'created');
  }

  async #update(request: ResourceRequest, wanted: WantedResource, before: ResourceRecord): Promise<void> {
    const { logicalId, type } = request;
    const handler = this.#context.handlers.of(type);
    // Should it fail, the resource may have taken over some of the new properties already.
    const attempted: ResourceRecord = { ...before, properties: wanted.properties };
    const step: Step = { logicalId, before, after: attempted, adopted: false };
    this.#steps.push(step);
    const { physicalId, attributes } = await (handler.update ?? handler.create)(request, before);
    step.after = { ...wanted, status: 'complete', physicalId, attributes };
    this.#stack.resources[logicalId] = step.after;
    const replaced = physicalId !== before.physicalId;
    if (replaced) this.#stack.cleanup.push({ logicalId, record: before });
    await this.#context.store.save();
    this.#emit(logicalId, type, replaced ? 'replaced' : 'updated');
  }

  /** Delete what the stack no longer has, and the old halves of replaced resources. Failures are reported only. */
  async cleanUp(wanted: Set<string>): Promise<void> {
    const gone = Object.keys(this.#stack.resources).filter((logicalId) => !wanted.has(logicalId));
    for (const logicalId of dependentsFirst(this.#stack, gone)) {
      const record = this.#stack.resources[logicalId];
      delete this.#stack.resources[logicalId];
      if (record) this.#stack.cleanup.push({ logicalId, record });
    }
    await this.#context.store.save();
    await this.emptyCleanup();
  }

  /** Delete everything on the stack's cleanup list. */
  async emptyCleanup(): Promise<void> {
    for (let next = this.#stack.cleanup[0]; next; next = this.#stack.cleanup[0]) {
      if (!this.#livesOn(next.record)) await this.#remove(next.logicalId, next.record, 'removed');
      this.#stack.cleanup.shift();
      await this.#context.store.save();
    }
  }

  /** Undo every step, last first. Failures on the way are reported and do not stop it. */
  async rollBack(): Promise<void> {
    for (const step of this.#steps.toReversed()) {
      if (step.before?.status === 'complete' && step.before.type === step.after.type)
        await this.#restore(step);
      else await this.#discard(step);
      await this.#context.store.save();
    }
    await this.emptyCleanup();
  }

  async #restore({ logicalId, before, after }: Step): Promise<void> {
    if (!before) return;
    const { type, properties } = before;
    const handler = this.#context.handlers.of(type);
    let record = before;
    try {
      const request = this.#request(logicalId, { type, properties });
      const result = await (handler.update ?? handler.create)(request, after);
      record = { ...before, physicalId: result.physicalId, attributes: result.attributes };
      this.#emit(logicalId, type, 'rolled-back');
    } catch (error) {
      this.#emit(logicalId, type, 'failed', `While rolling back: ${messageOf(error)}`);
    }
    this.#stack.resources[logicalId] = record;
    // The old half lives again; the new one, if there is one, goes.
    this.#stack.cleanup = this.#stack.cleanup.filter((item) => item.record !== before);
    const fresh = after.physicalId !== record.physicalId;
    if (fresh) this.#stack.cleanup.push({ logicalId, record: after });
  }

  async #discard({ logicalId, before, after, adopted }: Step): Promise<void> {
    if (!adopted) await this.#remove(logicalId, { ...after, retain: false }, 'rolled-back');
    delete this.#stack.resources[logicalId];
    if (before?.status !== 'complete') return;
    this.#stack.resources[logicalId] = before;
    this.#stack.cleanup = this.#stack.cleanup.filter(({ record }) => record !== before);
  }

  async #remove(logicalId: string, record: ResourceRecord, action: ResourceAction): Promise<void> {
    try {
      if (!record.retain) {
        await this.#context.handlers.of(record.type).remove?.(this.#request(logicalId, record), record);
      }
      this.#emit(logicalId, record.type, action);
    } catch (error) {
      this.#emit(logicalId, record.type, 'failed', `Could not be deleted: ${messageOf(error)}`);
    }
  }

  /** Whether a record of the stack stands for the very same thing: then it must not be deleted. */
  #livesOn({ type, physicalId }: ResourceRecord): boolean {
    // A custom resource's function tells by the logical id who may delete: it always gets its event.
    if (!keepsData.has(type)) return false;
    return Object.values(this.#stack.resources).some(
      (record) => record.type === type && record.physicalId === physicalId,
    );
  }

  #request(
    logicalId: string,
    { type, properties }: Pick<WantedResource, 'type' | 'properties'>,
  ): ResourceRequest {
    return { stack: this.#stack, logicalId, type, properties };
  }

  #emit(logicalId: string, resourceType: string, action: ResourceAction, reason?: string): void {
    const event = { type: 'resource' as const, stack: this.#stack.name, logicalId, resourceType, action };
    this.#context.emit(reason === undefined ? event : { ...event, reason });
  }
}

/** Logical ids so that each comes before those it depends on: the order of deletion. */
export function dependentsFirst(stack: StackState, logicalIds: string[]): string[] {
  const waiting = new Set(logicalIds);
  const order: string[] = [];
  const visit = (logicalId: string): void => {
    if (!waiting.delete(logicalId)) return;
    for (const [other, record] of Object.entries(stack.resources)) {
      if (record.dependsOn.includes(logicalId)) visit(other);
    }
    order.push(logicalId);
  };
  for (const logicalId of logicalIds) visit(logicalId);
  return order;
}
