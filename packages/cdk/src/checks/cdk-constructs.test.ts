import { expect, test } from 'vitest';
import { createWorkspace } from '../testing/workspace.ts';

/** What an author is likely to add to a chat app, by CDK's own constructs and their grants. */
const stack = `
  import { parleyApp } from '@parley/cdk/parley-app';
  import { AttributeType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
  import { Vpc } from 'aws-cdk-lib/aws-ec2';
  import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
  import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
  import { Key } from 'aws-cdk-lib/aws-kms';
  import { Code, Function, Runtime, StartingPosition, Tracing } from 'aws-cdk-lib/aws-lambda';
  import { DynamoEventSource, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
  import { AuroraPostgresEngineVersion, ClusterInstance, DatabaseCluster, DatabaseClusterEngine } from 'aws-cdk-lib/aws-rds';
  import { Bucket } from 'aws-cdk-lib/aws-s3';
  import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
  import { Topic } from 'aws-cdk-lib/aws-sns';
  import { Queue } from 'aws-cdk-lib/aws-sqs';
  import { DefinitionBody, Pass, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
  import { Duration } from 'aws-cdk-lib/core';

  export const app = parleyApp(import.meta, (stack) => {
    const noncurrentVersionExpiration = Duration.days(3);
    const bucket = new Bucket(stack, 'Files', { versioned: true, lifecycleRules: [{ noncurrentVersionExpiration }] });
    const partitionKey = { name: 'pk', type: AttributeType.STRING };
    const table = new Table(stack, 'Table', { partitionKey, stream: StreamViewType.NEW_IMAGE });
    table.addGlobalSecondaryIndex({ indexName: 'by-day', partitionKey: { name: 'day', type: AttributeType.STRING } });
    const [queue, topic, key, secret] = [
      new Queue(stack, 'Queue'), new Topic(stack, 'Topic'), new Key(stack, 'Key'), new Secret(stack, 'Secret'),
    ];
    const look = new Function(stack, 'Look', {
      runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('//'), tracing: Tracing.ACTIVE,
      environment: {
        BUCKET: bucket.bucketName, TABLE: table.tableName, QUEUE: queue.queueUrl, TOPIC: topic.topicArn, SECRET: secret.secretName,
      },
    });
    bucket.grantReadWrite(look);
    table.grantReadWriteData(look);
    queue.grantSendMessages(look);
    topic.grantPublish(look);
    secret.grantRead(look);
    key.grantEncryptDecrypt(look);
    look.addEventSource(new SqsEventSource(queue));
    look.addEventSource(new DynamoEventSource(table, { startingPosition: StartingPosition.LATEST }));
    new Rule(stack, 'Daily', { schedule: Schedule.rate(Duration.days(1)), targets: [new LambdaFunction(look)] });
    const machine = new StateMachine(stack, 'Steps', { definitionBody: DefinitionBody.fromChainable(new Pass(stack, 'Pass')) });
    machine.grantStartExecution(look);
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, restrictDefaultSecurityGroup: false });
    const engine = DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_4 });
    new DatabaseCluster(stack, 'Database', { engine, vpc, writer: ClusterInstance.serverlessV2('Writer') });
  });
`;

test("what CDK's own constructs and grants make is accepted", async () => {
  const workspace = await createWorkspace({ 'stack.ts': stack });
  try {
    const { template } = await (await workspace.load()).synth({ stage: 'dev' });
    expect(JSON.stringify(template)).toContain('AWS::RDS::DBCluster');
  } finally {
    await workspace.remove();
  }
});
