import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Machine } from './machine.ts';
import { awsSettings } from './sample-client.ts';

/** AWS clients set up as those of a service on this machine. */
export async function sampleClients(machine: Machine) {
  const { region, credentials, dynamodb, lambda, s3, ssm } = await awsSettings(machine);
  const once = { maxAttempts: 1 };
  return {
    dynamodb: new DynamoDBClient({ region, credentials, endpoint: dynamodb, ...once }),
    lambda: new LambdaClient({ region, credentials, endpoint: lambda, ...once }),
    s3: new S3Client({ region, credentials, endpoint: s3, ...once }),
    ssm: new SSMClient({ region, credentials, endpoint: ssm, ...once }),
  };
}
