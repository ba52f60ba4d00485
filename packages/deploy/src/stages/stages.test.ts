import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '../cloud/connect.ts';
import { type AwsAnswers, startAwsAnswers } from '../testing/aws-answers.ts';
import { findStages } from './find-stages.ts';
import { leftOfStage } from './left-of-stage.ts';
import { nameProblem, sharedNames } from './stage-name.ts';
import { resourceOf } from './tagged-resources.ts';

let aws: AwsAnswers;
const cloud = () => connect({ region: 'eu-west-1', maxAttempts: 1 });

beforeEach(async () => {
  aws = await startAwsAnswers({
    GetResources: { ResourceTagMappingList: [] },
    DescribeParameters: { Parameters: [] },
    DescribeRepositories: { repositories: [] },
    ListStacks: '<StackSummaries/>',
  });
  for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

function stacks(...names: string[]): string {
  const members = names.map(
    (name) => `<member><StackName>${name}</StackName><StackStatus>CREATE_COMPLETE</StackStatus></member>`,
  );
  return `<StackSummaries>${members.join('')}</StackSummaries>`;
}

function tagged(prefix: string, ...arns: string[]) {
  return arns.map((ResourceARN) => ({ ResourceARN, Tags: [{ Key: 'parley:prefix', Value: prefix }] }));
}

test('stages are found by their parameters and stacks, also where one name begins as another', async () => {
  aws.answers.set(
    'ListStacks',
    stacks('parley-dev-registry', 'parley-dev-eu-registry', 'parley-dev-eu-app', 'parleys'),
  );
  aws.answers.set('DescribeParameters', {
    Parameters: [
      { Name: '/parley-dev/stacks/registry/deployed' },
      { Name: '/parley-dev/stacks/eu-app/deployed' },
      { Name: '/parley-dev-eu/stacks/registry/deployed' },
    ],
  });
  const found = await findStages(cloud(), 'parley');
  expect(
    found.map(({ stage, stacks: of, parameters }) => [stage, of.map(({ name }) => name), parameters]),
  ).toEqual([
    ['dev', ['parley-dev-registry', 'parley-dev-eu-app'], 2],
    ['dev-eu', ['parley-dev-eu-registry'], 1],
  ]);
});

test('a stage whose stacks are gone is found by what they left', async () => {
  aws.answers.set('GetResources', {
    ResourceTagMappingList: tagged(
      'parley-old',
      'arn:aws:dynamodb:eu-west-1:111122223333:table/parley-old-registry-Catalog-1',
      'arn:aws:s3:::parley-old-registry-attachments',
      'arn:aws:ecs:eu-west-1:111122223333:task-definition/parley-old:3',
    ),
  });
  expect(await findStages(cloud(), 'parley')).toEqual([
    {
      stage: 'old',
      prefix: 'parley-old',
      region: 'eu-west-1',
      stacks: [],
      parameters: 0,
      left: [
        { kind: 'table', name: 'parley-old-registry-Catalog-1' },
        { kind: 'bucket', name: 'parley-old-registry-attachments' },
      ],
    },
  ]);
});

test('stages are listed without what may not be looked at, and that is said', async () => {
  aws.answers.delete('GetResources');
  aws.answers.set('DescribeParameters', { Parameters: [{ Name: '/parley-dev/api/image-tag' }] });
  const notes: string[] = [];
  const found = await findStages(cloud(), 'parley', (line) => notes.push(line));
  expect(found.map(({ stage }) => stage)).toEqual(['dev']);
  expect(notes).toEqual([
    expect.stringMatching(/^what earlier removals left could not be looked for in eu-west-1/),
  ]);
});

test('expired credentials are explained', async () => {
  aws.answers.set('ListStacks', {
    fault: {
      code: 'ExpiredToken',
      message: 'The security token included in the request is expired',
      status: 403,
    },
  });
  await expect(findStages(cloud(), 'parley')).rejects.toMatchObject({
    code: 'credentials-expired',
    nextStep: expect.stringMatching(/aws sso login/),
  });
});

test('log groups that AWS named are taken for a stage’s own only where no longer prefix fits', async () => {
  const names = [
    '/aws/lambda/parley-dev-foundation-Provider-1',
    '/aws/lambda/parley-dev-eu-foundation-Provider-2',
    '/aws/ecs/containerinsights/parley-dev-foundation-Cluster-1/performance',
    '/ecs/parley-dev/registry-api',
    '/ecs/parley-dev-eu/registry-api',
  ];
  aws.answers.set('DescribeLogGroups', (body) => {
    const { logGroupNamePrefix = '' } = JSON.parse(body) as { logGroupNamePrefix?: string };
    return {
      logGroups: names
        .filter((name) => name.startsWith(logGroupNamePrefix))
        .map((logGroupName) => ({ logGroupName, storedBytes: 1 })),
    };
  });
  const left = await leftOfStage(cloud(), 'parley-dev', {
    others: ['parley-dev-eu'],
    held: new Set(['/ecs/parley-dev/registry-api']),
  });
  expect(left.map(({ name }) => name)).toEqual([names[0], names[2]]);
});

test('what a tag names is known by its ARN', () => {
  const arns = {
    'arn:aws:dynamodb:eu-west-1:1:table/T': { kind: 'table', name: 'T' },
    'arn:aws-cn:s3:::b': { kind: 'bucket', name: 'b' },
    'arn:aws:cognito-idp:eu-west-1:1:userpool/eu-west-1_x': { kind: 'user pool', name: 'eu-west-1_x' },
    'arn:aws:logs:eu-west-1:1:log-group:/ecs/p/api:*': { kind: 'log group', name: '/ecs/p/api' },
    'arn:aws:ecr:eu-west-1:1:repository/p/api': { kind: 'images', name: 'p/api' },
    'arn:aws:ec2:eu-west-1:1:vpc/vpc-1': { kind: 'other', name: 'arn:aws:ec2:eu-west-1:1:vpc/vpc-1' },
  };
  for (const [arn, resource] of Object.entries(arns)) expect(resourceOf(arn)).toEqual(resource);
  // Of no region: AWS lists it in us-east-1, for stages of every region.
  expect(resourceOf('arn:aws:cloudfront::1:distribution/E1')).toBeUndefined();
});

test('a name that AWS would not take, or that another stage has, is known beforehand', () => {
  expect(nameProblem('parley-dev')).toBeUndefined();
  expect(nameProblem('parley-aws')).toMatch(/"aws"/);
  expect(nameProblem('parley-a--b')).toMatch(/ECR/);
  expect(sharedNames('parley-dev', ['parley-dev-eu', 'parley-dev'], ['registry', 'eu-registry'])).toEqual([
    { other: 'parley-dev-eu', stack: 'parley-dev-eu-registry' },
  ]);
  expect(sharedNames('parley-dev', ['parley-dev-eu', 'parley-prod'], ['registry', 'weather'])).toEqual([]);
});
