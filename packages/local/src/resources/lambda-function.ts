import { ResourceError } from '../errors.ts';
import { snapshotOf } from '../functions/find-function.ts';
import { storeCode } from '../functions/store-code.ts';
import type { StackStore } from '../state/stack-store.ts';
import { objectAt, textAt } from '@parley/assembly/values';
import type { ResourceHandler, ResourceRequest, ResourceResult } from './handler.ts';
import { arn, generatedName } from './physical-names.ts';

export interface FunctionParts {
  store: StackStore;
  dataFolder: string;
  /** Path of a file asset of the named stack's assembly. */
  asset(stack: string, objectKey: string): string | undefined;
}

/** `AWS::Lambda::Function`: its code is kept, its process starts at the first invocation. */
export function lambdaFunction({ store, dataFolder, asset }: FunctionParts): ResourceHandler {
  return {
    async create(request): Promise<ResourceResult> {
      const { properties, stack } = request;
      const name = textAt(properties, 'FunctionName') ?? generatedName(request).slice(-64);
      const runtime = textAt(properties, 'Runtime') ?? 'none';
      if (!runtime.startsWith('nodejs')) {
        throw new ResourceError(
          `Runtime ${runtime}: local running has only Node functions (nodejs22.x, nodejs24.x…).`,
        );
      }
      refuseDuplicate(store, request, name);
      const codeKey = await storeCode(dataFolder, objectAt(properties, 'Code'), (key) =>
        asset(stack.name, key),
      );
      return { physicalId: name, attributes: { Arn: arn('lambda', request, `function:${name}`), codeKey } };
    },
  };
}

function refuseDuplicate(store: StackStore, request: ResourceRequest, name: string): void {
  const other = store.find('AWS::Lambda::Function', name);
  if (!other || (other.stack.name === request.stack.name && other.logicalId === request.logicalId)) return;
  throw new ResourceError(
    `A function named ${name} exists already: ${other.logicalId} of ${other.stack.name}. Give one of them another name.`,
  );
}

/** `AWS::Lambda::Version`: keeps the function as it is at this moment. */
export function lambdaVersion(store: StackStore): ResourceHandler {
  return {
    create(request) {
      const found = functionOf(store, request);
      const functionArn = textAt(found.record.attributes, 'Arn') ?? '';
      const numbers = store
        .ofType('AWS::Lambda::Version')
        .filter(({ record }) => record.physicalId.startsWith(`${functionArn}:`))
        .map(({ record }) => Number(record.physicalId.split(':').at(-1)));
      const version = String(Math.max(0, ...numbers) + 1);
      const attributes = {
        Version: version,
        FunctionArn: `${functionArn}:${version}`,
        function: snapshotOf(found.record),
      };
      return { physicalId: `${functionArn}:${version}`, attributes };
    },
    update: (_request, before) => ({ physicalId: before.physicalId, attributes: before.attributes }),
  };
}

/** `AWS::Lambda::Alias` */
export function lambdaAlias(store: StackStore): ResourceHandler {
  return {
    create(request) {
      const { record } = functionOf(store, request);
      const aliasArn = `${textAt(record.attributes, 'Arn')}:${textAt(request.properties, 'Name')}`;
      return { physicalId: aliasArn, attributes: { AliasArn: aliasArn } };
    },
  };
}

function functionOf(store: StackStore, { properties }: ResourceRequest) {
  const named = textAt(properties, 'FunctionName') ?? '';
  const found = store.find('AWS::Lambda::Function', named.split(':function:').at(-1) ?? '');
  if (found) return found;
  throw new ResourceError(`FunctionName ${named} names no function of the running stacks.`);
}
