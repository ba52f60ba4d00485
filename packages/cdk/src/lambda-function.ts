import { Architecture, Code, Function, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Duration } from 'aws-cdk-lib/core';
import { functionLogGroup } from '@parley/contract/names';
import { Construct } from 'constructs';
import type { Access, Grantee } from './access.ts';
import { dataRemovalPolicy, logRetention } from './retention.ts';
import { ParleyStack } from './parley-stack.ts';

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
  private readonly environment = new Map<string, string>();

  constructor(scope: Construct, id: string, props: LambdaFunctionProps) {
    super(scope, id);
    const stack = ParleyStack.of(this);
    const { asynchronous, functionName } = props;
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
      logGroup: new LogGroup(this, 'Logs', {
        logGroupName: functionLogGroup(stack.prefix, props.name),
        retention: logRetention(stack),
        removalPolicy: dataRemovalPolicy(stack),
      }),
      ...(asynchronous ? { retryAttempts: asynchronous.retries, maxEventAge: asynchronous.maxAge } : {}),
    });
    this.setEnvironment(props.environment ?? {});
  }

  /** Gives the function a permission, and the variables that say what it is for. */
  allow({ environment = {}, actions, resources, conditions }: Access): void {
    this.setEnvironment(environment);
    if (actions.length === 0) return;
    this.function.addToRolePolicy(
      new PolicyStatement({ actions, resources, ...(conditions ? { conditions } : {}) }),
    );
  }

  private setEnvironment(variables: Record<string, string>): void {
    for (const [name, value] of Object.entries(variables)) {
      const before = this.environment.get(name);
      if (before === value) continue;
      if (before !== undefined) {
        throw new Error(
          `${this.node.path}: environment variable ${name} is "${before}" already, got "${value}" as well`,
        );
      }
      this.environment.set(name, value);
      this.function.addEnvironment(name, value);
    }
  }
}
