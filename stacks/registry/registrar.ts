import { Duration } from 'aws-cdk-lib/core';
import { packageCode } from '@parley/cdk/built-code';
import { LambdaFunction } from '@parley/cdk/lambda-function';
import type { ParleyStack } from '@parley/cdk/parley-stack';
import { env, registrarFunctionName } from '@parley/contract/names';

/** The function that chat-app stacks register with. Its name is composed from the prefix on both sides. */
export function createRegistrar(stack: ParleyStack): LambdaFunction {
  return new LambdaFunction(stack, 'Registrar', {
    name: 'registrar',
    functionName: registrarFunctionName(stack.prefix),
    description: 'Registers agents and chat apps in the catalog',
    code: packageCode(stack, '@parley/registrar').code,
    // Half of what CloudFormation waits: there is always time to say what went wrong.
    timeout: Duration.seconds(30),
    memoryMiB: 256,
    environment: { [env.prefix]: stack.prefix },
    // An event that is not handled at once is out of date: CloudFormation sends another.
    asynchronous: { retries: 0, maxAge: Duration.seconds(60) },
  });
}
