import { isSeededPath, networkParameters } from '@parley/contract/names';
import { siteResourceType } from '@parley/contract/site';
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
let stacks: SynthesizedStack[];
let prod: SynthesizedStack[];
beforeAll(async () => {
  workspace = await createStacksWorkspace();
  stacks = await workspace.synthAll({ stage: 'dev' });
  prod = await workspace.synthAll({ stage: 'prod' });
});
afterAll(() => workspace.remove());

/** SSM paths a stack writes. */
function produced(stack: SynthesizedStack): string[] {
  return resourcesOf([stack], 'AWS::SSM::Parameter').map(({ Properties }) => Properties['Name'] as string);
}

/** SSM paths a stack reads. */
function consumed({ template }: SynthesizedStack): string[] {
  return Object.values(template.Parameters ?? {})
    .filter(({ Type }) => Type.startsWith('AWS::SSM::Parameter::Value'))
    .map((parameter) => parameter.Default ?? '');
}

describe('values shared by stacks', () => {
  test('the foundation writes exactly the ten network parameters, and the name of the load balancer', () => {
    const expected = [...networkParameters, 'alb-dns-name'].map((name) => `/parley-dev/network/${name}`);
    expect(networkParameters).toHaveLength(10);
    expect(produced(stackOf(stacks, 'foundation')).toSorted()).toEqual(expected.toSorted());
  });

  test('each path has one writer, and no stack reads what it writes (T2)', () => {
    const all = stacks.flatMap(produced);
    expect(new Set(all).size).toBe(all.length);
    for (const stack of stacks) {
      expect(consumed(stack).filter((path) => produced(stack).includes(path))).toEqual([]);
    }
  });

  test('each path that is read is written by a stack, or seeded before the deploy (T3)', () => {
    const written = new Set(stacks.flatMap(produced));
    const unwritten = stacks.flatMap(consumed).filter((path) => !written.has(path));
    expect(unwritten.every(isSeededPath)).toBe(true);
    expect(unwritten.toSorted()).toEqual([
      '/parley-dev/inference-api/image-tag',
      '/parley-dev/registry-api/image-tag',
    ]);
  });

  test('stacks can be deployed one after the other from nothing (T1, T4)', () => {
    const done: string[] = [];
    let waiting = stacks;
    while (waiting.length > 0) {
      const ready = waiting.filter((stack) => producersOf(stack).every((name) => done.includes(name)));
      expect(ready, `a cycle among ${waiting.map(({ name }) => name).join(', ')}`).not.toEqual([]);
      done.push(...ready.map(({ name }) => name));
      waiting = waiting.filter((stack) => !ready.includes(stack));
    }
    const order = ['foundation', 'registry', 'inference'].map((name) => done.indexOf(name));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(done.indexOf('weather')).toBeGreaterThan(done.indexOf('registry'));
  });

  /** Stacks that have to stand first: writers of what it reads, and owners of functions it calls. */
  function producersOf(stack: SynthesizedStack): string[] {
    const reads = consumed(stack);
    const calls = customResources([stack]).map(({ Properties }) =>
      JSON.stringify(Properties['ServiceToken']),
    );
    return stacks
      .filter((other) => other !== stack)
      .filter(
        (other) =>
          produced(other).some((path) => reads.includes(path)) ||
          functionNames([other]).some((name) => calls.some((call) => call.includes(`:function:${name}"`))),
      )
      .map(({ name }) => name);
  }

  test('nothing is exported, imported or resolved at deploy time (T5)', () => {
    for (const { name, template } of [...stacks, ...prod]) {
      expect(template.Outputs, name).toBeUndefined();
      const found = [...valuesIn(template)].filter(
        ({ path, value }) =>
          path.at(-1) === 'Fn::ImportValue' || (typeof value === 'string' && value.includes('{{resolve:')),
      );
      expect(found, name).toEqual([]);
    }
  });

  test('parameters have literal defaults, and each is used (T44)', () => {
    for (const { template } of stacks) {
      for (const [logicalId, parameter] of Object.entries(template.Parameters ?? {})) {
        expect(typeof parameter.Default).toBe('string');
        const uses = [...valuesIn(template.Resources)].filter(
          ({ path, value }) => path.at(-1) === 'Ref' && value === logicalId,
        );
        expect(uses, logicalId).not.toEqual([]);
      }
    }
  });
});

