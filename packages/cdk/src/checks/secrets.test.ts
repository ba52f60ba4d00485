import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

const rest =
  'expected the name of a secret, and never its value: keep it in Secrets Manager, give the code its name (the property "secrets"), and replace the secret that was written here [plain-secrets]';
// Put together here, so that no scanner takes them for real ones.
const key = ['AKIA', 'ABCDEFGHIJKLMNOP'].join('');

test.each([
  [`'AWS::SNS::Topic', { DisplayName: '${key}' }`, 'DisplayName holds an AWS access key'],
  [`'AWS::RDS::DBInstance', { MasterUserPassword: 'hunter2' }`, 'MasterUserPassword is in plain text'],
  [`'AWS::SecretsManager::Secret', { SecretString: 'hunter2' }`, 'SecretString is in plain text'],
])('a secret in plain text is refused: %s', async (resource, found) => {
  expect(await problemsOf(`add('Leak', ${resource});`)).toEqual([`stack.ts: Leak (Leak): ${found}; ${rest}`]);
});

const lambda = (value: string, resource = 'x') => `
  add('Role', 'AWS::IAM::Role', { Policies: [{ PolicyDocument: { Statement: [
    { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '${resource}' },
  ] } }] });
  add('Look', 'AWS::Lambda::Function', {
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] }, Environment: { Variables: { API_KEY: ${value} } },
  });`;

test.each([`'hunter2'`, `'{{resolve:secretsmanager:models/key}}'`])(
  'a variable with the secret %s is refused',
  async (value) => {
    expect(await problemsOf(lambda(value))).toEqual([
      `stack.ts: Look (Look): the variable API_KEY has its value in the template; ${rest}`,
    ]);
  },
);

test('a variable with the name of a secret that the role may read is accepted', async () => {
  const arn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:models/key-??????';
  expect(await problemsOf(lambda(`'models/key'`, arn))).toEqual([]);
});
