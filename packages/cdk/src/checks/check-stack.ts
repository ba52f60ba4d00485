import { statSync } from 'node:fs';
import { CfnElement } from 'aws-cdk-lib/core';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { SynthProblem } from '../errors.ts';
import type { ParleyStack } from '../parley-stack.ts';
import { templateProblems } from './run-checks.ts';
import type { Template } from './template.ts';

/** Everything the checks find in a stack that has just been synthesized. */
export function checkStack(stack: ParleyStack, assembly: CloudAssembly): SynthProblem[] {
  const artifact = assembly.getStackByName(stack.stackName);
  const context = {
    prefix: stack.prefix,
    protectData: stack.settings.protectData,
    templateBytes: statSync(artifact.templateFullPath).size,
    lookups: (assembly.manifest.missing ?? []).map(({ provider }) => provider),
  };
  return templateProblems(artifact.template as Template, context, (id) => constructPath(stack, id));
}

/** Path in the stack of what has a logical id: `Table`, and not `Table/Resource`. */
function constructPath(stack: ParleyStack, logicalId: string): string | undefined {
  const element = stack.node
    .findAll()
    .find((each) => CfnElement.isCfnElement(each) && stack.resolve(each.logicalId) === logicalId);
  return element?.node.path.slice(stack.node.path.length + 1).replace(/\/Resource$/, '');
}
