import type { Check, Finding } from './check.ts';
import { resourcesOf, textOf, valueAt } from './template.ts';

/** Longest text AWS takes, from the documentation of each resource. */
const longest: Record<string, Record<string, number>> = {
  'AWS::CloudFront::CachePolicy': { 'CachePolicyConfig.Comment': 128 },
  'AWS::CloudFront::Distribution': { 'DistributionConfig.Comment': 128 },
  'AWS::CloudFront::Function': { 'FunctionConfig.Comment': 128, Name: 64 },
  'AWS::CloudFront::OriginAccessControl': { 'OriginAccessControlConfig.Description': 256 },
  'AWS::CloudFront::OriginRequestPolicy': { 'OriginRequestPolicyConfig.Comment': 128 },
  'AWS::CloudFront::ResponseHeadersPolicy': { 'ResponseHeadersPolicyConfig.Comment': 128 },
  'AWS::CloudWatch::Alarm': { AlarmDescription: 1024, AlarmName: 255 },
  'AWS::EC2::SecurityGroup': { GroupDescription: 255 },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': { Name: 32 },
  'AWS::ElasticLoadBalancingV2::TargetGroup': { Name: 32 },
  'AWS::Events::Rule': { Description: 512, Name: 64 },
  'AWS::IAM::ManagedPolicy': { Description: 1000 },
  'AWS::IAM::Role': { Description: 1000, RoleName: 64 },
  'AWS::KMS::Key': { Description: 8192 },
  'AWS::Lambda::Function': { Description: 256, FunctionName: 64 },
  'AWS::Lambda::LayerVersion': { Description: 256 },
  'AWS::Logs::LogGroup': { LogGroupName: 512 },
  'AWS::SQS::Queue': { QueueName: 80 },
  'AWS::SSM::Parameter': { Description: 1024, Value: 4096 },
  'AWS::SecretsManager::Secret': { Description: 2048 },
  'AWS::StepFunctions::StateMachine': { StateMachineName: 80 },
  'AWS::WAFv2::WebACL': { Description: 256 },
};
const templateDescriptionBytes = 1024;

/** T27: a description, comment or name longer than AWS takes; a deploy would find out half-way. */
export const textLengths: Check = (template) => [
  ...tooLong('', 'Description', template.Description, templateDescriptionBytes),
  ...resourcesOf(template).flatMap(({ logicalId, type, properties }) =>
    Object.entries(longest[type] ?? {}).flatMap(([path, limit]) =>
      tooLong(logicalId, path, valueAt(properties, path), limit),
    ),
  ),
];

/** What CloudFormation fills in is not counted. */
function tooLong(at: string, path: string, value: unknown, limit: number): Finding[] {
  const text = typeof value === 'string' ? value : textOf(value).replaceAll(/\{[^}]*\}/g, '');
  const length = Buffer.byteLength(text);
  if (length <= limit) return [];
  return [
    { at, found: `${path} has ${length} characters`, expected: `at most ${limit}`, mend: 'shorten it' },
  ];
}
