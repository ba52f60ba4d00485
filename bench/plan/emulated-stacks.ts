import {
  type CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { registrarFunctionName } from '@parley/contract/names';

/** Answers every registration with success, so that chat apps can stand without the stacks they register with. */
const registrar = `
exports.handler = async (event) => {
  const body = JSON.stringify({
    Status: 'SUCCESS', PhysicalResourceId: event.PhysicalResourceId ?? event.LogicalResourceId,
    StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId,
  });
  await fetch(event.ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } });
};`;

/** Creates stacks in the emulator, four at a time; those that it has already are left as they are. */
export async function createStacks(
  client: CloudFormationClient,
  templates: Readonly<Record<string, unknown>>,
): Promise<void> {
  const names = Object.keys(templates);
  const worker = async (): Promise<void> => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      await createStack(client, name, templates[name]);
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

/** A stack with nothing but the function that chat apps of a prefix register with. */
export function registrarTemplate(prefix: string): object {
  const Role = `arn:aws:iam::000000000000:role/${prefix}`;
  const FunctionName = registrarFunctionName(prefix);
  const Code = { ZipFile: registrar };
  const Properties = {
    FunctionName,
    Role,
    Code,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Timeout: 30,
  };
  return { Resources: { Registrar: { Type: 'AWS::Lambda::Function', Properties } } };
}

/** A stack that merely stands. */
export const placeholderTemplate = {
  Resources: { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
};

async function createStack(
  client: CloudFormationClient,
  StackName: string,
  template: unknown,
): Promise<void> {
  await client.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }));
  try {
    await waitUntilStackCreateComplete({ client, minDelay: 1, maxDelay: 1, maxWaitTime: 120 }, { StackName });
  } catch (cause) {
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
    const reasons = StackEvents.map(({ ResourceStatusReason = '' }) => ResourceStatusReason);
    throw new Error(`${StackName} could not be created: ${reasons.join('; ')}`, { cause });
  }
}
