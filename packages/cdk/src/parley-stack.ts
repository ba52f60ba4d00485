import { DefaultStackSynthesizer, Fn, Stack, Tags, type StackProps } from 'aws-cdk-lib/core';
import { prefixOf, stackName, tags, templateMetadata } from '@parley/contract/names';
import type { Construct } from 'constructs';
import type { StageSettings } from './config.ts';
import type { SynthProblem } from './errors.ts';
import type { StackPackage } from './workspace.ts';

/** Zones every stage spreads over: two, the least a load balancer accepts. */
export const zoneCount = 2;

export interface ParleyStackProps extends Pick<StackProps, 'terminationProtection'> {
  package: StackPackage;
  project: string;
  stage: string;
  settings: StageSettings;
}

/** A stack of one stage: knows its stage's prefix and settings, and collects what is wrong with its input. */
export class ParleyStack extends Stack {
  /** Unscoped name of the package that defines the stack. */
  readonly packageId: string;
  /** Absolute folder of that package. */
  readonly folder: string;
  readonly prefix: string;
  readonly stage: string;
  readonly settings: StageSettings;
  /** What is wrong with the input so far. Synth reports them all at once and fails. */
  readonly problems: SynthProblem[];

  constructor(scope: Construct, props: ParleyStackProps) {
    const { package: source, project, stage, settings } = props;
    const prefix = prefixOf(project, stage);
    super(scope, stackName(prefix, source.id), {
      stackName: stackName(prefix, source.id),
      ...(source.description === undefined ? {} : { description: source.description }),
      env: {
        region: settings.region,
        ...(settings.account === undefined ? {} : { account: settings.account }),
      },
      // The CLI reads the bootstrap version from the manifest; a parameter would only be one more lookup.
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
      ...(props.terminationProtection === undefined
        ? {}
        : { terminationProtection: props.terminationProtection }),
    });
    this.packageId = source.id;
    this.folder = source.folder;
    this.prefix = prefix;
    this.stage = stage;
    this.settings = settings;
    this.problems = [...source.problems];
    Tags.of(this).add(tags.prefix, prefix);
    // So that nothing of one stage can be taken for another's.
    this.templateOptions.metadata = { [templateMetadata]: { stack: source.id, stage, prefix } };
  }

  /** The stack a construct is in. Throws when it is not one of ours. */
  static override of(construct: Construct): ParleyStack {
    const stack = Stack.of(construct);
    if (stack instanceof ParleyStack) return stack;
    throw new Error(
      `${construct.node.path}: expected to be inside a ParleyStack, got ${stack.constructor.name}`,
    );
  }

  /** Resolved by CloudFormation, so that synth asks no account which zones it has. */
  override get availabilityZones(): string[] {
    return Array.from({ length: zoneCount }, (_, i) => Fn.select(i, Fn.getAzs()));
  }
}
