import { CfnParameter, Fn, type Stack } from 'aws-cdk-lib/core';
import { CfnParameter as SsmParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { ParleyStack } from './parley-stack.ts';

/**
 * Reads another stack's SSM parameter as a template parameter, so that a changed value alone is a change
 * of the stack that reads it. Returns a token.
 */
export function readParameter(scope: Construct, path: string): string {
  return templateParameter(scope, path, 'AWS::SSM::Parameter::Value<String>').valueAsString;
}

/** Reads a list of known length, each element a token. */
export function readListParameter(scope: Construct, path: string, length: number): string[] {
  const list = templateParameter(scope, path, 'AWS::SSM::Parameter::Value<List<String>>').valueAsList;
  return Array.from({ length }, (_, i) => Fn.select(i, list));
}

/** Writes a parameter for other stacks. A list becomes a `StringList`. */
export function writeParameter(scope: Construct, path: string, value: string | string[]): void {
  const stack = ParleyStack.of(scope);
  new SsmParameter(stack, logicalName(stack, path), {
    name: path,
    type: Array.isArray(value) ? 'StringList' : 'String',
    value: Array.isArray(value) ? Fn.join(',', value) : value,
  });
}

function templateParameter(scope: Construct, path: string, type: string): CfnParameter {
  const stack = ParleyStack.of(scope);
  const id = logicalName(stack, path);
  const existing = stack.node.tryFindChild(id);
  if (existing) return existing as CfnParameter;
  return new CfnParameter(stack, id, { type, default: path });
}

/** `/parley-dev/network/vpc-id` is `NetworkVpcIdParameter` in every stage. */
function logicalName(stack: Stack & { prefix: string }, path: string): string {
  const words = path.replace(`/${stack.prefix}/`, '').split(/[/-]/);
  return `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}Parameter`;
}
