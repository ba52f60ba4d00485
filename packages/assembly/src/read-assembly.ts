import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { templateMetadata } from '@parley/contract/names';
import * as z from 'zod';
import { TemplateError, messageOf } from './errors.ts';
import type { Template } from './template/references.ts';
import { type JsonObject, isObject } from './template/values.ts';

/** One synthesized stack. */
export interface StackAssembly {
  /** Unscoped name of the package it was synthesized from. Default: `name`. */
  stack: string;
  /** CloudFormation's name for it, such as `parley-dev-weather`. */
  name: string;
  /** Stage and prefix it was synthesized for; undefined in assemblies that Parley's synth did not write. */
  stage: string | undefined;
  prefix: string | undefined;
  /** Absolute folder of the cloud assembly (`cdk.out/<stage>`). */
  folder: string;
  region: string;
  /** Undefined when it goes wherever the credentials lead. */
  account: string | undefined;
  template: Template;
  /** Values for template parameters given by the assembly. */
  parameters: Record<string, string>;
  /** File assets by object key, the template's own left out. */
  assets: Map<string, FileAsset>;
  terminationProtection: boolean;
}

export interface FileAsset {
  /** Hash of its content, the same on every machine. */
  hash: string;
  /** Where in the stack it is used, such as `Forecast/Lambda/Function/Code`; the hash when CDK names none. */
  name: string;
  /** Absolute path of a folder, or a file. */
  path: string;
}

const defaultRegion = 'us-east-1';

const artifact = z.object({
  type: z.string(),
  environment: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).default({}),
});
const manifest = z.object({ artifacts: z.record(z.string(), artifact).default({}) });
type Artifact = z.infer<typeof artifact>;
const stackProperties = z.object({
  templateFile: z.string(),
  stackName: z.string().optional(),
  parameters: z.record(z.string(), z.string()).default({}),
  terminationProtection: z.boolean().default(false),
});
const assetManifest = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        displayName: z.string().optional(),
        source: z.object({ path: z.string().optional() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});
/** What JSON.parse gives is JSON throughout: only the shape is looked at. */
const jsonObject = z.custom<JsonObject>(isObject, 'expected an object');
const template = z.looseObject({
  Transform: z.undefined({ error: 'Transform: macros are not expanded here' }).optional(),
  Metadata: jsonObject.default({}),
  Parameters: z.record(z.string(), jsonObject).default({}),
  Mappings: z.record(z.string(), jsonObject).default({}),
  Conditions: jsonObject.default({}),
  Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
  Outputs: z.record(z.string(), jsonObject).default({}),
});
const origin = z.object({ stack: z.string(), stage: z.string(), prefix: z.string() });

/**
 * The stack of a cloud assembly (a `cdk.out/<stage>` folder).
 * @throws TemplateError when the folder does not hold exactly one, or a file is not what CDK writes
 */
export async function readStackAssembly(folder: string): Promise<StackAssembly> {
  const { artifacts } = await readJson(join(folder, 'manifest.json'), manifest);
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const [id, { environment = '', properties = {} } = {}] = stacks[0] ?? [];
  if (id === undefined || stacks.length > 1) {
    const found = stacks.length === 0 ? 'no stack' : `${stacks.length} stacks, expected one`;
    throw new TemplateError(`${folder} holds ${found}. Synthesize the stack again (\`pnpm run synth\`).`);
  }
  const { templateFile, stackName = id, ...given } = stackProperties.parse(properties);
  const read = (await readJson(join(folder, templateFile), template)) as Template;
  const { data: from } = origin.safeParse(read.Metadata[templateMetadata]);
  return {
    stack: from?.stack ?? stackName,
    name: stackName,
    stage: from?.stage,
    prefix: from?.prefix,
    folder,
    ...placeOf(environment),
    template: read,
    ...given,
    assets: await readAssets(folder, templateFile, Object.values(artifacts)),
  };
}

/** `aws://<account>/<region>`; what is unknown at synth is spelt `unknown-…`. */
function placeOf(environment: string): Pick<StackAssembly, 'region' | 'account'> {
  const [, account = '', region = ''] = /^aws:\/\/([^/]*)\/(.+)$/.exec(environment) ?? [];
  const known = (text: string) => (text === '' || text.startsWith('unknown') ? undefined : text);
  return { region: known(region) ?? defaultRegion, account: known(account) };
}

async function readAssets(
  folder: string,
  templateFile: string,
  artifacts: readonly Artifact[],
): Promise<Map<string, FileAsset>> {
  const assets = new Map<string, FileAsset>();
  for (const { type, properties } of artifacts) {
    if (type !== 'cdk:asset-manifest') continue;
    const { file } = z.object({ file: z.string() }).parse(properties);
    const { files } = await readJson(join(folder, file), assetManifest);
    for (const [hash, { displayName, source, destinations }] of Object.entries(files)) {
      if (source.path === undefined || source.path === templateFile) continue;
      const asset = { hash, name: displayName ?? hash, path: join(folder, source.path) };
      for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, asset);
    }
  }
  return assets;
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new TemplateError(
      `Cannot read ${path}: ${messageOf(error)} Synthesize the stack again (\`pnpm run synth\`).`,
      { cause: error },
    );
  }
}
