import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { connect } from './cloud/connect.ts';
import { DeployError, explain } from './errors.ts';
import { readLiveStacks } from './plan/live-stacks.ts';
import { readRecords } from './record/records.ts';
import { type AwsAccount, type Fault, startAwsAccount } from './testing/aws-account.ts';

let account: AwsAccount;

beforeAll(async () => {
  account = await startAwsAccount();
  for (const [name, value] of Object.entries(account.env)) vi.stubEnv(name, value);
});
afterAll(() => account.close());
afterEach(() => account.fail('*', undefined));

const cloud = () => connect({ region: 'eu-west-1', maxAttempts: 1 });

/** What is said of a call of CloudFormation (XML) and one of SSM (JSON) that fail so. */
async function said(fault: Fault): Promise<DeployError[]> {
  account.fail('*', fault);
  const thrown = await Promise.all(
    [readLiveStacks(cloud(), 'demo-dev'), readRecords(cloud(), 'demo-dev')].map((call) =>
      call.then(() => undefined, explain),
    ),
  );
  return thrown.filter((error) => error !== undefined);
}

const faults: [string, Fault, RegExp, RegExp][] = [
  [
    'credentials-expired',
    { code: 'ExpiredToken', message: 'The security token included in the request is expired', status: 403 },
    /^The AWS credentials have expired: The security token/,
    /Sign in again \(`aws sso login`/,
  ],
  [
    'credentials-invalid',
    {
      code: 'InvalidClientTokenId',
      message: 'The security token included in the request is invalid.',
      status: 403,
    },
    /^AWS does not accept the credentials: /,
    /aws sts get-caller-identity/,
  ],
  [
    'throttled',
    { code: 'ThrottlingException', message: 'Rate exceeded' },
    /^AWS refused a call because there were too many, and went on doing so: Rate exceeded/,
    /Wait a minute and run the same command again/,
  ],
  [
    'access-denied',
    {
      code: 'AccessDeniedException',
      message: 'User: arn:aws:sts::1:assumed-role/x is not authorized to perform: ssm:GetParametersByPath',
    },
    /^The credentials may not do this: User: .* is not authorized to perform/,
    /docs\/deploying\.md/,
  ],
  [
    'clock-skewed',
    {
      code: 'InvalidSignatureException',
      message: 'Signature expired: 20261121T100000Z is now earlier',
      status: 403,
    },
    /^This machine's clock differs too much from AWS's/,
    /timedatectl/,
  ],
];

test.each(faults)('%s says what was wrong and what to do', async (code, fault, message, next) => {
  const errors = await said(fault);
  expect(errors).toHaveLength(2);
  for (const error of errors) {
    expect(error).toMatchObject({ name: 'DeployError', code });
    expect(error.message).toMatch(message);
    expect(error.nextStep).toMatch(next);
  }
});

test('a server that cannot be reached is named', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
  const error = await readLiveStacks(cloud(), 'demo-dev').then(() => undefined, explain);
  vi.stubEnv('AWS_ENDPOINT_URL', account.env['AWS_ENDPOINT_URL']);
  expect(error).toMatchObject({ code: 'network' });
  expect(error?.message).toMatch(/cannot be reached \(ECONNREFUSED\)/);
  expect(error?.nextStep).toMatch(/Check the network and the proxy, and the stage’s region/);
});

test('without credentials it says how to get some', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', '');
  const error = await readLiveStacks(cloud(), 'demo-dev').then(() => undefined, explain);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  expect(error).toMatchObject({ code: 'credentials-missing', message: /^No AWS credentials were found/ });
});

test('a missing bootstrap, as the toolkit words it, gives the command that mends it', () => {
  const toolkit = new Error(
    'parley-dev-foundation: SSM parameter /cdk-bootstrap/hnb659fds/version not found. Has the environment been ' +
      "bootstrapped? Please run 'cdk bootstrap'",
  );
  expect(explain(new Error('Deploying failed', { cause: toolkit }))).toMatchObject({
    code: 'bootstrap-missing',
    nextStep: expect.stringMatching(/^Run `npx aws-cdk@2\.1148\.1 bootstrap aws:\/\/<account>\/<region>`/),
  });
});

test('an error of our own is kept, also inside another, and an unknown one keeps its message', () => {
  const own = new DeployError('graph', 'A circle.');
  expect(explain(new Error('outer', { cause: own }))).toBe(own);
  expect(explain(new TypeError('x is undefined'))).toMatchObject({
    code: 'unknown',
    message: 'x is undefined',
  });
});

test('log groups that an earlier stage kept, in the way of one that would delete them, are said to be that', () => {
  const refused =
    'CloudFormation is attempting to import some resources because they already exist in your account. The resources ' +
    "must have the DeletionPolicy attribute set to 'Retain' or 'RetainExceptOnCreate' in the template for successful " +
    'import. The affected resources are Logs ({LogGroupName=/ecs/parley-dev/api})';
  expect(explain(new Error(`Failed to create ChangeSet: ${refused}`))).toMatchObject({
    code: 'name-taken',
    message: expect.stringContaining('/ecs/parley-dev/api'),
    nextStep: expect.stringMatching(/protectData: true.*aws logs delete-log-group/),
  });
});
