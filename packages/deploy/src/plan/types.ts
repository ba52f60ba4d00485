import type { StackAssembly } from '@parley/assembly/read-assembly';
import type { Prefix } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';
import type { SetOptions } from '../command-line.ts';
import type { WorkspacePackage } from '../graph/declaration.ts';
import type { DeployRecord, Fingerprint } from '../record/record.ts';
import type { LiveStack } from './live-stacks.ts';

/** What a plan is made from. */
export interface PlanInput {
  cloud: Cloud;
  stage: string;
  prefix: Prefix;
  /** Absolute folder of the workspace. */
  root: string;
  /** All packages of the workspace. */
  packages: readonly WorkspacePackage[];
  /** The synthesized stacks to decide about: all of the workspace, or those that were asked for. */
  assemblies: readonly StackAssembly[];
  /** The stage's settings, overrides included. */
  settings: Readonly<Record<string, unknown>>;
  /** Overrides of this run, which the commands that it names repeat. @default none */
  set?: SetOptions;
  /** Tag that the image of a workspace package has now. Without it, image tags are taken as they stand in SSM. */
  imageTag?: ((workspace: string) => Promise<string>) | undefined;
  /** Whether to compare what is deployed with the templates. Costs a call per stack. @default false */
  verify?: boolean;
  /** Leave what a newer commit has deployed, whatever differs. @default deploy what differs */
  keepNewer?: {
    /** Stacks that are deployed over a commit that this clone does not have. */
    asked: ReadonlySet<string>;
  };
}

/** Every stack of a stage: what has to be deployed, in which order, and why. */
export interface Plan {
  stage: string;
  prefix: Prefix;
  region: string;
  /** In waves: each comes after those it needs. */
  stacks: PlannedStack[];
  /** Deployed for this stage and not in the workspace any more. Never removed without being told to. */
  left: LeftStack[];
  /** For `decideAgain`. */
  input: PlanInput;
}

export interface PlannedStack {
  /** Unscoped package name. */
  stack: string;
  /** CloudFormation's name. */
  name: string;
  /** From 0. Stacks of a wave do not need each other. */
  wave: number;
  action: 'deploy' | 'skip';
  /** Why it is deployed; of a skipped one, what there is to know about it. */
  reasons: Reason[];
  /** Stacks of earlier waves that are to be deployed and write values it reads: it is decided again after them. */
  after: string[];
  /** Why it cannot be deployed as it stands now, and what to do. */
  blocked?: Reason & { nextStep: string };
  /** Stateful resources that a deploy would replace or remove; with any, nothing is deployed unacknowledged. */
  replacements: Replacement[];
  assembly: StackAssembly;
  /** What a deploy now would record. */
  fingerprint: Fingerprint;
  /** The last deploy, where its record can be read. */
  record?: DeployRecord;
  /** As CloudFormation has it; undefined when there is no such stack. */
  live?: LiveStack;
}

export type ReasonCode =
  /** There is no such stack, and no record of one. */
  | 'never-deployed'
  /** There is a record, and no stack. */
  | 'gone'
  /** Its first creation failed: CloudFormation can only remove it. */
  | 'rolled-back'
  /** The last deploy failed, or ended without saying how. */
  | 'last-failed'
  | 'last-cut'
  /** The stack stands, but what it was made of is not known. */
  | 'unknown'
  /** Its template or code differs, with the files that changed. */
  | 'files'
  /** The code of one of its functions differs. */
  | 'function'
  /** The value of a parameter it reads differs, or nobody has written it yet. */
  | 'upstream'
  | 'image'
  | 'settings'
  /** Parley or a tool it builds with makes another template from the same files. */
  | 'template'
  /** What is deployed is not what was recorded. */
  | 'drift'
  /** A function's code was replaced by itself: CloudFormation does not know. */
  | 'function-by-hand'
  /** A newer commit has deployed it. */
  | 'newer'
  /** A stack before it may change a value it reads. */
  | 'may-follow'
  /** A stack of this name stands that is not this one. */
  | 'foreign'
  /** CloudFormation is at work on it. */
  | 'in-progress'
  /** CloudFormation waits for somebody to mend it. */
  | 'stuck';

export interface Reason {
  code: ReasonCode;
  /** One sentence without a full stop, such as `changed: stacks/chat-apps/weather/prompt.md`. */
  text: string;
  /** Files that changed, below the root. */
  files?: string[];
  /** SSM parameter. */
  path?: string;
}

/** A stateful resource that would not survive a deploy, or a change that its table cannot take at once. */
export interface Replacement {
  logicalId: string;
  type: string;
  effect: 'replaced' | 'may be replaced' | 'removed' | 'left behind' | 'unprotected' | 'refused';
  /** Such as `KeySchema changes, which CloudFormation cannot do in place`. */
  why: string;
}

/** A deployed stack of the stage that no package of the workspace is. */
export interface LeftStack {
  stack: string;
  name: string;
  status: string;
}
