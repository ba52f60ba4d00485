import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam';
import { Duration, Tags } from 'aws-cdk-lib/core';
import { toolSpec, type LambdaToolDefinition, type ToolSpec } from '@parley/contract/agent';
import { tags } from '@parley/contract/names';
import { Construct } from 'constructs';
import type { Access, Grantee } from './access.ts';
import { builtCode, noCode, type BuiltCode } from './built-code.ts';
import { constructField, parseOrReport, reportProperty, reportUnknownKeys } from './input-problems.ts';
import { readJson } from './json-file.ts';
import { LambdaFunction } from './lambda-function.ts';
import { ParleyStack } from './parley-stack.ts';
import { secretAccess, type SecretName } from './secret-access.ts';

export interface LambdaToolProps {
  /** Name of the tool: `tools/<name>.ts` beside stack.ts, built to `dist/<name>`. */
  tool: string;
  /** @default none */
  environment?: Record<string, string>;
  /** Environment variable → secret. The variable holds the secret's name, never its value. @default none */
  secrets?: Record<string, SecretName>;
  /** Seconds a call may take. @default 10 */
  timeoutSeconds?: number;
  /** MiB of memory; CPU comes in proportion. @default 256 */
  memoryMiB?: number;
  /** What else the tool may use. @default nothing */
  grants?: Access[];
}

const propertyNames = ['tool', 'environment', 'secrets', 'timeoutSeconds', 'memoryMiB', 'grants'];

/** Stands in for the spec of a tool that has none, until synth reports why. */
const noSpec: ToolSpec = { name: 'missing', description: 'missing', input: { type: 'object' } };

/** A tool that agents may call: one file of the chat app, run as a Lambda function. */
export class LambdaTool extends Construct implements Grantee, IGrantable {
  readonly grantPrincipal: IPrincipal;
  /** What the model reads of it. */
  readonly spec: ToolSpec;
  /** Source file, below the stack's folder. */
  readonly source: string;
  /** Changes exactly when the tool's code does. */
  readonly codeHash: string;
  private readonly lambda: LambdaFunction;
  private readonly timeoutSeconds: number;

  constructor(scope: Construct, id: string, props: LambdaToolProps) {
    super(scope, id);
    const stack = ParleyStack.of(this);
    const { tool, timeoutSeconds = 10, memoryMiB = 256 } = props;
    reportUnknownKeys(this, props, propertyNames);
    this.requireWhole('timeoutSeconds', timeoutSeconds, 1, 900);
    this.requireWhole('memoryMiB', memoryMiB, 128, 10_240);
    this.source = `tools/${tool}.ts`;
    this.reportTwin(stack, tool);
    const { code, hash } = this.findCode(stack, tool);
    this.codeHash = hash;
    this.spec = hash === '' ? noSpec : this.readSpec(stack, tool);
    this.timeoutSeconds = timeoutSeconds;
    this.lambda = new LambdaFunction(this, 'Lambda', {
      name: `${stack.packageId}-${tool}`,
      description: `Tool "${this.spec.name}" of ${stack.packageId}`,
      code,
      timeout: Duration.seconds(timeoutSeconds),
      memoryMiB,
      ...(props.environment ? { environment: props.environment } : {}),
    });
    this.grantPrincipal = this.lambda.function.grantPrincipal;
    Tags.of(this.lambda.function).add(tags.role, tags.toolRole);
    for (const access of [...secretAccess(stack, props.secrets ?? {}), ...(props.grants ?? [])])
      this.allow(access);
  }

  /** The tool as an agent's definition names it; its ARN is a token. */
  get definition(): LambdaToolDefinition {
    return {
      ...this.spec,
      functionArn: this.lambda.function.functionArn,
      timeoutSeconds: this.timeoutSeconds,
    };
  }

  /** Gives the tool a permission, and the variables that say what it is for. */
  allow(access: Access): void {
    this.lambda.allow(access);
  }

  /** Two functions of one tool would want the same log group, and deploy as far as that. */
  private reportTwin(stack: ParleyStack, tool: string): void {
    const twin = stack.node
      .findAll()
      .find((each) => each instanceof LambdaTool && each !== this && each.source === this.source);
    if (twin)
      reportProperty(
        this,
        'tool',
        `"${tool}" is the tool of ${constructField(twin)} already; pass that one to every agent`,
      );
  }

  private findCode(stack: ParleyStack, tool: string): BuiltCode {
    if (!existsSync(join(stack.folder, this.source))) {
      reportProperty(this, 'tool', `expected a file ${this.source} beside stack.ts, got "${tool}"`);
      return noCode();
    }
    return builtCode(stack, join(stack.folder, 'dist', tool), this.source);
  }

  private readSpec(stack: ParleyStack, tool: string): ToolSpec {
    const file = `dist/${tool}/tool.json`;
    const content = readJson(join(stack.folder, file));
    const spec = parseOrReport(toolSpec, content, ({ field, message }) => {
      stack.problems.push({ file, field, message: `${message}; run the build again` });
    });
    return spec ?? noSpec;
  }

  private requireWhole(field: string, value: number, min: number, max: number): void {
    if (Number.isInteger(value) && value >= min && value <= max) return;
    reportProperty(
      this,
      field,
      `expected a whole number from ${min} to ${max}, got ${JSON.stringify(value)}`,
    );
  }
}
