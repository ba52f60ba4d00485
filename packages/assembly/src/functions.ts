import { tags } from '@parley/contract/names';
import type { FileAsset, StackAssembly } from './read-assembly.ts';
import type { Template } from './template/references.ts';
import { type JsonObject, listAt, objectAt, textAt } from './template/values.ts';

/** A Lambda function of a stack whose code is a file asset. */
export interface StackFunction {
  logicalId: string;
  /** As its author named it: a tool by its file, such as `forecast`. */
  name: string;
  isTool: boolean;
  asset: FileAsset;
}

/** The functions of a stack whose code a build made. */
export function functionsOf({ stack, template, assets }: StackAssembly): StackFunction[] {
  return Object.entries(template.Resources).flatMap(([logicalId, resource]) => {
    const properties = objectAt(resource, 'Properties');
    const asset = assets.get(textAt(objectAt(properties, 'Code'), 'S3Key') ?? '');
    if (resource.Type !== 'AWS::Lambda::Function' || !asset) return [];
    const name = logName(template, properties)?.replace(`${stack}-`, '') ?? logicalId;
    return [{ logicalId, name, isTool: isTool(properties), asset }];
  });
}

function isTool(properties: JsonObject): boolean {
  return listAt(properties, 'Tags').some(
    (tag) => textAt(tag, 'Key') === tags.role && textAt(tag, 'Value') === tags.toolRole,
  );
}

/** Last part of its log group's name: the one name that every function is given. */
function logName(template: Template, properties: JsonObject): string | undefined {
  const group = textAt(objectAt(objectAt(properties, 'LoggingConfig'), 'LogGroup'), 'Ref') ?? '';
  return textAt(objectAt(template.Resources[group], 'Properties'), 'LogGroupName')?.split('/').at(-1);
}
