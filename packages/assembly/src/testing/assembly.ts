import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json, JsonObject } from '../template/values.ts';

export interface FixtureStack {
  name: string;
  Parameters?: JsonObject;
  Resources: { [logicalId: string]: Json };
  Conditions?: JsonObject;
  Mappings?: JsonObject;
  Transform?: string;
  Metadata?: JsonObject;
  Outputs?: JsonObject;
  /** Code assets: key → files. The object key in templates is `<key>.zip`. */
  assets?: Record<string, Record<string, string>>;
}

/** Write a cloud assembly with one stack, as CDK writes it. @returns its folder */
export async function writeAssembly(folder: string, stack: FixtureStack): Promise<string> {
  const { name, assets = {}, ...template } = stack;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const files: JsonObject = {};
  for (const [key, content] of Object.entries(assets)) {
    const path = `asset.${key}`;
    await mkdir(join(folder, path), { recursive: true });
    for (const [file, text] of Object.entries(content)) await writeFile(join(folder, path, file), text);
    files[key] = {
      source: { path, packaging: 'zip' },
      destinations: { here: { bucketName: 'assets', objectKey: `${key}.zip` } },
    };
  }
  await writeJson(join(folder, `${name}.template.json`), template);
  await writeJson(join(folder, `${name}.assets.json`), { version: '48.0.0', files });
  await writeJson(join(folder, 'manifest.json'), {
    version: '48.0.0',
    artifacts: {
      [`${name}.assets`]: { type: 'cdk:asset-manifest', properties: { file: `${name}.assets.json` } },
      [name]: {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/us-east-1',
        properties: { templateFile: `${name}.template.json`, stackName: name },
      },
    },
  });
  return folder;
}

function writeJson(path: string, value: unknown): Promise<void> {
  return writeFile(path, JSON.stringify(value));
}

/** A template parameter that reads an SSM parameter. */
export function ssmInput(path: string, type = 'String'): JsonObject {
  return { Type: `AWS::SSM::Parameter::Value<${type}>`, Default: path };
}

/** A resource that writes an SSM parameter. */
export function ssmOutput(path: string, value: Json): JsonObject {
  return { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Name: path, Value: value } };
}

/** A Lambda function whose code is the asset `key`. */
export function lambda(key: string, properties: JsonObject = {}): JsonObject {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { S3Bucket: 'assets', S3Key: `${key}.zip` },
      Timeout: 5,
      ...properties,
    },
  };
}
