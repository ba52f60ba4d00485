import type { BucketStore } from '../aws/bucket-store.ts';
import type { DynamoDb } from '../aws/dynamodb-api.ts';
import type { ParameterStore } from '../state/parameter-store.ts';
import {
  ecsService,
  listener,
  listenerRule,
  loadBalancer,
  targetGroup,
  taskDefinition,
} from './containers.ts';
import { distribution, responseHeadersPolicy, viewerFunction } from './cloudfront.ts';
import { type CustomResourceParts, customResource } from './custom-resource.ts';
import { dynamodbTable } from './dynamodb-table.ts';
import type { ResourceHandler } from './handler.ts';
import { inert, reasonNotRun } from './inert.ts';
import { type FunctionParts, lambdaAlias, lambdaFunction, lambdaVersion } from './lambda-function.ts';
import { s3Bucket } from './s3-bucket.ts';
import { logGroup, resourceServer, userPool, userPoolClient } from './sign-in.ts';
import { ssmParameter } from './ssm-parameter.ts';

export interface HandlerParts extends CustomResourceParts, FunctionParts {
  dynamodb: DynamoDb;
  buckets: BucketStore;
  parameters: ParameterStore;
}

/** How each resource type is run. A type that is not here is inert. */
export class Handlers {
  readonly #handlers: Record<string, ResourceHandler>;
  readonly #custom: ResourceHandler;

  constructor(parts: HandlerParts) {
    this.#custom = customResource(parts);
    this.#handlers = {
      'AWS::SSM::Parameter': ssmParameter(parts.parameters),
      'AWS::DynamoDB::Table': dynamodbTable(parts.dynamodb),
      'AWS::S3::Bucket': s3Bucket(parts.buckets),
      'AWS::Lambda::Function': lambdaFunction(parts),
      'AWS::Lambda::Version': lambdaVersion(parts.store),
      'AWS::Lambda::Alias': lambdaAlias(parts.store),
      'AWS::ECS::TaskDefinition': taskDefinition,
      'AWS::ECS::Service': ecsService,
      'AWS::ElasticLoadBalancingV2::LoadBalancer': loadBalancer,
      'AWS::ElasticLoadBalancingV2::Listener': listener,
      'AWS::ElasticLoadBalancingV2::ListenerRule': listenerRule(parts.store),
      'AWS::ElasticLoadBalancingV2::TargetGroup': targetGroup,
      'AWS::Cognito::UserPool': userPool,
      'AWS::Cognito::UserPoolResourceServer': resourceServer,
      'AWS::Cognito::UserPoolClient': userPoolClient,
      'AWS::CloudFront::Distribution': distribution,
      'AWS::CloudFront::Function': viewerFunction,
      'AWS::CloudFront::ResponseHeadersPolicy': responseHeadersPolicy,
      'AWS::Logs::LogGroup': logGroup,
      'AWS::CloudFormation::CustomResource': this.#custom,
    };
  }

  of(type: string): ResourceHandler {
    return this.#running(type) ?? inert;
  }

  /** Whether resources of this type are only names here. */
  isInert(type: string): boolean {
    return this.#running(type) === undefined;
  }

  #running(type: string): ResourceHandler | undefined {
    if (Object.hasOwn(this.#handlers, type)) return this.#handlers[type];
    return type.startsWith('Custom::') && reasonNotRun(type) === undefined ? this.#custom : undefined;
  }
}
