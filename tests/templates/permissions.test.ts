import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tags } from '@parley/contract/names';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createStacksWorkspace,
  repository,
  resourcesOf,
  stackOf,
  valuesIn,
  type StacksWorkspace,
  type SynthesizedStack,
} from './stacks-workspace.ts';

let workspace: StacksWorkspace;
let stacks: SynthesizedStack[];
beforeAll(async () => {
  workspace = await createStacksWorkspace();
  stacks = await workspace.synthAll({ stage: 'dev' });
});
afterAll(() => workspace.remove());

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** Statements of the policies of one role, by the logical id of the role. */
function statementsOf(stack: SynthesizedStack, role: string): Statement[] {
  return resourcesOf([stack], 'AWS::IAM::Policy')
    .filter(({ Properties }) => JSON.stringify(Properties['Roles']) === JSON.stringify([{ Ref: role }]))
    .flatMap(({ Properties }) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement);
}

function actionsOf({ Action }: Statement): string[] {
  return [Action].flat();
}

/** The ARN with references as `{LogicalId}`, for reading and matching. */
function arnText(arn: unknown): string {
  if (typeof arn === 'string') return arn;
  const object = arn as Record<string, unknown>;
  if ('Fn::Join' in object)
    return ((object['Fn::Join'] as [string, unknown[]])[1] ?? []).map(arnText).join('');
  if ('Ref' in object) return `{${String(object['Ref'])}}`;
  return `{${[object['Fn::GetAtt']].flat().join('.')}}`;
}

/** Each piece of code that runs: its environment, and the logical id of its role. */
function runners(): {
  stack: SynthesizedStack;
  logicalId: string;
  role: string;
  environment: Record<string, unknown>;
}[] {
  return stacks.flatMap((stack) => [
    ...resourcesOf([stack], 'AWS::ECS::TaskDefinition').map(({ logicalId, Properties }) => ({
      stack,
      logicalId,
      role: roleOf(Properties['TaskRoleArn']),
      environment: containerEnvironment(Properties),
    })),
    ...resourcesOf([stack], 'AWS::Lambda::Function').map(({ logicalId, Properties }) => ({
      stack,
      logicalId,
      role: roleOf(Properties['Role']),
      environment: ((Properties['Environment'] as { Variables?: object } | undefined)?.Variables ??
        {}) as Record<string, unknown>,
    })),
  ]);
}

function roleOf(arn: unknown): string {
  return (arn as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0];
}

function containerEnvironment(properties: Record<string, unknown>): Record<string, unknown> {
  const [container] = properties['ContainerDefinitions'] as {
    Environment: { Name: string; Value: unknown }[];
  }[];
  return Object.fromEntries((container?.Environment ?? []).map(({ Name, Value }) => [Name, Value]));
}

describe('every role', () => {
  test('is allowed actions that are spelled out, on resources that are named', () => {
    const statements = stacks.flatMap((stack) =>
      resourcesOf([stack], 'AWS::IAM::Policy').flatMap(
        ({ Properties }) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement,
      ),
    );
    expect(statements.length).toBeGreaterThan(5);
    for (const action of statements.flatMap(actionsOf)) expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
    // A token for the registry of images is for no resource: IAM accepts nothing narrower.
    const onResources = statements.filter((each) => actionsOf(each).join() !== 'ecr:GetAuthorizationToken');
    expect(onResources.flatMap(({ Resource }) => [Resource].flat().map(arnText))).not.toContain('*');
  });

  test('has no policy of AWS, which would allow more than is known here', () => {
    for (const { logicalId, Properties } of resourcesOf(stacks, 'AWS::IAM::Role')) {
      expect(Properties['ManagedPolicyArns'], logicalId).toBeUndefined();
    }
  });

  test('may use each table and bucket that its environment names (T15)', () => {
    const named = runners().flatMap(({ stack, role, logicalId, environment }) =>
      Object.entries(environment)
        .filter(([name]) => /_(TABLE|BUCKET)$/.test(name))
        .map(([name, value]) => ({
          at: `${stack.name}/${logicalId} ${name}`,
          value,
          statements: statementsOf(stack, role),
        })),
    );
    expect(named.length).toBeGreaterThanOrEqual(6);
    for (const { at, value, statements } of named) {
      const resources = statements
        .filter(({ Effect }) => Effect === 'Allow')
        .flatMap(({ Resource }) => [Resource].flat());
      expect(
        resources.some((arn) => arnText(arn).includes(arnText(value))),
        at,
      ).toBe(true);
    }
  });

  test('has in its environment each table and bucket it may use', () => {
    for (const { stack, role, logicalId, environment } of runners()) {
      const values = Object.values(environment)
        .filter((value) => typeof value === 'object')
        .map(arnText);
      const data = statementsOf(stack, role).filter((statement) =>
        /^(dynamodb|s3):/.test(actionsOf(statement)[0] ?? ''),
      );
      for (const { Resource } of data) {
        const arn = arnText([Resource].flat()[0]);
        expect(
          values.some((value) => arn.includes(value)),
          `${stack.name}/${logicalId} ${arn}`,
        ).toBe(true);
      }
    }
  });
});

