import type { StackAssembly } from '@parley/assembly/read-assembly';
import { type JsonObject, canonicalJson, isObject } from '@parley/assembly/values';
import type { Cloud } from '../cloud/connect.ts';
import { DeployError } from '../errors.ts';
import type { Reason } from './types.ts';

/**
 * The template of a stack as it was given to CloudFormation.
 * @throws DeployError when it is not JSON: then something else than the CDK deployed it
 */
export async function readDeployedTemplate(cloud: Cloud, name: string): Promise<JsonObject> {
  const { GetTemplateCommand } = await import('@aws-sdk/client-cloudformation');
  const client = await cloud.cloudFormation();
  const { TemplateBody = '' } = await client.send(
    new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' }),
  );
  const parsed = asJson(TemplateBody);
  if (isObject(parsed)) return parsed;
  throw new DeployError('template-unreadable', `The deployed template of ${name} is not JSON.`, {
    nextStep: 'Something else than the CDK deployed it. Deploy it by that once more, or remove the stack.',
  });
}

/** Why a stack is not what its template says; undefined when it is. */
export async function driftOf(cloud: Cloud, { name, template }: StackAssembly): Promise<Reason | undefined> {
  const deployed = await readDeployedTemplate(cloud, name);
  const wanted = template as unknown as JsonObject;
  if (canonicalJson(withoutEmptyParts(deployed)) === canonicalJson(withoutEmptyParts(wanted)))
    return undefined;
  return {
    code: 'drift',
    text: 'the deployed template is another than the one recorded: something else deployed it',
  };
}

/** A part that is left out means the same as an empty one. */
export function withoutEmptyParts(template: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(template).filter(([, part]) => !isObject(part) || Object.keys(part).length > 0),
  );
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
