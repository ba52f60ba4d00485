import { ArnFormat, CustomResource, Duration } from 'aws-cdk-lib/core';
import { id as idSchema } from '@parley/contract/id';
import { registrarFunctionName } from '@parley/contract/names';
import {
  definitionBytesMax,
  registrationTypes,
  serviceTimeoutSeconds,
  type RegistrationKind,
} from '@parley/contract/registration';
import type { Construct } from 'constructs';
import { parseOrReport, reportProperty } from './input-problems.ts';
import { ParleyStack } from './parley-stack.ts';

/** Longest ARN of a function: what a token in a definition may grow to. */
const functionArnBytesMax = 140;

export interface RegistrationProps {
  kind: RegistrationKind;
  definition: object;
  /** Tool → hash of its code. @default none */
  toolCode?: Record<string, string>;
}

/** Registers a definition with the stage's registrar, at each deploy that changes it. */
export function register(
  scope: Construct,
  { kind, definition, toolCode = {} }: RegistrationProps,
): CustomResource {
  const stack = ParleyStack.of(scope);
  reportOversize(scope, definition);
  return new CustomResource(scope, 'Resource', {
    resourceType: registrationTypes[kind],
    // Composed, not read from anywhere: CloudFormation never lets a service token change.
    serviceToken: stack.formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: registrarFunctionName(stack.prefix),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
    serviceTimeout: Duration.seconds(serviceTimeoutSeconds),
    properties: {
      Stage: stack.prefix,
      Definition: stack.toJsonString(definition),
      ...(Object.keys(toolCode).length > 0 ? { ToolCode: toolCode } : {}),
    },
  });
}

/** Id of an agent or chat app: the package's name, and `-<name>` for a second one in the same package. */
export function registeredId(scope: Construct, name: string | undefined): string {
  const { packageId } = ParleyStack.of(scope);
  if (name === undefined) return packageId;
  const id = `${packageId}-${name}`;
  return parseOrReport(idSchema, id, ({ message }) => reportProperty(scope, 'name', message)) ?? packageId;
}

function reportOversize(scope: Construct, definition: object): void {
  const arn = 'x'.repeat(functionArnBytesMax);
  const text = JSON.stringify(definition, (key, value: unknown) => (key === 'functionArn' ? arn : value));
  const bytes = Buffer.byteLength(text);
  if (bytes <= definitionBytesMax) return;
  reportProperty(
    scope,
    '',
    `the definition is ${bytes} bytes of JSON; expected at most ${definitionBytesMax}: shorten the instructions or register fewer tools`,
  );
}
