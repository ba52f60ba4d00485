import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StackAssembly } from '@parley/assembly/read-assembly';

/** SSM parameter by which the toolkit tells that an account is bootstrapped. */
export const bootstrapParameter = '/cdk-bootstrap/hnb659fds/version';

/** Makes an assembly such as the CDK writes for a bootstrapped account: its template is an asset, too. */
export async function asForBootstrap({ folder, name }: StackAssembly): Promise<void> {
  const templateFile = `${name}.template.json`;
  await edit(join(folder, `${name}.assets.json`), (assets) => {
    const files = assets['files'] as Record<string, unknown>;
    files['template'] = {
      source: { path: templateFile, packaging: 'file' },
      destinations: { here: { bucketName: 'assets', objectKey: templateFile } },
    };
  });
  await edit(join(folder, 'manifest.json'), (manifest) => {
    const artifacts = manifest['artifacts'] as Record<
      string,
      { properties: object; dependencies?: string[] }
    >;
    const needs = {
      requiresBootstrapStackVersion: 6,
      bootstrapStackVersionSsmParameter: bootstrapParameter,
    };
    Object.assign(artifacts[`${name}.assets`]!.properties, needs);
    Object.assign(artifacts[name]!.properties, {
      ...needs,
      stackTemplateAssetObjectUrl: `s3://assets/${templateFile}`,
    });
    artifacts[name]!.dependencies = [`${name}.assets`];
  });
}

async function edit(file: string, change: (content: Record<string, unknown>) => void): Promise<void> {
  const content = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  change(content);
  await writeFile(file, JSON.stringify(content));
}
