import { createHash } from 'node:crypto';
import type { JsonObject } from '@parley/assembly/values';
import { AwsFault, type Operation } from './local-aws.ts';
import { type Stage, type StoredStack, prefix, region, tags, taskDefinitionArn } from './stage.ts';

type Operations = Record<string, Operation>;

/** What AWS's services answer of a stage in memory. */
export function operationsOf(stage: Stage): Operations {
  return {
    ...ssm(stage),
    ...ecs(stage),
    ...ecr(stage),
    ...logs(stage),
    ...cloudFormation(stage),
    ...rest(stage),
  };
}

function ssm({ parameters }: Stage): Operations {
  const shown = (Name: string) => ({ Name, Value: parameters.get(Name)?.at(-1), Type: 'String' });
  return {
    GetParameters: ({ Names }) => ({
      Parameters: (Names as string[]).filter((name) => parameters.has(name)).map(shown),
    }),
    GetParametersByPath: ({ Path }) => ({
      Parameters: [...parameters.keys()].filter((name) => name.startsWith(`${String(Path)}/`)).map(shown),
    }),
    GetParameter: ({ Name }) => ({ Parameter: shown(String(Name)) }),
    GetParameterHistory: ({ Name, NextToken = '0' }) => {
      const values = parameters.get(String(Name));
      if (!values) throw new AwsFault('ParameterNotFound', `Parameter ${String(Name)} not found.`);
      const at = Number(NextToken);
      const entries = values.map((Value, i) => ({
        Name,
        Value,
        Version: i + 1,
        LastModifiedDate: 1_763_600_000 + i * 60,
        LastModifiedUser: 'arn:aws:sts::111122223333:assumed-role/Deployer/alice',
      }));
      // Pages as small as can be: nothing may lie in the first page alone.
      const more = at + 1 < entries.length ? { NextToken: String(at + 1) } : {};
      return { Parameters: entries.slice(at, at + 1), ...more };
    },
    PutParameter: ({ Name, Value }) => {
      const name = String(Name);
      parameters.set(name, [...(parameters.get(name) ?? []), String(Value)]);
      return { Version: parameters.get(name)?.length };
    },
  };
}

function ecs(stage: Stage): Operations {
  const { recording, taskDefinitions } = stage;
  return {
    ListServices: () => ({ serviceArns: [recording.services[0]!['serviceArn']] }),
    DescribeServices: () => {
      const service = recording.services[Math.min(stage.looks++, recording.services.length - 1)]!;
      return { services: [withEpochs(service)], failures: [] };
    },
    DescribeTaskDefinition: ({ taskDefinition }) => {
      const image = `111122223333.dkr.ecr.${region}.amazonaws.com/${prefix}/api:${taskDefinitions.get(String(taskDefinition))}`;
      const options = { 'awslogs-group': `/ecs/${prefix}/api`, 'awslogs-stream-prefix': 'api' };
      const logConfiguration = { logDriver: 'awslogs', options };
      return {
        taskDefinition: {
          taskDefinitionArn: taskDefinition,
          containerDefinitions: [{ name: 'Container', image, logConfiguration }],
        },
      };
    },
    ListTasks: ({ desiredStatus }) => ({
      taskArns: recording.tasks
        .filter((task) => task['desiredStatus'] === desiredStatus)
        .map((task) => task['taskArn']),
    }),
    DescribeTasks: ({ tasks }) => ({
      tasks: recording.tasks.filter((task) => (tasks as unknown[]).includes(task['taskArn'])).map(withEpochs),
      failures: [],
    }),
  };
}

/** On the wire, times are seconds since 1970. */
function withEpochs(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key: string, inner: unknown) =>
    key.endsWith('At') && typeof inner === 'string' ? Date.parse(inner) / 1000 : inner,
  );
}

function ecr({ images }: Stage): Operations {
  const detail = (tag: string) => {
    const image = images.get(tag)!;
    return {
      imageDigest: image.digest,
      imageTags: [...images].filter(([, { digest }]) => digest === image.digest).map(([each]) => each),
      imagePushedAt: Date.parse(image.pushedAt) / 1000,
      imageManifestMediaType: image.mediaType ?? 'application/vnd.oci.image.manifest.v1+json',
    };
  };
  const named = (ids: unknown) =>
    (ids as { imageTag?: string; imageDigest?: string }[]).flatMap(
      ({ imageTag, imageDigest }) =>
        [...images].find(([tag, { digest }]) => tag === imageTag || digest === imageDigest)?.[0] ?? [],
    );
  return {
    DescribeImages: ({ imageIds }) => {
      if (imageIds === undefined) return { imageDetails: [...images.keys()].map(detail) };
      const found = named(imageIds);
      if (found.length === 0) throw new AwsFault('ImageNotFoundException', 'The image does not exist');
      return { imageDetails: found.map(detail) };
    },
    BatchGetImage: ({ imageIds, repositoryName }) => ({
      images: named(imageIds).map((tag) => ({
        repositoryName,
        imageId: { imageDigest: images.get(tag)!.digest, imageTag: tag },
        imageManifest: images.get(tag)!.manifest ?? JSON.stringify({ digest: images.get(tag)!.digest }),
      })),
    }),
    PutImage: ({ imageTag, imageManifest }) => {
      const [, image] = [...images].find(([, { digest }]) => String(imageManifest).includes(digest))!;
      images.set(String(imageTag), image);
    },
  };
}

