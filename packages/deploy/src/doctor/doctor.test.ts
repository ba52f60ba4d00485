import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '../cloud/connect.ts';
import { type Answer, type AwsAnswers, never, startAwsAnswers } from '../testing/aws-answers.ts';
import type { DoctorSettings, Finding } from './check.ts';
import { examine, isFit } from './doctor.ts';

const identity =
  '<Arn>arn:aws:sts::111122223333:assumed-role/Deployer/alice</Arn><UserId>AROA:alice</UserId><Account>111122223333</Account>';
const assumed =
  '<Credentials><AccessKeyId>a</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2036-01-01T00:00:00Z</Expiration></Credentials>';

/** An account in which nothing is missing. */
const healthy: Record<string, Answer> = {
  GetCallerIdentity: identity,
  AssumeRole: assumed,
  GetParameter: { Parameter: { Name: '/cdk-bootstrap/hnb659fds/version', Value: '28' } },
  GetParameters: { Parameters: [], InvalidParameters: [] },
  GetParametersByPath: { Parameters: [] },
  ListStacks: '<StackSummaries/>',
  DescribeRepositories: { repositories: [] },
  GetAuthorizationToken: { authorizationData: [] },
  DescribeLogGroups: { logGroups: [] },
  GetServiceQuota: { Quota: { Value: 5 } },
  DescribeVpcs: '<vpcSet/>',
  DescribeAddresses: '<addressesSet/>',
  DescribeLoadBalancers: '<LoadBalancers/>',
};

let aws: AwsAnswers;

