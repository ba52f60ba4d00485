import { type StackFunction, functionsOf } from '@parley/assembly/functions';
import type { StackAssembly } from '@parley/assembly/read-assembly';
import type { Template } from '@parley/assembly/references';
import { type JsonObject, canonicalJson, objectAt } from '@parley/assembly/values';
import type { Prefix } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';
import { type StageArguments, commandLine } from '../command-line.ts';
import { DeployError, explain } from '../errors.ts';
import { describeStack, isBusy, lookCommand } from '../engine/stack-description.ts';
import { readDeployedTemplate } from '../plan/deployed-template.ts';
import { shortHash } from '../record/hash.ts';
import type { DeployRecord } from '../record/record.ts';
import { readRecords, writeRecord } from '../record/records.ts';
import { changedDefinition } from './tool-definition.ts';
import { updateCode } from './update-code.ts';
import { zipFolder } from './zip-folder.ts';

export interface DeployFunctionOptions extends StageArguments {
  prefix: Prefix;
  /** The stack as it is synthesized now, whose function is deployed. */
  assembly: StackAssembly;
  tool: string;
  signal: AbortSignal;
  pollMs?: number;
}

export interface DeployedFunction {
  /** Physical name of the function. */
  functionName: string;
  /** Hash of the code, as the CDK files it. */
  hash: string;
  /** Whether it ran other code before. */
  isChanged: boolean;
  /** Whether the code is what the stack's last deploy put there. */
  isPermanent: boolean;
  /** Settings of the function that differ from what is deployed, and stay as they are. */
  left: string[];
}

/**
 * Replaces the code of one tool's function by what is built now, and records it so that a plan knows. Nothing else of
 * the stack is touched; CloudFormation does not know of it.
 * @throws DeployError naming what keeps it from being done, before anything is changed
 */
export async function deployFunction(
  cloud: Cloud,
  options: DeployFunctionOptions,
): Promise<DeployedFunction> {
  const { prefix, assembly, signal } = options;
  try {
    const wanted = findTool(assembly, options.tool);
    await refuseUnready(cloud, options);
    const [record, deployed, zip] = await Promise.all([
      recordOf(cloud, options),
      readDeployedTemplate(cloud, assembly.name) as unknown as Promise<Template>,
      zipFolder(wanted.asset.path),
    ]);
    refuseChanged(deployed, wanted, options);
    const functionName = await physicalName(cloud, assembly.name, wanted.logicalId);
    const { pollMs } = options;
    const isChanged = await updateCode(cloud, {
      functionName,
      zip,
      signal,
      lookCommand: commandLine(`plan ${assembly.stack}`, options),
      ...(pollMs === undefined ? {} : { pollMs }),
    });
    const after = withCode(record, wanted);
    await writeRecord(cloud, prefix, after);
    const isPermanent = after.byHand?.[wanted.name] === undefined;
    const left = settingsLeft(deployed, assembly.template, wanted.logicalId);
    return { functionName, hash: wanted.asset.hash, isChanged, isPermanent, left };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw explain(error);
  }
}

function findTool(assembly: StackAssembly, tool: string): StackFunction {
  const tools = functionsOf(assembly).filter(({ isTool }) => isTool);
  const found = tools.find(({ name }) => name === tool);
  if (found) return found;
  const names = tools.map(({ name }) => name).join(', ');
  throw new DeployError('unknown-tool', `${assembly.stack} has no tool called "${tool}".`, {
    nextStep: names === '' ? `${assembly.stack} has no tools.` : `There are: ${names}.`,
  });
}

async function refuseUnready(cloud: Cloud, options: DeployFunctionOptions): Promise<void> {
  const { stack, name } = options.assembly;
  const live = await describeStack(cloud, name);
  if (!live || live.status === 'REVIEW_IN_PROGRESS' || live.status === 'ROLLBACK_COMPLETE') {
    throw new DeployError(
      'not-deployed',
      `${stack} is not deployed to stage "${options.stage}".`,
      deployFirst(options),
    );
  }
  if (!isBusy(live.status)) return;
  throw new DeployError(
    'in-progress',
    `CloudFormation is at work on ${stack} (${live.status}): it may replace the code.`,
    {
      nextStep: `Wait until it is through, then run the same command again. To look at it: ${lookCommand(name, cloud.region)}`,
    },
  );
}

async function recordOf(cloud: Cloud, options: DeployFunctionOptions): Promise<DeployRecord> {
  const { stack } = options.assembly;
  const stored = (await readRecords(cloud, options.prefix)).get(stack);
  if (stored && 'record' in stored) return stored.record;
  const why = stored ? `cannot be read here: ${stored.unreadable}` : 'is not there';
  throw new DeployError(
    'unrecorded',
    `The record of ${stack}'s deploy ${why}; without it no plan could know of the new code.`,
    deployFirst(options),
  );
}

/** The registration that models read from, and the function itself, follow a deploy of the stack only. */
function refuseChanged(
  deployed: Template,
  { name, logicalId }: StackFunction,
  options: DeployFunctionOptions,
): void {
  const { stack, template } = options.assembly;
  if (deployed.Resources[logicalId] === undefined) {
    throw new DeployError(
      'not-deployed',
      `${name} is new: the ${stack} that is deployed does not have it.`,
      deployFirst(options),
    );
  }
  const changed = changedDefinition(deployed, template, logicalId);
  if (changed.length === 0) return;
  throw new DeployError(
    'definition-changed',
    `The ${changed.join(' and ')} of ${name} changed: models would go on reading the old one, as only a deploy of the stack registers it.`,
    deployFirst(options),
  );
}

async function physicalName(cloud: Cloud, StackName: string, LogicalResourceId: string): Promise<string> {
  const { DescribeStackResourceCommand } = await import('@aws-sdk/client-cloudformation');
  const client = await cloud.cloudFormation();
  const { StackResourceDetail } = await client.send(
    new DescribeStackResourceCommand({ StackName, LogicalResourceId }),
  );
  return StackResourceDetail?.PhysicalResourceId ?? '';
}

/** What the stack's last deploy put there is not by hand any more. */
function withCode(record: DeployRecord, { name, asset }: StackFunction): DeployRecord {
  const { [name]: _before, ...others } = record.byHand ?? {};
  const { byHand: _byHand, ...rest } = record;
  const isDeployed = record.fingerprint.assets?.[name] === shortHash(asset.hash);
  const byHand = isDeployed ? others : { ...others, [name]: asset.hash };
  return { ...rest, ...(Object.keys(byHand).length === 0 ? {} : { byHand }) };
}

function settingsLeft(deployed: Template, now: Template, logicalId: string): string[] {
  const [a, b] = [deployed, now].map(
    ({ Resources }) => objectAt(Resources[logicalId], 'Properties') as JsonObject,
  ) as [JsonObject, JsonObject];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => name !== 'Code');
  return names.filter((name) => canonicalJson(a[name] ?? null) !== canonicalJson(b[name] ?? null)).toSorted();
}

function deployFirst({ assembly, ...run }: DeployFunctionOptions): { nextStep: string } {
  return { nextStep: `Deploy the stack: ${commandLine(`deploy ${assembly.stack}`, run)}` };
}
