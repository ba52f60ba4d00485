import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readStackAssembly } from '@parley/assembly/read-assembly';
import { type FixtureStack, ssmInput, ssmOutput, writeAssembly } from '@parley/assembly/testing';
import { execa } from 'execa';
import { connect } from '../cloud/connect.ts';
import type { WorkspacePackage } from '../graph/declaration.ts';
import type { Plan, PlanInput, PlannedStack } from '../plan/types.ts';
import { planStage } from '../plan/plan.ts';
import type { DeployRecord } from '../record/record.ts';
import { writeRecord } from '../record/records.ts';
import type { AwsAccount } from './aws-account.ts';

export const prefix = 'demo-dev';
export const vpcPath = `/${prefix}/network/vpc-id`;
export const imageTagPath = `/${prefix}/api/image-tag`;

type Stacks = Record<string, Partial<FixtureStack>>;

/** A foundation that writes a value, and an app with a tool and a service that reads it. */
export function sampleStacks(): { foundation: Partial<FixtureStack>; app: Partial<FixtureStack> } {
  return {
    foundation: {
      Resources: { Vpc: { Type: 'AWS::EC2::VPC' }, VpcId: ssmOutput(vpcPath, { Ref: 'Vpc' }) },
    },
    app: {
      Parameters: { VpcId: ssmInput(vpcPath), Tag: ssmInput(imageTagPath) },
      Resources: {
        Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: `/lambda/${prefix}/app-forecast` } },
        Forecast: tool('0a1b'),
        Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { VpcId: { Ref: 'VpcId' } } },
        Task: {
          Type: 'AWS::ECS::TaskDefinition',
          Properties: {
            ContainerDefinitions: [
              { Image: { 'Fn::Sub': 'api:${Tag}' }, DockerLabels: { 'parley.workspace': '@demo/api' } },
            ],
          },
        },
      },
      assets: { '0a1b': { 'index.mjs': '' } },
    },
  };
}

/** The function of a tool, with the asset of this hash as its code. */
export function tool(asset: string) {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'assets', S3Key: `${asset}.zip` },
      LoggingConfig: { LogGroup: { Ref: 'Logs' } },
      Tags: [{ Key: 'parley:role', Value: 'tool' }],
    },
  };
}

/** A git repository with a package per stack, to be planned against an account in memory. */
export class PlannedWorkspace {
  readonly root: string;
  readonly account: AwsAccount;
  imageTag = 'aaaa';

  private constructor(root: string, account: AwsAccount) {
    this.root = root;
    this.account = account;
  }

  static async create(account: AwsAccount): Promise<PlannedWorkspace> {
    const workspace = new PlannedWorkspace(await mkdtemp(join(tmpdir(), 'parley plan ')), account);
    await workspace.git('init', '-q', '-b', 'main');
    await workspace.write('.gitignore', 'cdk.out/\n');
    for (const stack of ['foundation', 'app']) await workspace.write(`stacks/${stack}/stack.ts`, '');
    await workspace.write('packages/shared/src/index.ts', '');
    await workspace.commit();
    return workspace;
  }

  async write(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.root, file)), { recursive: true });
    await writeFile(join(this.root, file), text);
  }

  async git(...args: string[]): Promise<string> {
    const identity = [
      '-c',
      'user.name=test',
      '-c',
      'user.email=test@example.com',
      '-c',
      'commit.gpgsign=false',
    ];
    return (await execa('git', [...identity, ...args], { cwd: this.root })).stdout;
  }

  async commit(): Promise<string> {
    await this.git('add', '-A');
    await this.git('commit', '-q', '--allow-empty', '-m', 'A commit');
    return this.git('rev-parse', 'HEAD');
  }

  /** What a plan of these stacks is made from. */
  async input(stacks: Stacks = sampleStacks(), more: Partial<PlanInput> = {}): Promise<PlanInput> {
    return {
      cloud: connect({ region: 'eu-west-1', maxAttempts: 1 }),
      stage: 'dev',
      prefix,
      root: this.root,
      packages: this.packages(Object.keys(stacks)),
      assemblies: await Promise.all(Object.entries(stacks).map((each) => this.assembly(...each))),
      settings: { network: 'public', size: 'small' },
      imageTag: async () => this.imageTag,
      ...more,
    };
  }

  async plan(stacks?: Stacks, more?: Partial<PlanInput>): Promise<Plan> {
    return planStage(await this.input(stacks, more));
  }

  /** Does to the account what a deploy of these stacks would, record included. */
  async deploy(stacks: Stacks = sampleStacks(), more: Partial<DeployRecord> = {}): Promise<void> {
    this.account.parameters.set(vpcPath, 'vpc-1');
    const commit = await this.git('rev-parse', 'HEAD');
    for (const planned of (await this.plan(stacks)).stacks) {
      await this.record(planned, { commit, ...more });
      const { template } = planned.assembly;
      this.account.stacks.set(planned.name, { status: 'CREATE_COMPLETE', template });
    }
  }

  async record({ stack, fingerprint }: PlannedStack, more: Partial<DeployRecord>): Promise<void> {
    await writeRecord(connect({ region: 'eu-west-1' }), prefix, {
      v: 1,
      stack,
      outcome: 'succeeded',
      at: '2026-11-02T09:30:00.000Z',
      who: 'alice',
      version: '0.1.0',
      fingerprint,
      ...more,
    });
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  private packages(stacks: string[]): WorkspacePackage[] {
    const shared = { name: '@demo/shared', stack: undefined, dependencies: [], parley: undefined };
    return [
      { ...shared, folder: join(this.root, 'packages/shared') },
      ...stacks.map((stack) => ({
        name: stack,
        stack,
        folder: join(this.root, 'stacks', stack),
        dependencies: stack === 'foundation' ? [] : ['@demo/shared'],
        parley: stack === 'foundation' ? undefined : { deployAfter: ['foundation'] },
      })),
    ];
  }

  private async assembly(stack: string, template: Partial<FixtureStack>) {
    const Metadata = { Parley: { stack, stage: 'dev', prefix } };
    const folder = join(this.root, 'stacks', stack, 'cdk.out/dev');
    const fixture = { Metadata, Resources: {}, ...template, name: `${prefix}-${stack}` };
    return readStackAssembly(await writeAssembly(folder, fixture));
  }
}
