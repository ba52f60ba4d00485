import type { ResourceRecord } from '../state/records.ts';
import { type Json, textAt } from '@parley/assembly/values';
import type { ResourceHandler, ResourceRequest } from './handler.ts';
import { arn, generatedName, shortHash } from './physical-names.ts';

const network = 'no network here: services and functions are processes that talk over loopback';
const permissions = 'permissions are not enforced on this machine';
const monitoring = 'there are no metrics or alarms here: see the log files in the data folder';
const edge = 'the local gateway takes its place';

/**
 * Types that exist in the templates but do nothing here, with the reason. A key that ends in `::` stands for all
 * types that begin with it.
 */
const reasons: Record<string, string> = {
  'AWS::EC2::': network,
  'AWS::IAM::': permissions,
  'AWS::KMS::': 'data in the data folder is not encrypted',
  'AWS::Lambda::Permission': permissions,
  'AWS::Lambda::EventInvokeConfig': 'asynchronous invocations are tried once',
  'AWS::S3::BucketPolicy': permissions,
  'AWS::ECS::Cluster': 'services run as processes of this machine',
  'AWS::ApplicationAutoScaling::': 'a service runs as many processes as its desired count',
  'AWS::CloudWatch::': monitoring,
  'AWS::Logs::MetricFilter': monitoring,
  'AWS::Logs::ResourcePolicy': permissions,
  'AWS::SNS::': 'nobody is notified from this machine',
  'AWS::Budgets::': 'nothing costs money here',
  'AWS::WAFv2::': edge,
  'AWS::CloudFront::CachePolicy': 'nothing is kept between the origin and the browser',
  'AWS::CloudFront::OriginAccessControl': permissions,
  'AWS::CloudFront::OriginRequestPolicy': 'services get the whole request',
  'AWS::CloudFront::VpcOrigin': network,
  'AWS::CloudFront::': edge,
  'AWS::Route53::': edge,
  'AWS::CertificateManager::': edge,
  'AWS::Cognito::UserPoolDomain': 'the local sign-in page takes its place',
  'AWS::Cognito::UserPoolGroup': 'groups are chosen at local sign-in',
  'AWS::SecretsManager::': 'secrets are not kept on this machine',
  'AWS::CDK::Metadata': 'it only counts uses of CDK',
  'Custom::S3AutoDeleteObjects': 'a deleted bucket goes with all that is in it',
  'Custom::VpcRestrictDefaultSG': network,
};

/** Types whose `Ref` is their ARN. */
const refIsArn = new Set([
  'AWS::IAM::ManagedPolicy',
  'AWS::SNS::Topic',
  'AWS::SecretsManager::Secret',
  'AWS::CertificateManager::Certificate',
]);

const idPrefixes: Record<string, string> = {
  VPC: 'vpc',
  Subnet: 'subnet',
  SecurityGroup: 'sg',
  RouteTable: 'rtb',
  InternetGateway: 'igw',
  NatGateway: 'nat',
  EIP: 'eipalloc',
  VPCEndpoint: 'vpce',
};

/** Why resources of this type are not really run; undefined for a type this table does not know. */
export function reasonNotRun(type: string): string | undefined {
  if (Object.hasOwn(reasons, type)) return reasons[type];
  const group = Object.keys(reasons).find((key) => key.endsWith('::') && type.startsWith(key));
  return group === undefined ? undefined : reasons[group];
}

/** A resource that is only a name for others to refer to. */
export const inert: ResourceHandler = {
  create: (request) => ({ physicalId: physicalIdOf(request), attributes: {} }),
};

function physicalIdOf(request: ResourceRequest): string {
  const { type, properties, stack, logicalId } = request;
  const [, service, kind = ''] = type.split('::');
  if (service === 'EC2') return `${idPrefixes[kind] ?? kind.toLowerCase()}-${shortHash(stack.id, logicalId)}`;
  const name = textAt(properties, `${kind}Name`) ?? textAt(properties, 'Name') ?? generatedName(request);
  return refIsArn.has(type) ? arnOf(type, stack.region, name) : name;
}

function arnOf(type: string, region: string, name: string): string {
  const [, service = '', kind = ''] = type.split('::');
  const resource = service === 'SNS' ? name : `${kind.toLowerCase()}/${name}`;
  return arn(service.toLowerCase(), { stack: { name: '', id: '', region } }, resource);
}

/** A plausible value for any attribute of an inert resource: templates pass them on, and nothing here uses them. */
export function inertAttribute(record: ResourceRecord, name: string, region: string): Json {
  const own = record.properties[name];
  if (own !== undefined) return own;
  if (name.endsWith('Arn')) {
    return record.physicalId.startsWith('arn:')
      ? record.physicalId
      : arnOf(record.type, region, record.physicalId);
  }
  if (name === 'Id' || name.endsWith('Id')) return record.physicalId;
  return `${record.physicalId}-${name}`;
}
