import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

const policy = (statement: string) => `
  add('Role', 'AWS::IAM::Role', { Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', ${statement} }] } }] });`;

test.each(['*', 's3:*', 's3:Put*', 'dynamodb:Get*'])('a role that allows %s is refused', async (action) => {
  const body = policy(`Action: ['${action}'], Resource: 'arn:aws:s3:::bucket/*'`);
  expect(await problemsOf(body)).toEqual([
    `stack.ts: Role (Role): it allows "${action}"; expected actions that are spelled out: name the actions that the code uses [wildcard-actions]`,
  ]);
});

test.each(['s3:GetObject', 's3:GetObject*', 's3:List*'])(
  'a role that allows %s is accepted',
  async (action) => {
    expect(await problemsOf(policy(`Action: '${action}', Resource: 'arn:aws:s3:::bucket/*'`))).toEqual([]);
  },
);

test.each([`'*'`, `'arn:aws:s3:::*'`, `'arn:aws:dynamodb:us-east-1:111122223333:table/*'`])(
  'a role for everything of a kind, %s, is refused',
  async (resource) => {
    const body = policy(`Action: 'dynamodb:GetItem', Resource: ${resource}`);
    expect(await problemsOf(body)).toEqual([
      `stack.ts: Role (Role): it allows dynamodb:GetItem on "${resource.slice(1, -1)}"; expected resources that are named, or a condition: name the ARNs that the code uses [wildcard-resources]`,
    ]);
  },
);

test.each([
  `Action: 'ecr:GetAuthorizationToken', Resource: '*'`,
  `Action: 'lambda:InvokeFunction', Resource: '*', Condition: { StringEquals: { 'aws:ResourceTag/a': 'b' } }`,
  `Action: 's3:GetObject', Resource: { 'Fn::Sub': 'arn:aws:s3:::\${AWS::StackName}/*' }`,
])(
  'what IAM takes for no resource, a condition and the objects of a bucket are accepted: %s',
  async (statement) => {
    expect(await problemsOf(policy(statement))).toEqual([]);
  },
);