test('on a table it may write, a role has the actions that the store uses, no more and no fewer (T17)', async () => {
  const used = new Set<string>();
  const sources = glob('**/*.ts', {
    cwd: join(repository, 'packages/store/src'),
    exclude: (name) => name.endsWith('.test.ts') || name === 'testing',
  });
  for await (const name of sources) {
    const text = await readFile(join(repository, 'packages/store/src', name), 'utf8');
    for (const [, command = ''] of text.matchAll(/new (\w+)Command\(/g)) used.add(command);
  }
  const actions = [...used].map((command) => `dynamodb:${command}`);
  expect(actions).not.toEqual([]);
  const writing = runners()
    .flatMap(({ stack, role }) => statementsOf(stack, role))
    .filter((statement) => actionsOf(statement).includes('dynamodb:PutItem'));
  expect(writing.length).toBeGreaterThanOrEqual(3);
  for (const statement of writing) expect(actionsOf(statement).toSorted()).toEqual(actions.toSorted());
});

describe('the bucket of attachments', () => {
  /** What a service may do with it: `action folder`, or `s3:ListBucket below its prefixes`. */
  function mayDo(name: string): string[] {
    const stack = stackOf(stacks, name);
    const [task] = resourcesOf([stack], 'AWS::ECS::TaskDefinition');
    return statementsOf(stack, roleOf(task?.Properties['TaskRoleArn']))
      .filter((statement) => actionsOf(statement).some((action) => action.startsWith('s3:')))
      .flatMap((statement) => {
        const prefixes = statement.Condition?.['StringLike']?.['s3:prefix'] as string[] | undefined;
        const folders = [statement.Resource].flat().map((arn) => /\}\/(.*)$/.exec(arnText(arn))?.[1]);
        return actionsOf(statement).flatMap((action) =>
          (prefixes ? [prefixes.join(' ')] : folders).map((where) => `${action} ${where}`),
        );
      })
      .toSorted();
  }

  test('is read by the service that runs agents, which adds outputs and deletes nothing', () => {
    expect(mayDo('inference')).toEqual(['s3:GetObject attachments/*', 's3:PutObject outputs/*']);
  });

  test('is kept by the service of sessions, folder by folder', () => {
    expect(mayDo('registry')).toEqual([
      's3:DeleteObject attachments/*',
      's3:DeleteObject outputs/*',
      's3:DeleteObject uploads/*',
      's3:GetObject attachments/*',
      's3:GetObject uploads/*',
      's3:ListBucket uploads/* attachments/* outputs/*',
      's3:PutObject attachments/*',
      's3:PutObject uploads/*',
    ]);
  });
});

