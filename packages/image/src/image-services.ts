import { architectures, type Architecture } from '@parley/contract/architecture';
import { imageRepository, ssmPath, workspaceLabel, type Prefix } from '@parley/contract/names';
import { join } from 'node:path';
import { z } from 'zod';
import { ImageError } from './errors.ts';

/** A service of a template whose image is built here: all that its image and its trial start need. */
export interface ImageService {
  /** Name within the stage: of the repository and the tag's parameter. */
  service: string;
  /** Workspace package whose build the image holds. */
  workspace: string;
  /** Absolute path of that build. */
  folder: string;
  architecture: Architecture;
  /** Program and arguments, as the task definition has them. */
  command: string[];
  /** Path that answers 200 once the service can take requests; undefined when nothing checks it. */
  healthPath: string | undefined;
  /** The container's variables; undefined for a value that only a deploy knows. */
  environment: Record<string, string | undefined>;
}

export interface ImageServicesOptions {
  prefix: Prefix;
  /** Absolute folder of a workspace package. */
  workspaceFolder(name: string): string;
}

const name = z.string().or(z.unknown().transform(() => undefined));
const reference = z.object({ Ref: z.string() });
const container = z.object({
  Image: z.unknown(),
  Command: z.array(z.string()).min(1),
  DockerLabels: z.record(z.string(), z.unknown()).default({}),
  Environment: z.array(z.object({ Name: z.string(), Value: name })).default([]),
  Secrets: z.array(z.object({ Name: z.string() })).default([]),
});
const taskDefinition = z.object({
  ContainerDefinitions: z.array(z.unknown()),
  RuntimePlatform: z.object({ CpuArchitecture: z.string() }).optional(),
});
const ecsService = z.object({
  TaskDefinition: reference,
  LoadBalancers: z.array(z.object({ TargetGroupArn: reference })).default([]),
});
const template = z.object({
  Parameters: z.record(z.string(), z.object({ Default: z.unknown() })).default({}),
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.unknown() })),
});
type Template = z.output<typeof template>;

/**
 * The services of a synthesized template whose images come from this workspace: those whose container says so by the
 * label `parley.workspace`. Throws `template-differs` when a template and this package name an image differently.
 */
export function imageServices(source: unknown, options: ImageServicesOptions): ImageService[] {
  const parsed = template.parse(source);
  return Object.values(parsed.Resources)
    .filter(({ Type }) => Type === 'AWS::ECS::Service')
    .flatMap(({ Properties }) => servicesOf(parsed, ecsService.parse(Properties), options));
}

function servicesOf(
  { Resources, Parameters }: Template,
  { TaskDefinition, LoadBalancers }: z.output<typeof ecsService>,
  options: ImageServicesOptions,
): ImageService[] {
  const task = taskDefinition.parse(Resources[TaskDefinition.Ref]?.Properties);
  const targets = Resources[LoadBalancers[0]?.TargetGroupArn.Ref ?? '']?.Properties;
  const { HealthCheckPath } = z.object({ HealthCheckPath: z.string().optional() }).parse(targets ?? {});
  return task.ContainerDefinitions.filter(isOfWorkspace).map((definition) => {
    const { Image, Command, DockerLabels, Environment, Secrets } = container.parse(definition);
    const workspace = String(DockerLabels[workspaceLabel]);
    return {
      service: serviceOfImage(Image, Parameters, options.prefix),
      workspace,
      folder: join(options.workspaceFolder(workspace), 'dist'),
      architecture: architectureOf(task.RuntimePlatform?.CpuArchitecture, workspace),
      command: Command,
      healthPath: HealthCheckPath,
      environment: Object.fromEntries([
        ...Environment.map(({ Name, Value }) => [Name, Value] as const),
        ...Secrets.map(({ Name }) => [Name, undefined] as const),
      ]),
    };
  });
}

function isOfWorkspace(definition: unknown): boolean {
  const labelled = z.object({ DockerLabels: z.object({ [workspaceLabel]: z.string() }) });
  return labelled.safeParse(definition).success;
}

/** Finds the service by the parameter its image's tag comes from, and checks the repository's name against it. */
function serviceOfImage(image: unknown, parameters: Template['Parameters'], prefix: Prefix): string {
  const text = JSON.stringify(image);
  for (const [parameter, { Default }] of Object.entries(parameters)) {
    const service = /^\/[^/]+\/([^/]+)\/image-tag$/.exec(String(Default))?.[1];
    if (service === undefined || Default !== ssmPath.imageTag(prefix, service)) continue;
    if (!text.includes(JSON.stringify({ Ref: parameter }))) continue;
    if (text.includes(`/${imageRepository(prefix, service)}:`)) return service;
  }
  throw new ImageError(
    'template-differs',
    `The image ${text} is none that is pushed for ${prefix}: expected …/${imageRepository(prefix, '<service>')}:` +
      `{tag from ${ssmPath.imageTag(prefix, '<service>')}}. Synthesize the stage again.`,
  );
}

function architectureOf(cpu: string | undefined, workspace: string): Architecture {
  const found = architectures.find((each) => each.toUpperCase() === cpu);
  if (found) return found;
  throw new ImageError(
    'template-differs',
    `The task of ${workspace} runs on ${cpu ?? 'what Fargate chooses'}: expected RuntimePlatform to name one of ` +
      `${architectures.map((each) => each.toUpperCase()).join(', ')}.`,
  );
}
