import type { JsonObject } from '@parley/assembly/values';

/** A stack in memory. */
export interface StoredStack {
  status: string;
  template: { Parameters: JsonObject; Resources: JsonObject };
  /** Physical ids, by logical id. */
  ids: Record<string, string>;
  /** Values its SSM parameters had when it was last deployed, by path. */
  deployed: Record<string, string>;
}

/** ECS's answers as its API reference documents them; times in ISO 8601. */
export interface Recording {
  /** What this is a recording of. */
  about: string;
  /** Answers to DescribeServices, one after another; the last one stays. */
  services: JsonObject[];
  /** Tasks, of which ListTasks and DescribeTasks tell. */
  tasks: JsonObject[];
}

/** One stage in memory, as AWS's services see it. */
export interface Stage {
  /** Every value that each SSM parameter was given, the current one last. */
  parameters: Map<string, string[]>;
  stacks: Map<string, StoredStack>;
  recording: Recording;
  /** How often the service was looked at. */
  looks: number;
  /** Image of each task definition's container, by ARN. */
  taskDefinitions: Map<string, string>;
  /** Images of the repository, by tag. */
  images: Map<string, { digest: string; pushedAt: string; mediaType?: string; manifest?: string }>;
  /** Events of each log stream, by `<group> <stream>`. */
  logs: Map<string, { id: string; at: number; message: string }[]>;
  /** What DescribeTargetHealth says of every target group. */
  targets: { id: string; state: string; reason?: string; description?: string }[];
  /** Lambda functions, by physical name. */
  functions: Map<string, { configuration: JsonObject; zip: Buffer }>;
}

export const region = 'eu-west-1';
const account = '111122223333';
export const prefix = 'parley-dev';
export const cluster = `${prefix}-cluster`;
export const serviceArn = `arn:aws:ecs:${region}:${account}:service/${cluster}/${prefix}-app-ApiService-x1y2`;
const targetGroup = `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/api/1`;

export function taskDefinitionArn(revision: number): string {
  return `arn:aws:ecs:${region}:${account}:task-definition/api:${revision}`;
}

/** Tags of the images of revisions 6 and 7 of the task definition. */
export const tags = { before: 'a'.repeat(32), now: 'b'.repeat(32) };
export const digests = { before: `sha256:${'a'.repeat(64)}`, now: `sha256:${'b'.repeat(64)}` };

/** A stage with one service whose second image was deployed just now. */
export function stageWith(recording: Recording): Stage {
  const imageTag = `/${prefix}/api/image-tag`;
  return {
    parameters: new Map([
      [imageTag, [tags.before, tags.now]],
      [`/${prefix}/network/ecs-cluster-name`, [cluster]],
      [`/${prefix}/frontend/url`, ['https://demo.example']],
    ]),
    stacks: new Map([
      [
        `${prefix}-app`,
        {
          status: 'UPDATE_COMPLETE',
          template: serviceTemplate(imageTag),
          ids: { Service: serviceArn, Task: taskDefinitionArn(7) },
          deployed: { [imageTag]: tags.now },
        },
      ],
    ]),
    recording,
    looks: 0,
    taskDefinitions: new Map([
      [taskDefinitionArn(6), tags.before],
      [taskDefinitionArn(7), tags.now],
    ]),
    images: new Map([
      [tags.before, { digest: digests.before, pushedAt: '2026-11-20T08:00:00Z' }],
      [tags.now, { digest: digests.now, pushedAt: '2026-11-21T09:00:00Z' }],
    ]),
    logs: new Map(),
    targets: [{ id: '10.0.0.7', state: 'healthy' }],
    functions: new Map(),
  };
}

function serviceTemplate(imageTag: string): StoredStack['template'] {
  return {
    Parameters: { Tag: { Type: 'AWS::SSM::Parameter::Value<String>', Default: imageTag } },
    Resources: {
      Task: {
        Type: 'AWS::ECS::TaskDefinition',
        Properties: {
          ContainerDefinitions: [
            { Name: 'Container', Image: { 'Fn::Join': ['', [`registry/${prefix}/api:`, { Ref: 'Tag' }]] } },
          ],
        },
      },
      Service: {
        Type: 'AWS::ECS::Service',
        Properties: { TaskDefinition: { Ref: 'Task' }, LoadBalancers: [{ TargetGroupArn: targetGroup }] },
      },
    },
  };
}
