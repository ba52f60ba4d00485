import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { TemplateError, messageOf } from '../errors.ts';
import type { Template } from '../template/references.ts';
import type { JsonObject } from '../template/values.ts';

/** One stack of a cloud assembly, ready to be run. */
export interface StackAssembly {
  name: string;
  /** The assembly it came from. */
  folder: string;
  region: string;
  template: Template;
  /** Values for template parameters given by the assembly. */
  parameters: Record<string, string>;
  /** File assets by object key: a folder, or a file. */
  assets: Map<string, string>;
}

const defaultRegion = 'us-east-1';

const artifact = z.object({
  type: z.string(),
  environment: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).default({}),
});
const manifest = z.object({ artifacts: z.record(z.string(), artifact).default({}) });
const stackProperties = z.object({
  templateFile: z.string(),
  stackName: z.string().optional(),
  parameters: z.record(z.string(), z.string()).default({}),
});
const assetManifest = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});
const jsonObject = z.record(z.string(), z.json()) as z.ZodType<JsonObject>;
const template = z.object({
  Transform: z.undefined({ error: 'Transform: local running does not expand macros' }).optional(),
  Parameters: z.record(z.string(), jsonObject).default({}),
  Mappings: z.record(z.string(), jsonObject).default({}),
  Conditions: jsonObject.default({}),
  Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
});

/**
 * The stacks of a cloud assembly (a `cdk.out` folder).
 * @throws TemplateError when the folder holds none, or a file is not what CDK writes
 */
export async function readAssembly(folder: string): Promise<StackAssembly[]> {
  const { artifacts } = await readJson(join(folder, 'manifest.json'), manifest);
  const assets = await readAssets(folder, Object.values(artifacts));
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  if (stacks.length === 0) {
    throw new TemplateError(`${folder} holds no stack. Synthesize the stack again (\`parley synth\`).`);
  }
  return Promise.all(
    stacks.map(async ([id, { environment, properties }]) => {
      const { templateFile, stackName, parameters } = stackProperties.parse(properties);
      return {
        name: stackName ?? id,
        folder,
        region: regionOf(environment),
        template: (await readJson(join(folder, templateFile), template)) as Template,
        parameters,
        assets,
      };
    }),
  );
}

function regionOf(environment: string | undefined): string {
  const region = /^aws:\/\/[^/]*\/(.+)$/.exec(environment ?? '')?.[1];
  return region === undefined || region.startsWith('unknown') ? defaultRegion : region;
}

async function readAssets(
  folder: string,
  artifacts: z.infer<typeof artifact>[],
): Promise<Map<string, string>> {
  const assets = new Map<string, string>();
  for (const { type, properties } of artifacts) {
    if (type !== 'cdk:asset-manifest') continue;
    const file = z.object({ file: z.string() }).parse(properties).file;
    const { files } = await readJson(join(folder, file), assetManifest);
    for (const { source, destinations } of Object.values(files)) {
      if (source.path === undefined) continue;
      for (const { objectKey } of Object.values(destinations))
        assets.set(objectKey, join(folder, source.path));
    }
  }
  return assets;
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new TemplateError(
      `Cannot read ${path}: ${messageOf(error)} Synthesize the stack again (\`parley synth\`).`,
      {
        cause: error,
      },
    );
  }
}
