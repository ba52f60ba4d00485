import { setTimeout as wait } from 'node:timers/promises';
import { parsePhysicalResourceId, physicalResourceId } from '@parley/contract/registration';
import type { Outcome } from '@parley/custom-resource/answer';
import { OutOfTimeError } from '@parley/custom-resource/errors';
import { issuedAtOf, stackNameOf, type EventEnvelope } from '@parley/custom-resource/event';
import {
  createCustomResource,
  stablePhysicalId,
  type CustomResourceHandler,
  type Invocation,
} from '@parley/custom-resource/handler';
import type { Log } from '@parley/service/log';
import type { CatalogStore, Writer } from '@parley/store/catalog';
import { OwnedByAnotherStackError } from '@parley/store/errors';
import { identify, readWanted, type Wanted } from './definition.ts';
import { RegistrationRefusedError } from './errors.ts';

export interface RegistrarOptions {
  /** The stage and its catalog. Asked for with every event, so that a broken configuration is answered too. */
  registry: () => { prefix: string; catalog: CatalogStore };
  log: Log;
}

/**
 * The registrar: takes CloudFormation's events for `Custom::ParleyAgent` and `Custom::ParleyChatApp`
 * and answers every one of them. It never throws, whatever the payload.
 */
export function createRegistrar({ registry, log }: RegistrarOptions): CustomResourceHandler {
  return createCustomResource({
    log,
    outOfTime:
      'the registrar ran out of time, most likely because the catalog table did not answer: deploy again',
    apply: (event, invocation) => register(event, { ...invocation, registry }),
    remove: (event, invocation) => retire(event, { ...invocation, registry }),
    failed: failure,
    removedAnyway: deletedAnyway,
  });
}

interface Work extends Invocation {
  registry: RegistrarOptions['registry'];
}

async function register(event: EventEnvelope, { registry, functionArn, log }: Work): Promise<Outcome> {
  const { requestType, resourceType, properties, requestId, logicalResourceId } = event;
  if (!requestType) {
    throw new RegistrationRefusedError([
      { field: 'RequestType', message: 'expected Create, Update or Delete' },
    ]);
  }
  const writer = writerOf(event);
  if (!writer) {
    const message =
      'expected texts as CloudFormation sends them: deploy the resource with a stack, do not invoke the registrar';
    throw new RegistrationRefusedError([
      {
        field: 'StackId, RequestId, LogicalResourceId',
        message: `${message}, got ${shown({ requestId, logicalResourceId })}`,
      },
    ]);
  }
  const { prefix, catalog } = registry();
  const wanted = readWanted({ resourceType, properties, prefix, functionArn });
  await requireAgent(catalog, wanted);
  const { outcome, version } = await catalog.register({ ...wanted, ...writer });
  log.info('registration', { outcome, kind: wanted.kind, id: wanted.id, version });
  const { kind, id } = wanted;
  return {
    status: 'SUCCESS',
    physicalResourceId: physicalResourceId(kind, id),
    data: { Id: id, Version: version },
  };
}

async function requireAgent(catalog: CatalogStore, { definition }: Wanted): Promise<void> {
  if (!('agent' in definition) || (await catalog.getLive('agent', definition.agent))) return;
  const message = `there is no agent "${definition.agent}" in this stage: deploy the stack that registers it first, or correct the id`;
  throw new RegistrationRefusedError([{ field: 'Definition.agent', message }]);
}

const retireAttempts = 3;
const retirePauseMilliseconds = 200;

async function retire(event: EventEnvelope, { registry, log }: Work): Promise<Outcome> {
  const writer = writerOf(event);
  const target =
    parsePhysicalResourceId(event.physicalResourceId) ?? identify(event.resourceType, event.properties);
  if (!writer || !target) {
    log.info('nothing to retire: the event names no registration');
    return { status: 'SUCCESS', physicalResourceId: stablePhysicalId(event) };
  }
  const { catalog } = registry();
  for (let attempt = 1; ; attempt += 1) {
    try {
      const outcome = await catalog.retire(target.kind, target.id, writer);
      log.info('retirement', { outcome, kind: target.kind, id: target.id });
      return { status: 'SUCCESS', physicalResourceId: stablePhysicalId(event) };
    } catch (error) {
      if (attempt === retireAttempts) throw error;
      log.error('the registration could not be retired yet', error, { attempt });
      await wait(retirePauseMilliseconds * attempt);
    }
  }
}

/**
 * A delete that fails would block the stack's deletion, or its rollback, on something the stack's owner
 * cannot mend. So it succeeds, and the log asks an operator to retire what may be left.
 */
function deletedAnyway(event: EventEnvelope, error: unknown, { log }: Invocation): Outcome {
  log.error(
    'a registration may be left live although its stack is gone: retire it by hand, or deploy and delete the stack again',
    error,
    { left: stablePhysicalId(event) },
  );
  return { status: 'SUCCESS', physicalResourceId: stablePhysicalId(event) };
}

function failure(event: EventEnvelope, error: unknown, { log }: Invocation): Outcome {
  const { resourceType, properties } = event;
  const refusal = refusalOf(error);
  if (refusal) log.warn('the registration is refused', { reason: refusal });
  else log.error('the registration failed', error);
  const wanted = event.requestType === 'Create' ? identify(resourceType, properties) : undefined;
  const physicalId = wanted ? physicalResourceId(wanted.kind, wanted.id) : stablePhysicalId(event);
  return { status: 'FAILED', physicalResourceId: physicalId, reason: refusal ?? unexpectedReason(error) };
}

function writerOf({ stackId, requestId, logicalResourceId, responseUrl }: EventEnvelope): Writer | undefined {
  const owner = stackNameOf(stackId);
  if (!owner || !requestId || !logicalResourceId) return undefined;
  const issuedAt = issuedAtOf(responseUrl);
  return { owner, stackId, logicalResourceId, requestId, ...(issuedAt ? { issuedAt } : {}) };
}

/** The reason of an error that the stack's author can mend, and nobody else need look at. */
function refusalOf(error: unknown): string | undefined {
  const isRefusal = error instanceof RegistrationRefusedError || error instanceof OwnedByAnotherStackError;
  return isRefusal ? error.message : undefined;
}

function unexpectedReason(error: unknown): string {
  if (error instanceof OutOfTimeError) return error.message;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : shown(error);
  return `the registrar failed, deploy again: ${what}`;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 200);
}
