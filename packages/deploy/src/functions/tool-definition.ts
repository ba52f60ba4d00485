import type { Template } from '@parley/assembly/references';
import {
  type Json,
  type JsonObject,
  canonicalJson,
  isObject,
  listAt,
  objectAt,
  textAt,
  textOf,
} from '@parley/assembly/values';
import { registrationTypes } from '@parley/contract/registration';

/** What the model reads of a tool. */
const parts = ['name', 'description', 'input'] as const;

/** In what a tool's definition differs between two templates: its name, description or input. Empty when in nothing. */
export function changedDefinition(before: Template, now: Template, logicalId: string): string[] {
  const [a, b] = [definitionsOf(before, logicalId), definitionsOf(now, logicalId)];
  return parts.filter((part) => pick(a, part) !== pick(b, part));
}

function pick(definitions: readonly JsonObject[], part: string): string {
  return canonicalJson(definitions.map((each) => each[part] ?? null));
}

/** A tool's definition in every agent that has it. */
function definitionsOf({ Resources }: Template, logicalId: string): JsonObject[] {
  return Object.values(Resources).flatMap((resource) => {
    if (resource.Type !== registrationTypes.agent) return [];
    const text = literal(objectAt(resource, 'Properties')['Definition'] ?? '');
    return listAt(JSON.parse(text) as Json, 'tools')
      .filter(isObject)
      .filter((tool) => textAt(tool, 'functionArn') === arnOf(logicalId));
  });
}

/** The JSON text of a definition, with each token as the name of what it stands for. */
function literal(value: Json): string {
  if (typeof value === 'string') return value;
  const join = isObject(value) ? value['Fn::Join'] : undefined;
  const pieces = Array.isArray(join) && Array.isArray(join[1]) ? join[1] : [];
  return pieces.map((piece) => (typeof piece === 'string' ? piece : token(piece))).join('');
}

function token(piece: Json): string {
  const path = isObject(piece) ? piece['Fn::GetAtt'] : undefined;
  return Array.isArray(path) ? path.map((part) => textOf(part) ?? '').join('.') : 'token';
}

function arnOf(logicalId: string): string {
  return `${logicalId}.Arn`;
}
