import { join } from 'node:path';
import { isSeededPath } from '@parley/contract/names';
import type { StackAssembly } from '@parley/assembly/read-assembly';
import { type SsmInput, ssmInputs } from '@parley/assembly/graph';
import { TemplateError } from '@parley/assembly/errors';
import type { ParameterStore } from '../state/parameter-store.ts';
import { workspaceOfImage } from '@parley/assembly/images';
import { type Json, textAt } from '@parley/assembly/values';
import { folderHash } from './image-tags.ts';

export interface ParameterSources {
  parameters: ParameterStore;
  /** Absolute folder of a workspace package, by its name. */
  workspaceFolder(name: string): string;
}

/** CDK's check of the account's bootstrap stack: this machine needs none, so any later version will do. */
const bootstrapPath = /^\/cdk-bootstrap\/[^/]+\/version$/;
const anyBootstrapVersion = '999';

/**
 * The value of every template parameter of a stack.
 * @throws TemplateError naming an SSM parameter that nobody wrote, or a parameter without a value
 */
export async function stackParameters(
  assembly: StackAssembly,
  sources: ParameterSources,
): Promise<Record<string, Json>> {
  const values: Record<string, Json> = {};
  for (const [name, parameter] of Object.entries(assembly.template.Parameters)) {
    const given = assembly.parameters[name] ?? textAt(parameter, 'Default');
    if (given === undefined)
      throw new TemplateError(`Parameter ${name} of ${assembly.name} has no value and no default.`);
    const list = /^(List<|CommaDelimitedList)/.test(textAt(parameter, 'Type') ?? '');
    values[name] = list ? given.split(',') : given;
  }
  for (const input of ssmInputs(assembly.template)) {
    const value = await ssmValue(input, assembly, sources);
    values[input.name] = input.list ? value.split(',') : value;
  }
  return values;
}

async function ssmValue(
  input: SsmInput,
  assembly: StackAssembly,
  sources: ParameterSources,
): Promise<string> {
  const { name, path } = input;
  if (bootstrapPath.test(path)) return anyBootstrapVersion;
  if (isSeededPath(path)) await seedImageTag(name, path, assembly, sources);
  const found = sources.parameters.get(path);
  if (found) return found.value;
  throw new TemplateError(
    `${assembly.name} reads the SSM parameter ${path} (parameter ${name}), which no running stack wrote.`,
  );
}

/** What the push step does in the cloud: the tag of a service's image is the hash of what is in it. */
async function seedImageTag(
  name: string,
  path: string,
  { template }: StackAssembly,
  { parameters, workspaceFolder }: ParameterSources,
): Promise<void> {
  const workspace = workspaceOfImage(template, name);
  if (workspace === undefined) return;
  await parameters.put(path, await folderHash(join(workspaceFolder(workspace), 'dist')));
}
