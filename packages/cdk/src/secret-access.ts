import { ArnFormat } from 'aws-cdk-lib/core';
import type { Access } from './access.ts';
import type { ParleyStack } from './parley-stack.ts';

/** Where a secret is kept, by its name there. */
export type SecretName = { secretsManager: string } | { ssm: string };

/**
 * Access to secrets: for each, the right to read it and a variable with its name. Values never enter a
 * template or an environment; the code asks for them with the AWS SDK.
 */
export function secretAccess(stack: ParleyStack, secrets: Record<string, SecretName>): Access[] {
  return Object.entries(secrets).map(([variable, secret]) =>
    'ssm' in secret
      ? parameterAccess(stack, variable, secret.ssm)
      : managerAccess(stack, variable, secret.secretsManager),
  );
}

function managerAccess(stack: ParleyStack, variable: string, name: string): Access {
  const arn = stack.formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    // Secrets Manager appends a hyphen and six characters of its own.
    resourceName: `${name}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return { environment: { [variable]: name }, actions: ['secretsmanager:GetSecretValue'], resources: [arn] };
}

function parameterAccess(stack: ParleyStack, variable: string, name: string): Access {
  const arn = stack.formatArn({
    service: 'ssm',
    resource: 'parameter',
    resourceName: name.replace(/^\//, ''),
  });
  return { environment: { [variable]: name }, actions: ['ssm:GetParameter'], resources: [arn] };
}
