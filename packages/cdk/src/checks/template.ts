/** A synthesized CloudFormation template, as far as the checks read it. */
export interface Template {
  Description?: string;
  Parameters?: Record<string, { Type: string; Default?: unknown }>;
  Mappings?: Record<string, unknown>;
  Resources?: Record<string, Resource>;
  Outputs?: Record<string, { Export?: unknown }>;
}

export interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
  Metadata?: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

/** A resource and its logical id. */
export interface FoundResource {
  logicalId: string;
  type: string;
  properties: Record<string, unknown>;
  resource: Resource;
}

/** Every resource, or those of the given types. */
export function resourcesOf(template: Template, ...types: string[]): FoundResource[] {
  return Object.entries(template.Resources ?? {})
    .filter(([, { Type }]) => types.length === 0 || types.includes(Type))
    .map(([logicalId, resource]) => ({
      logicalId,
      type: resource.Type,
      properties: resource.Properties ?? {},
      resource,
    }));
}

/** The value at a path such as `Code.S3Key`; undefined where there is none. */
export function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((each, key) => asObject(each)[key], value);
}

export function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** CloudFormation takes one value for a list of one. */
export function asList(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** The text a value will be, with `{Id}` or `{Id.Attribute}` for what CloudFormation fills in. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return value === undefined ? '' : JSON.stringify(value);
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join, 'Fn::Sub': sub } = asObject(value);
  if (typeof Ref === 'string') return `{${Ref}}`;
  if (attribute !== undefined) return `{${asList(attribute).join('.')}}`;
  if (Array.isArray(join)) return asList(join[1]).map(textOf).join(String(join[0]));
  if (sub !== undefined) return String(asList(sub)[0]).replaceAll('${', '{');
  return `{${Object.keys(value).join()}}`;
}

/** Logical ids, parameters and pseudo parameters that a value refers to. */
export function referencesIn(value: unknown): Set<string> {
  const found = new Set<string>();
  for (const { path, text } of stringsIn(value)) {
    if (path.at(-1) === 'Ref') found.add(text);
    else if (path.at(-2) === 'Fn::GetAtt' && path.at(-1) === '0') found.add(text);
    else if (path.at(-1) === 'Fn::Sub' || path.at(-2) === 'Fn::Sub')
      for (const [, id = ''] of text.matchAll(/\$\{([^!.}]+)/g)) found.add(id);
  }
  return found;
}

/** Every string below a value, with the path to it. */
export function* stringsIn(value: unknown, path: string[] = []): Generator<{ path: string[]; text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) yield* stringsIn(child, [...path, key]);
}
