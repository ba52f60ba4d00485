import { distributionPartsNotRun } from '../distribution/parts-not-run.ts';
import type { ResourceRecord } from '../state/records.ts';
import { listAt, textAt } from '@parley/assembly/values';

/** A part of a resource that has no effect here. */
export interface PartNotRun {
  /** Name of the property, or of what is in it. */
  part: string;
  reason: string;
}

interface Understanding {
  /** Properties that are carried out, or mean nothing on one machine. */
  understood: string[];
  /** Properties that are not carried out, with the reason. */
  notRun: Record<string, string>;
}

const unencrypted = 'data in the data folder is not encrypted';
const noNetwork = 'no network here: services and functions are processes that talk over loopback';
const noLimits = 'a process may use all of this machine';

/** What local running makes of the properties of the types it runs. `Tags` are understood everywhere. */
const understandings: Record<string, Understanding> = {
  'AWS::DynamoDB::Table': {
    understood: [
      'AttributeDefinitions',
      'BillingMode',
      'DeletionProtectionEnabled',
      'GlobalSecondaryIndexes',
      'KeySchema',
      'LocalSecondaryIndexes',
      'OnDemandThroughput',
      'ProvisionedThroughput',
      'TableClass',
      'TableName',
    ],
    notRun: {
      PointInTimeRecoverySpecification: 'there are no backups here: copy the data folder',
      SSESpecification: unencrypted,
      StreamSpecification: 'tables have no streams here',
      TimeToLiveSpecification: 'expired items are not removed',
    },
  },
  'AWS::S3::Bucket': {
    understood: ['AccessControl', 'BucketName', 'OwnershipControls', 'PublicAccessBlockConfiguration'],
    notRun: {
      BucketEncryption: unencrypted,
      CorsConfiguration: 'pages of this machine may use a bucket, others may not',
      LifecycleConfiguration: 'objects are not removed by age',
      NotificationConfiguration: 'nobody is told of changes in a bucket',
      VersioningConfiguration: 'only the last version of an object is kept',
    },
  },
  'AWS::Lambda::Function': {
    understood: [
      'Architectures',
      'Code',
      'Description',
      'Environment',
      'FunctionName',
      'Handler',
      'LoggingConfig',
      'MemorySize',
      'PackageType',
      'ReservedConcurrentExecutions',
      'Role',
      'Runtime',
      'RuntimeManagementConfig',
      'Timeout',
    ],
    notRun: {
      DeadLetterConfig: 'asynchronous invocations are tried once',
      EphemeralStorage: noLimits,
      Layers: 'functions have only their own code',
      TracingConfig: 'there are no traces here',
      VpcConfig: noNetwork,
    },
  },
  'AWS::ECS::TaskDefinition': {
    understood: [
      'ContainerDefinitions',
      'ExecutionRoleArn',
      'Family',
      'NetworkMode',
      'RequiresCompatibilities',
      'RuntimePlatform',
      'TaskRoleArn',
    ],
    notRun: { Cpu: noLimits, Memory: noLimits, Volumes: 'processes use the file system of this machine' },
  },
  'AWS::ECS::Service': {
    understood: [
      'Cluster',
      'DeploymentConfiguration',
      'DesiredCount',
      'EnableECSManagedTags',
      'HealthCheckGracePeriodSeconds',
      'LaunchType',
      'LoadBalancers',
      'PlatformVersion',
      'PropagateTags',
      'ServiceName',
      'TaskDefinition',
    ],
    notRun: { NetworkConfiguration: noNetwork },
  },
  'AWS::CloudFront::Function': {
    understood: ['AutoPublish', 'FunctionCode', 'FunctionConfig', 'Name'],
    notRun: {},
  },
  'AWS::SSM::Parameter': { understood: ['Description', 'Name', 'Tier', 'Type', 'Value'], notRun: {} },
};

const conditionsRun = new Set(['path-pattern', 'http-request-method', 'http-header']);

/** The parts of a resource that is run which have no effect here, each with the reason. */
export function partsNotRun({ type, properties }: ResourceRecord): PartNotRun[] {
  const understanding = understandings[type];
  const parts = Object.keys(properties).flatMap((part) => {
    if (!understanding || part === 'Tags' || understanding.understood.includes(part)) return [];
    return [{ part, reason: understanding.notRun[part] ?? 'unknown to local running' }];
  });
  if (type === 'AWS::CloudFront::Distribution') parts.push(...distributionPartsNotRun(properties));
  const containers = listAt(properties, 'ContainerDefinitions').length;
  if (containers > 1)
    parts.push({ part: 'ContainerDefinitions', reason: 'only the labelled container is run' });
  for (const condition of listAt(properties, 'Conditions')) {
    const field = textAt(condition, 'Field') ?? '';
    if (type !== 'AWS::ElasticLoadBalancingV2::ListenerRule' || conditionsRun.has(field)) continue;
    parts.push({ part: `condition ${field}`, reason: 'it is taken as met' });
  }
  return parts;
}
