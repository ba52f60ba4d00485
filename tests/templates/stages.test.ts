import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createStacksWorkspace,
  resourcesOf,
  stackOf,
  valuesIn,
  type StacksWorkspace,
  type SynthesizedStack,
} from './stacks-workspace.ts';

let workspace: StacksWorkspace;
let dev: SynthesizedStack[];
beforeAll(async () => {
  workspace = await createStacksWorkspace();
  dev = await workspace.synthAll({ stage: 'dev' });
});
afterAll(() => workspace.remove());

describe('two stages in one account', () => {
  /** Properties by which a resource is known outside its stack. */
  const physical =
    /^(Name|FunctionName|LogGroupName|RoleName|ClusterName|TableName|BucketName|Family|PolicyName|UserPoolName|Domain|Identifier)$/;

  const isReference = (value: unknown) => typeof value === 'object' && value !== null && 'Ref' in value;

  function physicalNames(stacks: SynthesizedStack[]): string[] {
    const named = stacks.flatMap(({ template }) =>
      Object.values(template.Resources).flatMap(({ Type, Properties }) =>
        Object.entries(Properties ?? {})
          // An inline policy's name counts within its role only.
          .filter(([key]) => physical.test(key) && !(Type === 'AWS::IAM::Policy' && key === 'PolicyName'))
          // What refers to a resource of its own stack has that one's name.
          .filter(([, value]) => !isReference(value))
          .map(([, value]) => JSON.stringify(value)),
      ),
    );
    return [...stacks.map(({ stackName }) => stackName), ...named];
  }

  test('share no physical name, path or log group (T6)', async () => {
    const other = await workspace.synthAll({ stage: 'feature-x' });
    const names = physicalNames(dev);
    expect(names.length).toBeGreaterThan(20);
    const shared = physicalNames(other).filter((name) => names.includes(name));
    expect(shared).toEqual([]);
  });

  test('say their stage in every such name', () => {
    for (const name of physicalNames(dev)) expect(name).toMatch(/parley-?dev/);
  });

  test('have stacks named after prefix and package, and tags that tell the stage (T45)', () => {
    for (const { name, stackName, template } of dev) {
      expect(stackName).toBe(`parley-dev-${name}`);
      const tags = [...valuesIn(template)].filter(
        ({ value }) => (value as { Key?: string } | null)?.Key === 'parley:prefix',
      );
      expect(tags.length, name).toBeGreaterThan(0);
      for (const { value } of tags) expect(value).toEqual({ Key: 'parley:prefix', Value: 'parley-dev' });
    }
  });

  test('log to groups of the documented names', () => {
    const groups = resourcesOf(dev, 'AWS::Logs::LogGroup').map(
      ({ Properties }) => Properties['LogGroupName'],
    );
    expect(groups).toEqual(
      expect.arrayContaining([
        '/ecs/parley-dev/registry-api',
        '/ecs/parley-dev/inference-api',
        '/lambda/parley-dev/registrar',
        '/lambda/parley-dev/weather-forecast',
      ]),
    );
  });
});

describe('a synth', () => {
  /** Every file below a folder with its content, by path. */
  async function contentOf(folder: string): Promise<Record<string, string>> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const texts = await Promise.all(
      paths.map(async (path) => [path.slice(folder.length), await readFile(path, 'utf8')] as const),
    );
    return Object.fromEntries(texts.toSorted(([a], [b]) => a.localeCompare(b)));
  }
  const contents = async (stacks: SynthesizedStack[]) =>
    Object.fromEntries(
      await Promise.all(stacks.map(async ({ name, outdir }) => [name, await contentOf(outdir)] as const)),
    );

  test('is byte-identical to the one before it, and to one in another folder (T31)', async () => {
    const elsewhere = await createStacksWorkspace();
    try {
      const first = await contents(dev);
      expect(Object.keys(first['weather'] ?? {}).length).toBeGreaterThan(4);
      expect(await contents(await workspace.synthAll({ stage: 'dev' }))).toEqual(first);
      expect(await contents(await elsewhere.synthAll({ stage: 'dev' }))).toEqual(first);
      expect(JSON.stringify(first)).not.toContain(workspace.root);
    } finally {
      await elsewhere.remove();
    }
  });

  test('asks no account anything: nothing is looked up', async () => {
    for (const { outdir } of dev) {
      const manifest = JSON.parse(await readFile(join(outdir, 'manifest.json'), 'utf8')) as {
        missing?: unknown;
      };
      expect(manifest.missing).toBeUndefined();
    }
  });

  test.each(['dev', 'prod'])(
    'of %s passes the checks of CloudFormation, without a warning',
    async (stage) => {
      const checked = await workspace.synthAll({ stage, validate: true });
      for (const { name, outdir } of checked) {
        const report: unknown = JSON.parse(await readFile(join(outdir, 'validation-report.json'), 'utf8'));
        expect(report, name).toMatchObject({ pluginReports: [] });
      }
    },
  );

  test('leaves templates that go by the bucket of assets, where 51,200 bytes are no limit (T27)', async () => {
    for (const { stackName, outdir } of dev) {
      const manifest = JSON.parse(await readFile(join(outdir, 'manifest.json'), 'utf8')) as {
        artifacts: Record<string, { properties: { stackTemplateAssetObjectUrl?: string } }>;
      };
      const url = manifest.artifacts[stackName]?.properties.stackTemplateAssetObjectUrl;
      expect(url).toMatch(/^s3:\/\/cdk-hnb659fds-assets-.*\.json$/);
    }
  });

  test('leaves headroom below the limits of CloudFormation and Lambda (T27)', () => {
    for (const { name, template } of dev) {
      expect(Object.keys(template.Resources).length, name).toBeLessThan(400);
      expect(JSON.stringify(template).length, name).toBeLessThan(800_000);
    }
    for (const { logicalId, Properties } of resourcesOf(dev, 'AWS::Lambda::Function')) {
      expect(JSON.stringify(Properties['Environment'] ?? {}).length, logicalId).toBeLessThan(3_500);
    }
  });
});

