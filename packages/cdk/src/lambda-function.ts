import { Architecture, Function, LoggingFormat, Runtime, type Code } from 'aws-cdk-lib/aws-lambda';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Duration } from 'aws-cdk-lib/core';
import { functionLogGroup } from '@parley/contract/names';
import { Construct } from 'constructs';
import type { Access, Grantee } from './access.ts';
import { logRemovalPolicy, logRetention } from './retention.ts';
import { ParleyStack } from './parley-stack.ts';
import { Variables } from './variables.ts';

export interface LambdaFunctionProps {
  /** Name within the stage: of the log group. */
  name: string;
  /** Built code: `index.mjs` that exports `handler`. */
  code: Code;
  description: string;
  timeout: Duration;
  memoryMiB: number;
  /** @default none but what grants set */
  environment?: Record<string, string>;
  /** Physical name, for a function whose ARN others compose. @default CloudFormation makes one */
  functionName?: string;
  /** Retries of asynchronous calls, and the age at which one is dropped. @default AWS's: 2 retries, 6 hours */
  asynchronous?: { retries: number; maxAge: Duration };
}

/** A Node Lambda function from built code, with a log group of its own. */
export class LambdaFunction extends Construct implements Grantee {
  readonly function: Function;
  private readonly variables: Variables;

  constructor(scope: Construct, id: string, props: LambdaFunctionProps) {
    super(scope, id);
    const stack = ParleyStack.of(this);
    const { asynchronous, functionName } = props;
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: functionLogGroup(stack.prefix, props.name),
      retention: logRetention(stack),
      removalPolicy: logRemovalPolicy(stack),
    });
    // AWS's managed policy for functions would allow writing to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    this.function = new Function(this, 'Function', {
      ...(functionName === undefined ? {} : { functionName }),
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code,
      timeout: props.timeout,
      memorySize: props.memoryMiB,
      loggingFormat: LoggingFormat.JSON,
      role,
      logGroup,
      ...(asynchronous ? { retryAttempts: asynchronous.retries, maxEventAge: asynchronous.maxAge } : {}),
    });
    this.variables = new Variables(this.node.path, (name, value) =>
      this.function.addEnvironment(name, value),
    );
    this.variables.set(props.environment ?? {});
  }

  /** Gives the function a permission, and the variables that say what it is for. */
  allow({ environment = {}, actions, resources, conditions }: Access): void {
    this.variables.set(environment);
    if (actions.length === 0) return;
    this.function.addToRolePolicy(
      new PolicyStatement({ actions, resources, ...(conditions ? { conditions } : {}) }),
    );
  }
}
