import { join } from 'node:path';
import { AwsError } from '../errors.ts';
import { shortHash } from '../resources/physical-names.ts';
import type { PlacedResource } from '../state/records.ts';
import type { StackStore } from '../state/stack-store.ts';
import {
  type JsonObject,
  canonicalJson,
  isObject,
  numberAt,
  objectAt,
  textAt,
  textOf,
} from '@parley/assembly/values';
import type { FunctionSpec } from './function-spec.ts';

const defaultConcurrency = 8;
const reference =
  /^(?:(?:arn:aws:lambda:[^:]+:)?\d{12}:function:|arn:aws:lambda:[^:]+:\d{12}:function:)?([A-Za-z0-9_-]{1,64})(?::(\$LATEST|[A-Za-z0-9_-]{1,128}))?$/;

/**
 * The function a client names by name, ARN or partial ARN, with or without a qualifier.
 * @throws AwsError ResourceNotFoundException when there is none
 */
export function findFunction(
  store: StackStore,
  dataFolder: string,
  named: string,
  qualifier?: string,
): FunctionSpec {
  const match = reference.exec(named);
  const name = match?.[1] ?? named;
  const found = store.find('AWS::Lambda::Function', name);
  if (!found) throw notFound(named);
  return specOf(found, dataFolder, store, qualifier ?? match?.[2] ?? '$LATEST');
}

/** Every function of the running stacks. */
export function allFunctions(store: StackStore, dataFolder: string): FunctionSpec[] {
  return store.ofType('AWS::Lambda::Function').map((found) => specOf(found, dataFolder, store, '$LATEST'));
}

/** Folder of a function's code in the data folder, by the key that `storeCode` gave. */
export function codeFolder(dataFolder: string, codeKey: string): string {
  return join(dataFolder, 'code', codeKey);
}

function specOf(
  found: PlacedResource,
  dataFolder: string,
  store: StackStore,
  qualifier: string,
): FunctionSpec {
  const { stack, record } = found;
  const version = versionOf(store, found, qualifier);
  const published = store.find('AWS::Lambda::Version', `${textAt(record.attributes, 'Arn')}:${version}`);
  const source: JsonObject = published
    ? objectAt(published.record.attributes, 'function')
    : record.attributes;
  const properties = published ? objectAt(source, 'properties') : record.properties;
  const variables = objectAt(objectAt(properties, 'Environment'), 'Variables');
  const code = textAt(source, 'codeKey') ?? '';
  return {
    name: record.physicalId,
    arn: `${textAt(record.attributes, 'Arn')}${version === '$LATEST' ? '' : `:${version}`}`,
    version,
    region: stack.region,
    codeFolder: codeFolder(dataFolder, code),
    handler: textAt(properties, 'Handler') ?? 'index.handler',
    environment: Object.fromEntries(
      Object.entries(variables).map(([key, value]) => [key, textOf(value) ?? '']),
    ),
    timeoutSeconds: numberAt(properties, 'Timeout') ?? 3,
    memoryMb: numberAt(properties, 'MemorySize') ?? 128,
    logGroup: textAt(objectAt(properties, 'LoggingConfig'), 'LogGroup') ?? `/aws/lambda/${record.physicalId}`,
    concurrency: numberAt(properties, 'ReservedConcurrentExecutions') ?? defaultConcurrency,
    fingerprint: shortHash(code, canonicalJson(properties)),
  };
}

function versionOf(store: StackStore, found: PlacedResource, qualifier: string): string {
  if (qualifier === '$LATEST') return qualifier;
  const arn = textAt(found.record.attributes, 'Arn') ?? '';
  const alias = store.find('AWS::Lambda::Alias', `${arn}:${qualifier}`);
  const version = alias ? textAt(alias.record.properties, 'FunctionVersion') : qualifier;
  if (version === '$LATEST' || store.find('AWS::Lambda::Version', `${arn}:${version}`))
    return version ?? '$LATEST';
  throw notFound(`${arn}:${qualifier}`);
}

function notFound(named: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Function not found: ${named}`, 404);
}

/** What a published version keeps of its function. */
export function snapshotOf(record: { attributes: JsonObject; properties: JsonObject }): JsonObject {
  const codeKey = record.attributes['codeKey'] ?? '';
  return { codeKey, properties: isObject(record.properties) ? record.properties : {} };
}
