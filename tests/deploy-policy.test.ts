import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

interface Statement {
  Sid: string;
  Action: string | string[];
  Resource: string | string[];
}

/** IAM's name of a service, where it is not the SDK's name of its client. */
const services: Record<string, string> = {
  'cloudwatch-logs': 'logs',
  'cognito-identity-provider': 'cognito-idp',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
  'resource-groups-tagging-api': 'tag',
  'secrets-manager': 'secretsmanager',
  'service-quotas': 'servicequotas',
};

/** Operations that IAM knows under other names. */
const renamed: Record<string, string[]> = {
  's3:ListObjectVersions': ['s3:ListBucketVersions'],
  's3:DeleteObjects': ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  // A repository is made with its tag.
  'ecr:CreateRepository': ['ecr:CreateRepository', 'ecr:TagResource'],
};

/** Called by other programs than ours: the container builder pushes layers, the registrations are read by the store. */
const byOthers = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:CompleteLayerUpload',
  'ecr:InitiateLayerUpload',
  'ecr:UploadLayerPart',
  'dynamodb:GetItem',
  'dynamodb:Query',
];

/** Actions that the commands call of AWS, by what their sources import of the SDK. */
async function called(): Promise<string[]> {
  const actions = new Set<string>();
  const imports = /\{([^{}]*)\}\s*(?:=\s*await import\(\s*|from )'@aws-sdk\/client-([a-z0-9-]+)'/g;
  for (const packageName of ['deploy', 'image', 'cli']) {
    for await (const file of glob(`packages/${packageName}/src/**/*.ts`, { cwd: root })) {
      if (/\/testing\/|\.test\.ts$/.test(file)) continue;
      for (const [, names = '', client = ''] of (await readFile(join(root, file), 'utf8')).matchAll(
        imports,
      )) {
        for (const [, command, page] of names.matchAll(/\b(?:([A-Z]\w+)Command|paginate([A-Z]\w+))\b/g)) {
          const action = `${services[client] ?? client}:${command ?? page}`;
          for (const name of renamed[action] ?? [action]) actions.add(name);
        }
      }
    }
  }
  return [...actions];
}

async function statements(): Promise<Statement[]> {
  const policy = JSON.parse(await readFile(join(root, 'docs/deploy-policy.json'), 'utf8')) as {
    Statement: Statement[];
  };
  return policy.Statement;
}

test('the policy for who deploys allows what the commands call, and nothing else', async () => {
  const allowed = (await statements()).flatMap(({ Action }) => Action);
  expect([...new Set(allowed)].toSorted()).toEqual([...(await called()), ...byOthers].toSorted());
});

test('the policy names the stage’s resources wherever IAM can tell them apart, and fits into one policy of IAM', async () => {
  for (const { Sid, Action, Resource } of await statements()) {
    if (Resource !== '*') continue;
    const actions = [Action].flat();
    const changing = actions.filter((action) => !/:(Describe|Get|List)/.test(action));
    expect(changing, Sid).toEqual([]);
  }
  const text = await readFile(join(root, 'docs/deploy-policy.json'), 'utf8');
  expect(text.replaceAll(/\s/g, '').length).toBeLessThan(6_144);
});

test('each statement of the policy is named in the table of commands', async () => {
  const text = await readFile(join(root, 'docs/deploying.md'), 'utf8');
  for (const { Sid } of await statements()) expect(text).toContain(Sid);
});