describe("the inference service's role", () => {
  const role = () => {
    const stack = stackOf(stacks, 'inference');
    const [task] = resourcesOf([stack], 'AWS::ECS::TaskDefinition');
    return statementsOf(stack, roleOf(task?.Properties['TaskRoleArn']));
  };
  /** Whether the role may invoke a function with this name and these tags, as IAM decides. */
  const mayInvoke = (name: string, functionTags: Record<string, string>) => {
    const arn = `arn:aws:lambda:us-east-1:{AWS::AccountId}:function:${name}`;
    const matching = role().filter(
      (statement) =>
        actionsOf(statement).includes('lambda:InvokeFunction') &&
        [statement.Resource].flat().some((resource) => matches(arnText(resource), arn)) &&
        Object.entries(statement.Condition?.['StringEquals'] ?? {}).every(
          ([key, value]) => functionTags[key.replace('aws:ResourceTag/', '')] === value,
        ),
    );
    return (
      matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny')
    );
  };
  const matches = (pattern: string, text: string) =>
    new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`, 'u').test(text);
  const toolTags = { [tags.prefix]: 'parley-dev', [tags.role]: tags.toolRole };

  test('may invoke functions that carry both tags of a tool of its stage, and no other', () => {
    expect(mayInvoke('any-name', toolTags)).toBe(true);
    expect(mayInvoke('any-name', { ...toolTags, [tags.prefix]: 'parley-prod' })).toBe(false);
    expect(mayInvoke('any-name', { [tags.prefix]: 'parley-dev' })).toBe(false);
    expect(mayInvoke('any-name', { [tags.role]: tags.toolRole })).toBe(false);
    expect(mayInvoke('any-name', {})).toBe(false);
  });

  test('may not invoke the registrar, not even if somebody tags it as a tool', () => {
    expect(mayInvoke('parley-dev-registrar', {})).toBe(false);
    expect(mayInvoke('parley-dev-registrar', toolTags)).toBe(false);
    // A call that names a version or an alias is decided by the ARN with it.
    expect(mayInvoke('parley-dev-registrar:$LATEST', toolTags)).toBe(false);
    expect(mayInvoke('parley-dev-registrar:live', toolTags)).toBe(false);
    expect(mayInvoke('parley-dev-registrar-like', toolTags)).toBe(true);
  });

  test('reaches the tools: each carries both tags, and no other function does', () => {
    const functions = resourcesOf(stacks, 'AWS::Lambda::Function').map(({ stack, Properties }) => ({
      stack,
      tags: Object.fromEntries(
        (Properties['Tags'] as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]),
      ),
    }));
    const isOurs = (stack: string) => ['registry', 'frontend'].includes(stack);
    for (const each of functions.filter(({ stack }) => !isOurs(stack))) expect(each.tags).toEqual(toolTags);
    const ours = functions.filter(({ stack }) => isOurs(stack)).map((each) => each.tags);
    expect(ours).toEqual([{ [tags.prefix]: 'parley-dev' }, { [tags.prefix]: 'parley-dev' }]);
  });

  test('reads the catalog and cannot write to it', () => {
    const onCatalog = role().filter(({ Resource }) =>
      arnText(Resource).includes('{RegistryCatalogTableParameter}'),
    );
    expect(onCatalog.flatMap(actionsOf).toSorted()).toEqual(['dynamodb:GetItem', 'dynamodb:Query']);
  });
});

describe('Bedrock', () => {
  /** What the inference service may call in a stage whose model is this one: `resource`, or `resource only through profile`. */
  async function callable(model: object): Promise<string[]> {
    const stack = stackOf(await workspace.synthAll({ stage: 'dev', overrides: { model } }), 'inference');
    const [task] = resourcesOf([stack], 'AWS::ECS::TaskDefinition');
    return statementsOf(stack, roleOf(task?.Properties['TaskRoleArn']))
      .filter((statement) => actionsOf(statement).some((action) => action.startsWith('bedrock:')))
      .flatMap((statement) => {
        expect(statement.Effect).toBe('Allow');
        expect(actionsOf(statement)).toEqual(['bedrock:InvokeModelWithResponseStream']);
        const profile = statement.Condition?.['StringEquals']?.['bedrock:InferenceProfileArn'];
        const through = profile === undefined ? '' : ` only through ${arnText(profile)}`;
        return [statement.Resource].flat().map((resource) => `${arnText(resource)}${through}`);
      });
  }

  test('may not be called by any role while the stage and its agents name no model of it', async () => {
    expect(JSON.stringify(stacks.map(({ template }) => template))).not.toContain('bedrock:');
  });

  test.each([
    [
      { modelId: 'amazon.nova-pro-v1:0' },
      ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0'],
    ],
    [
      { modelId: 'amazon.nova-pro-v1:0', region: 'eu-central-1' },
      ['arn:aws:bedrock:eu-central-1::foundation-model/amazon.nova-pro-v1:0'],
    ],
    [
      { modelId: 'eu.anthropic.claude-sonnet-4-6', region: 'eu-west-1' },
      [
        'arn:aws:bedrock:eu-west-1:{AWS::AccountId}:inference-profile/eu.anthropic.claude-sonnet-4-6',
        'arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-4-6 only through arn:aws:bedrock:eu-west-1:{AWS::AccountId}:inference-profile/eu.anthropic.claude-sonnet-4-6',
      ],
    ],
    [
      {
        modelId:
          'arn:aws:bedrock:us-east-1:111122223333:inference-profile/global.anthropic.claude-sonnet-4-6',
      },
      [
        'arn:aws:bedrock:us-east-1:111122223333:inference-profile/global.anthropic.claude-sonnet-4-6',
        'arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-4-6 only through arn:aws:bedrock:us-east-1:111122223333:inference-profile/global.anthropic.claude-sonnet-4-6',
      ],
    ],
    [
      { modelId: 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123' },
      [
        'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123',
        'arn:aws:bedrock:*::foundation-model/* only through arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123',
      ],
    ],
    [
      { modelId: 'arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc123' },
      ['arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc123'],
    ],
  ])(
    'may be called by the inference service for the model of the stage alone: %o',
    async (model, expected) => {
      expect(await callable({ provider: 'bedrock', ...model })).toEqual(expected);
    },
  );

  test('is not needed for a model of Anthropic: its key reaches the inference service, and only that, as a secret', async () => {
    const overrides = {
      model: { provider: 'anthropic', model: 'claude-sonnet-4-6', apiKeyEnv: 'ANTHROPIC_API_KEY' },
      modelSecrets: {
        ANTHROPIC_API_KEY: { secret: 'parley/anthropic-key', origins: ['https://models.test'] },
      },
    };
    const synthesized = await workspace.synthAll({ stage: 'dev', overrides });
    const secrets = resourcesOf(synthesized, 'AWS::ECS::TaskDefinition').flatMap(({ stack, Properties }) =>
      (Properties['ContainerDefinitions'] as { Secrets?: { Name: string; ValueFrom: unknown }[] }[]).flatMap(
        ({ Secrets = [] }) =>
          Secrets.map(({ Name, ValueFrom }) => `${stack}: ${Name} from ${arnText(ValueFrom)}`),
      ),
    );
    expect(secrets).toEqual([
      'inference: ANTHROPIC_API_KEY from arn:aws:secretsmanager:us-east-1:{AWS::AccountId}:secret:parley/anthropic-key',
    ]);
    const origins = '{"ANTHROPIC_API_KEY":["https://api.anthropic.com","https://models.test"]}';
    expect(JSON.stringify(stackOf(synthesized, 'inference').template)).toContain(JSON.stringify(origins));
    expect(JSON.stringify(synthesized.map(({ template }) => template))).not.toContain('bedrock:');
  });

  test('with every model is refused', async () => {
    await expect(callable({ provider: 'bedrock', modelId: '*' })).rejects.toThrow(/without "\*"/);
  });
});

describe('images', () => {
  test('come from the repository of the stage, with a tag from a parameter, for the processor of the task (T10, T21, T22)', () => {
    const tasks = resourcesOf(stacks, 'AWS::ECS::TaskDefinition');
    expect(tasks).toHaveLength(2);
    for (const { stack, Properties } of tasks) {
      const [container] = Properties['ContainerDefinitions'] as {
        Image: unknown;
        DockerLabels: Record<string, string>;
      }[];
      const workspaceName = container?.DockerLabels['parley.workspace'] ?? '';
      const service = workspaceName.replace('@parley/', '');
      expect(arnText(container?.Image)).toMatch(
        new RegExp(
          `^\\{AWS::AccountId\\}\\.dkr\\.ecr\\.us-east-1\\.\\{AWS::URLSuffix\\}/parley-dev/${service}:\\{\\w+ImageTagParameter\\}$`,
        ),
      );
      expect(Properties['RuntimePlatform']).toMatchObject({ CpuArchitecture: 'ARM64' });
      const pulls = statementsOf(stackOf(stacks, stack), roleOf(Properties['ExecutionRoleArn'])).filter(
        (statement) => actionsOf(statement).includes('ecr:BatchGetImage'),
      );
      expect(pulls.map(({ Resource }) => arnText(Resource))).toEqual([
        `arn:aws:ecr:us-east-1:{AWS::AccountId}:repository/parley-dev/${service}`,
      ]);
    }
  });
});

test('no secret is written into a template', () => {
  for (const { template } of stacks) {
    const names = [...valuesIn(template)].map(({ path }) => path.at(-1) ?? '');
    expect(names.filter((name) => /password$|secretstring/i.test(name))).toEqual([]);
  }
});
