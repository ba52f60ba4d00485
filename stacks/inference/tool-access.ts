import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ArnFormat } from 'aws-cdk-lib/core';
import { acknowledge } from '@parley/cdk/acknowledge';
import type { HttpService } from '@parley/cdk/http-service';
import type { ParleyStack } from '@parley/cdk/parley-stack';
import { registrarFunctionName, tags } from '@parley/contract/names';

/** Lets a service invoke the functions that are tagged as tools of this stage, and no other function. */
export function grantInvokeTools(stack: ParleyStack, service: HttpService): void {
  service.allow({
    actions: ['lambda:InvokeFunction'],
    resources: [functionArn(stack, '*')],
    conditions: {
      StringEquals: {
        [`aws:ResourceTag/${tags.prefix}`]: stack.prefix,
        [`aws:ResourceTag/${tags.role}`]: tags.toolRole,
      },
    },
  });
  acknowledge(service, {
    id: `AwsSolutions-IAM5[Resource::arn:aws:lambda:${stack.region}:<AWS::AccountId>:function:*]`,
    reason: 'Tools are made by stacks to come: the condition on both tags names them.',
  });
  // A tag can be added to any function later; whoever could call the registrar could rewrite the catalog.
  const registrar = functionArn(stack, registrarFunctionName(stack.prefix));
  service.taskRole.addToPrincipalPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: ['lambda:InvokeFunction'],
      // A call that names a version or alias, such as `$LATEST`, is for the ARN that ends with it.
      resources: [registrar, `${registrar}:*`],
    }),
  );
}

function functionArn(stack: ParleyStack, name: string): string {
  return stack.formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