function logs({ logs: streams }: Stage): Operations {
  const groups = () => [...new Set([...streams.keys()].map((key) => key.split(' ')[0]!))];
  return {
    DescribeLogGroups: ({ logGroupNamePrefix }) => ({
      logGroups: groups()
        .filter((group) => group.startsWith(String(logGroupNamePrefix)))
        .map((logGroupName) => ({ logGroupName })),
    }),
    GetLogEvents: ({ logGroupName, logStreamName, limit }) => {
      const events = streams.get(`${String(logGroupName)} ${String(logStreamName)}`);
      if (!events)
        throw new AwsFault('ResourceNotFoundException', 'The specified log stream does not exist.');
      return { events: events.slice(-Number(limit)).map(({ at, message }) => ({ timestamp: at, message })) };
    },
    FilterLogEvents: ({ logGroupName, startTime = 0, nextToken = '0' }) => {
      const all = [...streams]
        .filter(([key]) => key.startsWith(`${String(logGroupName)} `))
        .flatMap(([key, events]) => events.map((event) => ({ ...event, stream: key.split(' ')[1] })))
        .filter(({ at }) => at >= Number(startTime))
        .toSorted((a, b) => a.at - b.at);
      const at = Number(nextToken);
      const events = all.slice(at, at + 2).map(({ id, at: timestamp, message, stream }) => ({
        eventId: id,
        timestamp,
        message,
        logStreamName: stream,
      }));
      return { events, ...(at + 2 < all.length ? { nextToken: String(at + 2) } : {}) };
    },
  };
}

function cloudFormation({ stacks, parameters }: Stage): Operations {
  const find = (name: unknown): StoredStack => {
    const found = stacks.get(String(name).split('/')[1] ?? String(name));
    if (!found) throw new AwsFault('ValidationError', `Stack with id ${String(name)} does not exist`);
    return found;
  };
  const changed = (stack: StoredStack) =>
    Object.entries(stack.deployed).filter(([path, value]) => parameters.get(path)?.at(-1) !== value);
  return {
    ListStacks: () => ({
      StackSummaries: [...stacks].map(([StackName, { status }]) => ({
        StackName,
        StackStatus: status,
        CreationTime: '2026-11-01T08:00:00Z',
      })),
    }),
    DescribeStacks: ({ StackName }) => ({
      Stacks: [
        {
          StackName,
          StackId: `arn:aws:cloudformation/${String(StackName)}/1`,
          StackStatus: find(StackName).status,
        },
      ],
    }),
    DescribeStackEvents: () => ({ StackEvents: [] }),
    ListStackResources: ({ StackName }) => ({
      StackResourceSummaries: Object.entries(find(StackName).ids).map(
        ([LogicalResourceId, PhysicalResourceId]) => ({
          LogicalResourceId,
          PhysicalResourceId,
        }),
      ),
    }),
    DescribeStackResource: ({ StackName, LogicalResourceId }) => ({
      StackResourceDetail: { PhysicalResourceId: find(StackName).ids[String(LogicalResourceId)] },
    }),
    GetTemplate: ({ StackName }) => ({ TemplateBody: JSON.stringify(find(StackName).template) }),
    CreateChangeSet: (input) => {
      if (input['UsePreviousTemplate'] !== 'true')
        throw new AwsFault('ValidationError', 'expected the previous template');
      return { Id: input['ChangeSetName'], StackId: input['StackName'] };
    },
    DescribeChangeSet: ({ StackName }) =>
      changed(find(StackName)).length === 0
        ? { Status: 'FAILED', StatusReason: "The submitted information didn't contain changes." }
        : {
            Status: 'CREATE_COMPLETE',
            Changes: ['Task', 'Service'].map((id) => ({
              Type: 'Resource',
              ResourceChange: {
                Action: 'Modify',
                LogicalResourceId: id,
                ResourceType: `AWS::ECS::${id}`,
                Replacement: 'False',
              },
            })),
          },
    DeleteChangeSet: () => undefined,
    ExecuteChangeSet: ({ StackName }) => {
      const stack = find(StackName);
      for (const [path] of changed(stack)) stack.deployed[path] = parameters.get(path)!.at(-1)!;
      const [tag] = Object.values(stack.deployed);
      stack.ids['Task'] = taskDefinitionArn(tag === tags.before ? 6 : 7);
      stack.status = 'UPDATE_COMPLETE';
    },
    GetCallerIdentity: () => ({
      Account: '111122223333',
      Arn: 'arn:aws:sts::111122223333:assumed-role/Deployer/alice',
    }),
  };
}

function rest({ functions, targets }: Stage): Operations {
  const named = (path: unknown) => String(path).split('/').at(-2) ?? '';
  return {
    DescribeTargetHealth: () => ({
      TargetHealthDescriptions: targets.map(({ id, state, reason, description }) => ({
        Target: { Id: id },
        TargetHealth: { State: state, Reason: reason, Description: description },
      })),
    }),
    'GET configuration': ({ path }) => {
      const found = functions.get(named(path))!;
      // Each look takes Lambda a step further.
      const { configuration } = found;
      const shown = { ...configuration };
      if (configuration['LastUpdateStatus'] === 'InProgress')
        configuration['LastUpdateStatus'] = 'Successful';
      return shown;
    },
    'PUT code': ({ path, ZipFile, RevisionId }) => {
      const found = functions.get(named(path))!;
      if (RevisionId !== found.configuration['RevisionId'])
        throw new AwsFault('PreconditionFailedException', 'The RevisionId provided does not match');
      found.zip = Buffer.from(String(ZipFile), 'base64');
      Object.assign(found.configuration, updated(found.zip));
      return found.configuration;
    },
  };
}

/** What Lambda says of a function that it was just given other code. */
function updated(zip: Buffer): JsonObject {
  const CodeSha256 = createHash('sha256').update(zip).digest('base64');
  return { CodeSha256, RevisionId: CodeSha256.slice(0, 8), LastUpdateStatus: 'InProgress' };
}