function customResources(of: SynthesizedStack[]) {
  return of.flatMap(({ name, template }) =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => Type.startsWith('Custom::') || Type === 'AWS::CloudFormation::CustomResource')
      .map(([logicalId, resource]) => ({ stack: name, logicalId, ...resource })),
  );
}

function functionNames(of: SynthesizedStack[]): string[] {
  return resourcesOf(of, 'AWS::Lambda::Function').flatMap(({ Properties }) =>
    typeof Properties['FunctionName'] === 'string' ? [Properties['FunctionName']] : [],
  );
}

describe('the shared listener', () => {
  interface Rule {
    Priority: number;
    Conditions: { Field: string; PathPatternConfig: { Values: string[] } }[];
  }
  const rules = () =>
    resourcesOf(stacks, 'AWS::ElasticLoadBalancingV2::ListenerRule')
      .map(({ Properties }) => Properties as unknown as Rule)
      .toSorted((a, b) => a.Priority - b.Priority);
  const paths = (rule: Rule) => rule.Conditions.flatMap(({ PathPatternConfig }) => PathPatternConfig.Values);

  test('answers 404 to what no service has claimed, and is reached from inside only', () => {
    const [listener] = resourcesOf(stacks, 'AWS::ElasticLoadBalancingV2::Listener');
    expect(listener?.Properties).toMatchObject({
      Port: 80,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    });
    const [balancer] = resourcesOf(stacks, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(balancer?.Properties['Scheme']).toBe('internal');
  });

  test('gives each service the paths and the priority of the design', () => {
    expect(rules().map((rule) => [rule.Priority, paths(rule)])).toEqual([
      [1, ['/api/*', '/health']],
      [10, ['/inference/*']],
    ]);
  });

  test('has no two rules of one priority, and none that an earlier one covers (T12)', () => {
    const priorities = rules().map(({ Priority }) => Priority);
    expect(new Set(priorities).size).toBe(priorities.length);
    for (const [i, rule] of rules().entries()) {
      const earlier = rules().slice(0, i).flatMap(paths);
      const shadowed = paths(rule).filter((path) => earlier.some((pattern) => covers(pattern, path)));
      expect(shadowed, `priority ${rule.Priority}`).toEqual([]);
    }
  });

  /** True when every path that `path` matches is matched by `pattern`. */
  function covers(pattern: string, path: string): boolean {
    const source = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${source}$`).test(path);
  }

  test('checks the health of each service at a path of its own rule', () => {
    const health = resourcesOf(stacks, 'AWS::ElasticLoadBalancingV2::TargetGroup').map(
      ({ Properties }) => Properties['HealthCheckPath'] as string,
    );
    for (const path of health) {
      expect(
        rules()
          .flatMap(paths)
          .some((pattern) => covers(pattern, path)),
        path,
      ).toBe(true);
    }
  });
});

describe('the network', () => {
  test('has two subnets of each kind, in two zones (T36)', () => {
    const subnets = resourcesOf(stacks, 'AWS::EC2::Subnet');
    expect(subnets).toHaveLength(4);
    for (const kind of ['Public', 'Private']) {
      const zones = subnets
        .filter(({ logicalId }) => logicalId.includes(`${kind}Subnet`))
        .map(({ Properties }) => JSON.stringify(Properties['AvailabilityZone']));
      expect(new Set(zones).size).toBe(2);
    }
  });

  test.each([
    ['public', 0],
    ['private', 1],
    ['private-ha', 2],
  ])('of the profile %s has %d NAT gateways', async (network, count) => {
    const foundation = stackOf(
      await workspace.synthAll({ stage: 'dev', overrides: { network } }),
      'foundation',
    );
    expect(resourcesOf([foundation], 'AWS::EC2::NatGateway')).toHaveLength(count);
    // A shared parameter must not be empty, whatever the profile.
    expect(resourcesOf([foundation], 'AWS::EC2::Subnet')).toHaveLength(4);
  });
});

test('every custom resource has a function that is never replaced, and waits a minute at most (T46)', () => {
  const functions = ['parley-dev-site-publisher', 'parley-dev-registrar'];
  expect(functionNames(stacks)).toEqual(functions);
  for (const { logicalId, Properties } of customResources(stacks)) {
    expect(Properties['ServiceTimeout'], logicalId).toBe('60');
  }
});

describe('registrations', () => {
  const registrationsOf = (of: SynthesizedStack[]) =>
    customResources(of).filter(({ Type }) => Type !== siteResourceType);

  test('name the registrar by an ARN composed from the prefix', () => {
    const registrations = registrationsOf(stacks);
    expect(registrations.length).toBeGreaterThan(0);
    for (const { Type, Properties } of registrations) {
      expect(Type).toMatch(/^Custom::Parley(Agent|ChatApp)$/);
      expect(Properties['ServiceToken']).toEqual({
        'Fn::Join': [
          '',
          ['arn:aws:lambda:us-east-1:', { Ref: 'AWS::AccountId' }, ':function:parley-dev-registrar'],
        ],
      });
      expect(Properties['Stage']).toBe('parley-dev');
    }
  });

  test('carry nothing that changes by itself (T52)', () => {
    for (const { Properties } of registrationsOf(stacks)) {
      expect(Object.keys(Properties).toSorted()).toEqual(
        expect.arrayContaining(['Definition', 'ServiceTimeout', 'ServiceToken', 'Stage']),
      );
      expect(JSON.stringify(Properties)).not.toMatch(/\d{4}-\d{2}-\d{2}T\d{2}|\$\{Token/);
    }
  });

  test('find a registrar that answers in time and is not retried', () => {
    const registry = stackOf(stacks, 'registry');
    const [registrar] = resourcesOf([registry], 'AWS::Lambda::Function');
    expect(registrar?.Properties).toMatchObject({ Timeout: 30, Runtime: 'nodejs24.x' });
    expect(resourcesOf([registry], 'AWS::Lambda::EventInvokeConfig')[0]?.Properties).toMatchObject({
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });
});

describe('data', () => {
  const stateful = new Set(['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::Cognito::UserPool']);
  const statefulOf = (of: SynthesizedStack[]) =>
    of.flatMap(({ name, template }) =>
      Object.entries(template.Resources)
        .filter(([, { Type }]) => stateful.has(Type))
        .map(([logicalId, resource]) => ({ id: `${name}/${logicalId}`, ...resource })),
    );

  test('keeps its logical ids: another id means another, empty resource (T8)', () => {
    const pinned = [
      'frontend/SiteE53D7754',
      'registry/Catalog742F25FD',
      'registry/ConversationsBC91B70D',
      'registry/Attachments87B238D3',
      'registry/Users0A0EEA89',
    ];
    const logs = ['foundation/TrafficLogs4DF9335D', 'frontend/RequestLogs6647DCB7'];
    expect(statefulOf(stacks).map(({ id }) => id)).toEqual(pinned);
    expect(
      statefulOf(prod)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual([...pinned, ...logs].toSorted());
  });

  test('has no physical names, so that it can be replaced', () => {
    for (const { id, Properties } of statefulOf(stacks)) {
      expect(
        Object.keys(Properties).filter((key) => /^(TableName|BucketName|UserPoolName)$/.test(key)),
        id,
      ).toEqual([]);
    }
  });

  test('in prod is kept, protected and recoverable', () => {
    for (const { id, DeletionPolicy, UpdateReplacePolicy } of statefulOf(prod)) {
      expect([DeletionPolicy, UpdateReplacePolicy], id).toEqual(['Retain', 'Retain']);
    }
    for (const { Properties } of resourcesOf(prod, 'AWS::DynamoDB::Table')) {
      expect(Properties).toMatchObject({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    }
    expect(resourcesOf(prod, 'AWS::Cognito::UserPool')[0]?.Properties['DeletionProtection']).toBe('ACTIVE');
  });

  test('in prod logs are kept too, unless their stack never came up: their names are fixed', () => {
    const groups = resourcesOf(prod, 'AWS::Logs::LogGroup');
    expect(groups.length).toBeGreaterThanOrEqual(4);
    for (const { logicalId, DeletionPolicy, UpdateReplacePolicy } of groups) {
      expect([DeletionPolicy, UpdateReplacePolicy], logicalId).toEqual(['RetainExceptOnCreate', 'Retain']);
    }
  });

  test('elsewhere goes with its stack', () => {
    for (const { id, DeletionPolicy } of statefulOf(stacks)) expect(DeletionPolicy, id).toBe('Delete');
  });

  test('tables have the keys the store expects and cost nothing while idle', () => {
    const tables = resourcesOf(stacks, 'AWS::DynamoDB::Table');
    expect(tables).toHaveLength(2);
    for (const { Properties } of tables) {
      expect(Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      });
    }
  });

  test('each bucket is private and encrypted', () => {
    const buckets = resourcesOf(stacks, 'AWS::S3::Bucket');
    expect(buckets).toHaveLength(2);
    for (const { Properties } of buckets) {
      expect(Properties).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      });
    }
    const policies = resourcesOf(stacks, 'AWS::S3::BucketPolicy');
    expect(policies).toHaveLength(2);
    for (const { Properties } of policies)
      expect(JSON.stringify(Properties)).toContain('"aws:SecureTransport":"false"');
  });

  test('pages of the site alone may send forms to the bucket of attachments, and no page anything else', async () => {
    const corsOf = (of: SynthesizedStack[]) =>
      resourcesOf(of, 'AWS::S3::Bucket').flatMap(({ stack, Properties }) =>
        Properties['CorsConfiguration'] === undefined
          ? []
          : [{ stack, cors: Properties['CorsConfiguration'] }],
      );
    const rule = (origin: string) => ({
      stack: 'registry',
      cors: { CorsRules: [{ AllowedMethods: ['POST'], AllowedOrigins: [origin], MaxAge: 3_600 }] },
    });
    expect(corsOf(stacks)).toEqual([rule('https://*.cloudfront.net')]);
    const site = { domain: 'chat.test', certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/x' };
    const named = await workspace.synthAll({ stage: 'dev', overrides: { site } });
    expect(corsOf(named)).toEqual([rule('https://chat.test')]);
  });

  test('what was uploaded and never looked at is forgotten within days', () => {
    const rules = resourcesOf(stacks, 'AWS::S3::Bucket').flatMap(
      ({ Properties }) => (Properties['LifecycleConfiguration'] as { Rules: object[] }).Rules,
    );
    expect(rules).toContainEqual(
      expect.objectContaining({
        Prefix: 'uploads/',
        ExpirationInDays: 1,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        Status: 'Enabled',
      }),
    );
  });

  test('a bucket with versions forgets old ones (T37)', () => {
    const versioned = resourcesOf(stacks, 'AWS::S3::Bucket').filter(
      ({ Properties }) => Properties['VersioningConfiguration'] !== undefined,
    );
    expect(versioned).toHaveLength(1);
    expect(versioned[0]?.Properties).toMatchObject({
      LifecycleConfiguration: {
        Rules: expect.arrayContaining([
          expect.objectContaining({
            Id: 'forget-old-versions',
            NoncurrentVersionExpiration: { NoncurrentDays: 30 },
          }),
        ]),
      },
    });
  });
});
