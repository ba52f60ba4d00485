import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * The DynamoDB client entry points use. Region, credentials and endpoint come from where the SDK
 * finds them. A call gets 1 s to connect and 3 s to answer, and 3 attempts: a streamed answer
 * waits for its writes, and the SDK's own default is to wait without end.
 */
export function createStoreClient(config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(
    new DynamoDBClient({
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
      ...config,
    }),
  );
}