describe('each setting reaches a template (T9)', () => {
  const signIn = { issuer: 'https://id.test', clientId: 'page' };
  const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/abc';
  const inAccount = { account: '111122223333' };

  test.each<[string, Record<string, unknown>]>([
    ['region', { region: 'eu-central-1' }],
    ['account', inAccount],
    ['architecture', { architecture: 'x86_64' }],
    ['network', { network: 'private' }],
    ['size', { size: 'large' }],
    ['logRetentionDays', { logRetentionDays: 30 }],
    ['model', { model: { provider: 'openai-compatible', baseUrl: 'http://models.test/v1', model: 'm' } }],
    ['modelSecrets', { modelSecrets: { API_KEY: 'models/key' } }],
    ['budget', { 'budget.turns': 3 }],
    ['signIn', { signIn }],
    ['signIn.clientId', { signIn: { ...signIn, clientId: 'another' } }],
    ['signIn.scope', { signIn: { ...signIn, scope: 'chat' } }],
    ['signIn.audience', { signIn: { ...signIn, audience: 'https://chat.test' } }],
    ['signIn.tokenOrigin', { signIn: { ...signIn, tokenOrigin: 'https://tokens.test' } }],
    ['site.domain', { site: { domain: 'chat.test.example', certificateArn } }],
    ['site.webAclArn', { site: { webAclArn: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/a/b' } }],
    ['protectData', { protectData: true }],
  ])('%s', async (setting, overrides) => {
    const before = setting.startsWith('signIn.')
      ? await workspace.synthAll({ stage: 'dev', overrides: { signIn } })
      : dev;
    const after = await workspace.synthAll({ stage: 'dev', overrides });
    const manifests = async (stacks: SynthesizedStack[]) =>
      Promise.all(stacks.map(async ({ outdir }) => readFile(join(outdir, 'manifest.json'), 'utf8')));
    expect([...after.map(({ template }) => template), await manifests(after)]).not.toEqual([
      ...before.map(({ template }) => template),
      await manifests(before),
    ]);
  });

  test('the list above is complete: an unknown one is refused, and each that is known is in it', async () => {
    const { stageSettings } = await import('@parley/cdk/config');
    expect(Object.keys(stageSettings.shape).toSorted()).toEqual([
      'account',
      'architecture',
      'budget',
      'logRetentionDays',
      'model',
      'modelSecrets',
      'network',
      'protectData',
      'region',
      'signIn',
      'site',
      'size',
    ]);
  });

  test('with an issuer of its own a stage has no user pool, and its services trust that issuer', async () => {
    const stacks = await workspace.synthAll({
      stage: 'dev',
      overrides: { signIn: { ...signIn, scope: 'chat', audience: 'https://chat.test' } },
    });
    const registry = stackOf(stacks, 'registry');
    expect(resourcesOf([registry], 'AWS::Cognito::UserPool')).toEqual([]);
    const values = resourcesOf([registry], 'AWS::SSM::Parameter')
      .filter(({ Properties }) => String(Properties['Name']).startsWith('/parley-dev/auth/'))
      .map(({ Properties }) => Properties['Value']);
    expect(values).toEqual(['https://id.test', 'chat']);
    for (const { stack, Properties } of resourcesOf(stacks, 'AWS::ECS::TaskDefinition')) {
      const [container] = Properties['ContainerDefinitions'] as { Environment: unknown[] }[];
      const audience = { Name: 'PARLEY_AUTH_AUDIENCE', Value: 'https://chat.test' };
      expect(container?.Environment, stack).toContainEqual(audience);
    }
  });
});

test('the registry is protected from being deleted by accident, in every stage', async () => {
  const { outdir, stackName } = stackOf(dev, 'registry');
  const manifest = JSON.parse(await readFile(join(outdir, 'manifest.json'), 'utf8')) as {
    artifacts: Record<string, { properties: { terminationProtection?: boolean } }>;
  };
  expect(manifest.artifacts[stackName]?.properties.terminationProtection).toBe(true);
});

test('a copy of a chat app under another name registers and runs apart from the first', async () => {
  const copies = await createStacksWorkspace({
    copies: { 'stacks/chat-apps/weather': 'stacks/chat-apps/rainfall' },
  });
  try {
    const manifest = join(copies.root, 'stacks/chat-apps/rainfall/package.json');
    await writeFile(
      manifest,
      (await readFile(manifest, 'utf8')).replace('"name": "weather"', '"name": "rainfall"'),
    );
    const stacks = await copies.synthAll({ stage: 'dev' });
    expect(stackOf(stacks, 'weather').template).toEqual(stackOf(dev, 'weather').template);
    const rainfall = stackOf(stacks, 'rainfall');
    expect(rainfall.stackName).toBe('parley-dev-rainfall');
    const definitions = Object.values(rainfall.template.Resources)
      .filter(({ Type }) => Type.startsWith('Custom::'))
      .map(({ Properties }) => JSON.stringify(Properties['Definition']));
    expect(definitions).toHaveLength(2);
    for (const definition of definitions) expect(definition).toContain(String.raw`\"id\":\"rainfall\"`);
    expect(
      resourcesOf([rainfall], 'AWS::Logs::LogGroup').map(({ Properties }) => Properties['LogGroupName']),
    ).toEqual(['/lambda/parley-dev/rainfall-forecast']);
  } finally {
    await copies.remove();
  }
});