beforeEach(async () => {
  aws = await startAwsAnswers(healthy);
  for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

/** What was found about everything that AWS is asked, by check. */
async function found(settings: Partial<DoctorSettings> = {}, stage = 'dev', limitMs = 60_000) {
  const region = 'eu-west-1';
  const findings = await examine(
    {
      cloud: connect({ region, maxAttempts: 1 }),
      root: process.cwd(),
      stage,
      prefix: `parley-${stage}`,
      settings: { region, network: 'private', model: { provider: 'demo' }, modelSecrets: {}, ...settings },
      vCpusMax: 4,
    },
    { limitMs, without: ['tools', 'images'] },
  );
  const byCheck = Map.groupBy(findings, ({ check }) => check);
  return (check: string): Finding[] =>
    (byCheck.get(check) ?? []).map(({ check: _name, ...finding }) => finding);
}

test('an account in which nothing is missing is fit, with the identity, the version and the quotas named', async () => {
  const of = await found();
  expect(of('credentials')).toEqual([
    {
      status: 'ok',
      what: 'arn:aws:sts::111122223333:assumed-role/Deployer/alice: account 111122223333 (parley.config.ts asks for none), region eu-west-1',
    },
  ]);
  expect(of('bootstrap')).toEqual([{ status: 'ok', what: 'bootstrapped for CDK with version 28' }]);
  expect(of('permissions')).toEqual([{ status: 'ok', what: expect.stringMatching(/^7 of the calls/) }]);
  expect(of('quotas').map(({ status, what }) => `${status} ${what}`)).toEqual([
    'ok VPCs: 0 of 5 used, this stage adds 1',
    'ok elastic IP addresses: 0 of 5 used, this stage adds 1',
    'ok application load balancers: 0 of 5 used, this stage adds 1',
    'ok Fargate vCPUs: limit 5, this stage adds up to 4',
  ]);
  expect(isFit([...of('credentials'), ...of('bootstrap'), ...of('quotas')])).toBe(true);
});

test('an account that is not bootstrapped is told the exact command', async () => {
  const fault = { code: 'ParameterNotFound', message: '' };
  aws.answers.set('GetParameter', { fault });
  expect((await found())('bootstrap')).toEqual([
    {
      status: 'missing',
      what: 'Account 111122223333, region eu-west-1: not bootstrapped for CDK.',
      mend: 'Run `npx aws-cdk@2.1148.1 bootstrap aws://111122223333/eu-west-1` once per account and region.',
    },
  ]);
  aws.answers.set('GetParameter', { Parameter: { Value: '5' } });
  expect((await found())('bootstrap')[0]?.what).toBe(
    'Account 111122223333, region eu-west-1: bootstrapped for CDK with version 5; version 6 or newer is needed.',
  );
});

test('expired credentials are said once, with what to do; the other checks only say that they could not look', async () => {
  const fault = {
    code: 'ExpiredToken',
    message: 'The security token included in the request is expired',
    status: 403,
  };
  for (const operation of Object.keys(healthy)) aws.answers.set(operation, { fault });
  const of = await found();
  expect(of('credentials')).toEqual([
    {
      status: 'missing',
      what: expect.stringMatching(/^The AWS credentials have expired/),
      mend: expect.stringMatching(/aws sso login/),
    },
  ]);
  for (const check of ['permissions', 'bootstrap', 'quotas']) {
    expect(of(check)).toEqual([
      { status: 'unknown', what: 'could not be checked without working credentials' },
    ]);
  }
});

test('credentials of another account than the stage’s are missing, not merely different', async () => {
  const of = await found({ account: '444455556666' });
  expect(of('credentials')).toEqual([
    {
      status: 'missing',
      what: 'arn:aws:sts::111122223333:assumed-role/Deployer/alice is of account 111122223333; stage "dev" lives in account 444455556666',
      mend: expect.stringMatching(/AWS_PROFILE/),
    },
  ]);
});

test('what may not be looked at names the permission; what a command needs and may not do is missing', async () => {
  aws.answers.delete('GetServiceQuota');
  aws.answers.delete('ListStacks');
  aws.answers.delete('AssumeRole');
  const of = await found();
  expect(of('quotas')).toEqual([
    {
      status: 'unknown',
      what: expect.stringMatching(/^could not be checked: needs servicequotas:GetServiceQuota/),
    },
  ]);
  expect(of('permissions').map(({ status, what }) => `${status} ${what}`)).toEqual([
    'missing cloudformation:ListStacks is not allowed, which plan needs',
    expect.stringMatching(
      /^warning the role arn:aws:iam::111122223333:role\/cdk-hnb659fds-deploy-role-111122223333-eu-west-1 cannot be taken/,
    ),
    expect.stringMatching(/^warning the role .*file-publishing-role/),
  ]);
});

test('a quota that is used up gives the command that asks for more; a stage that stands needs nothing more', async () => {
  aws.answers.set('DescribeVpcs', `<vpcSet>${'<item><vpcId>vpc-1</vpcId></item>'.repeat(5)}</vpcSet>`);
  expect((await found())('quotas')[0]).toEqual({
    status: 'missing',
    what: 'VPCs: 5 of 5 used, this stage adds 1',
    mend: 'aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-F678F1CE --desired-value 6 --region eu-west-1',
  });
  aws.answers.set('GetParameters', {
    Parameters: [{ Name: '/parley-dev/network/vpc-id', Value: 'vpc-1' }],
  });
  expect((await found())('quotas')[0]).toEqual({ status: 'ok', what: 'VPCs: 5 of 5 used' });
});

test('a quota that nobody has raised is AWS’s default', async () => {
  aws.answers.set('GetServiceQuota', { fault: { code: 'NoSuchResourceException', message: 'none' } });
  aws.answers.set('GetAWSDefaultServiceQuota', { Quota: { Value: 2 } });
  expect((await found({ network: 'private-ha' }))('quotas')[1]?.what).toBe(
    'elastic IP addresses: 0 of 2 used, this stage adds 2',
  );
});

test('a model of Bedrock is looked up with the models behind its profile, and nothing is asked of it', async () => {
  const model = { provider: 'bedrock', modelId: 'eu.anthropic.claude-sonnet-4-6' } as const;
  const behind = '/foundation-model-availability/anthropic.claude-sonnet-4-6';
  expect((await found({ model }))('model')[0]?.what).toMatch(
    /^could not be checked: needs .*inference-profiles|bedrock:/,
  );
  aws.answers.set('/inference-profiles/eu.anthropic.claude-sonnet-4-6', {
    models: ['eu-west-1', 'eu-north-1'].map((region) => ({
      modelArn: `arn:aws:bedrock:${region}::foundation-model/anthropic.claude-sonnet-4-6`,
    })),
  });
  const answer = {
    modelId: 'anthropic.claude-sonnet-4-6',
    agreementAvailability: { status: 'AVAILABLE' },
    authorizationStatus: 'AUTHORIZED',
    entitlementAvailability: 'AVAILABLE',
    regionAvailability: 'AVAILABLE',
  };
  aws.answers.set(behind, answer);
  expect((await found({ model }))('model')).toEqual([
    { status: 'ok', what: 'anthropic.claude-sonnet-4-6 of Bedrock can be asked in eu-west-1' },
  ]);
  aws.answers.set(behind, { ...answer, entitlementAvailability: 'NOT_AVAILABLE' });
  expect((await found({ model }))('model')).toEqual([
    {
      status: 'missing',
      what: 'the account has no access to anthropic.claude-sonnet-4-6 of Bedrock in eu-west-1',
      mend: expect.stringMatching(/bedrock\/home\?region=eu-west-1#\/modelaccess/),
    },
  ]);
  aws.answers.set('/inference-profiles/eu.anthropic.claude-sonnet-4-6', {
    fault: { code: 'ResourceNotFoundException', message: 'none', status: 404 },
  });
  expect((await found({ model }))('model')[0]?.what).toBe(
    'eu-west-1 has no inference profile eu.anthropic.claude-sonnet-4-6',
  );
});

test('a secret that is not there gives the command that makes it', async () => {
  const settings = {
    model: { provider: 'anthropic', model: 'claude-sonnet-4-6', apiKeyEnv: 'ANTHROPIC_API_KEY' },
    modelSecrets: { ANTHROPIC_API_KEY: 'parley/anthropic-key' },
  } as const;
  aws.answers.set('DescribeSecret', { fault: { code: 'ResourceNotFoundException', message: 'none' } });
  expect((await found(settings))('secrets')).toEqual([
    {
      status: 'missing',
      what: 'there is no secret parley/anthropic-key, which should fill ANTHROPIC_API_KEY',
      mend: 'aws secretsmanager create-secret --name parley/anthropic-key --secret-string <key> --region eu-west-1',
    },
  ]);
  aws.answers.set('DescribeSecret', { VersionIdsToStages: { one: ['AWSCURRENT'] } });
  expect((await found(settings))('secrets')[0]?.status).toBe('ok');
});

test('a certificate has to be issued, and for the site’s domain', async () => {
  const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/1';
  const about = (Status: string, DomainName: string) =>
    aws.answers.set('DescribeCertificate', { Certificate: { Status, DomainName } });
  const status = async () =>
    (await found({ site: { domain: 'chat.example.com', certificateArn } }))('certificate').map(
      (finding) => `${finding.status} ${finding.what}`,
    );
  about('ISSUED', '*.example.com');
  expect(await status()).toEqual(['ok the certificate of chat.example.com is issued']);
  about('PENDING_VALIDATION', 'chat.example.com');
  expect(await status()).toEqual([`missing certificate ${certificateArn} is PENDING_VALIDATION, not ISSUED`]);
  about('ISSUED', 'example.com');
  expect(await status()).toEqual([
    `missing certificate ${certificateArn} is for example.com, not for chat.example.com`,
  ]);
});

test('a check that AWS does not answer in time says so, and the others go on', async () => {
  aws.answers.set('GetParameter', never);
  const of = await found({}, 'dev', 3_000);
  expect(of('bootstrap')).toEqual([
    { status: 'unknown', what: 'could not be checked: no answer within 3 s', mend: undefined },
  ]);
  expect(of('quotas')).toHaveLength(4);
});

test('names that AWS would not take are found before a deploy', async () => {
  for (const [stage, why] of [
    ['aws-test', /"aws", which Cognito takes/],
    ['dev-', /ECR takes/],
    ['a--b', /ECR takes/],
  ] as const) {
    expect((await found({}, stage))('stage')).toEqual([
      { status: 'missing', what: expect.stringMatching(why), mend: expect.any(String) },
    ]);
  }
});

test('credentials of another account are told, and nothing of that account is said to be missing', async () => {
  aws.answers.set('GetParameter', { fault: { code: 'ParameterNotFound', message: '' } });
  const of = await found({ account: '444455556666' });
  expect(of('credentials')[0]?.status).toBe('missing');
  for (const check of ['permissions', 'bootstrap', 'model', 'quotas']) {
    expect(of(check)).toEqual([
      {
        status: 'unknown',
        what: 'not looked at: the credentials are of another account (111122223333)',
      },
    ]);
  }
});
