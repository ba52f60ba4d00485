import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import type { Machine } from './machine.ts';
import { awsSettings } from './sample-client.ts';

const event = z.looseObject({
  RequestType: z.string(),
  RequestId: z.string(),
  ResponseURL: z.string(),
  StackId: z.string(),
  LogicalResourceId: z.string(),
  ResourceType: z.string(),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.record(z.string(), z.unknown()),
  OldResourceProperties: z.record(z.string(), z.unknown()).optional(),
});
export type RecordedEvent = z.infer<typeof event>;

/** Every event the registrar of the sample stacks was sent for one stack, in order. */
export async function recordedEvents(machine: Machine, stack: string): Promise<RecordedEvent[]> {
  const { region, credentials, dynamodb, ssm } = await awsSettings(machine);
  const parameters = new SSMClient({ region, credentials, endpoint: ssm });
  const { Parameter } = await parameters.send(new GetParameterCommand({ Name: '/sample/registry/table' }));
  const documents = DynamoDBDocumentClient.from(
    new DynamoDBClient({ region, credentials, endpoint: dynamodb }),
  );
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName: Parameter?.Value,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': 'events' },
    }),
  );
  return Items.map((item) => event.parse(JSON.parse(String(item['event'])))).filter(({ StackId }) =>
    StackId.includes(`:stack/${stack}/`),
  );
}

/** The same, as `<type> <id>` lines. */
export async function eventLines(machine: Machine, stack: string): Promise<string[]> {
  const events = await recordedEvents(machine, stack);
  return events.map(
    ({ RequestType, ResourceProperties }) => `${RequestType} ${String(ResourceProperties['Id'])}`,
  );
}
