import type { Prefix } from '@parley/contract/names';
import { ssmPath } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';
import { type DeployRecord, type StoredRecord, parseRecord, serializeRecord } from './record.ts';

export type { DeployRecord, Fingerprint, StoredRecord } from './record.ts';

/** The records of all stacks of a stage, by stack; also of stacks that are not in the workspace any more. */
export async function readRecords(cloud: Cloud, prefix: Prefix): Promise<Map<string, StoredRecord>> {
  const { paginateGetParametersByPath } = await import('@aws-sdk/client-ssm');
  const records = new Map<string, StoredRecord>();
  const Path = ssmPath.stacks(prefix);
  for await (const page of paginateGetParametersByPath(
    { client: await cloud.ssm() },
    { Path, Recursive: true },
  )) {
    for (const { Name = '', Value = '' } of page.Parameters ?? []) {
      const stack = Name.slice(Path.length + 1).replace(/\/deployed$/, '');
      if (Name === ssmPath.deployed(prefix, stack)) records.set(stack, parseRecord(Value));
    }
  }
  return records;
}

/** Stores what is known of a stack's last deploy, in place of what was. */
export async function writeRecord(cloud: Cloud, prefix: Prefix, record: DeployRecord): Promise<void> {
  const { PutParameterCommand } = await import('@aws-sdk/client-ssm');
  const Name = ssmPath.deployed(prefix, record.stack);
  const Value = serializeRecord(record);
  await (await cloud.ssm()).send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
}

/** Forgets a stack that was removed. One that is not there is no error. */
export async function deleteRecord(cloud: Cloud, prefix: Prefix, stack: string): Promise<void> {
  const { DeleteParametersCommand } = await import('@aws-sdk/client-ssm');
  await (await cloud.ssm()).send(new DeleteParametersCommand({ Names: [ssmPath.deployed(prefix, stack)] }));
}
