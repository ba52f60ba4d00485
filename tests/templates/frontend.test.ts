import { env, servicePaths, ssmPath } from '@parley/contract/names';
import { siteFolder, siteProperties, siteResourceType } from '@parley/contract/site';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createStacksWorkspace,
  resourcesOf,
  stackOf,
  type StacksWorkspace,
  type SynthesizedStack,
} from './stacks-workspace.ts';

let workspace: StacksWorkspace;
let stacks: SynthesizedStack[];
let frontend: SynthesizedStack;
beforeAll(async () => {
  workspace = await createStacksWorkspace();
  stacks = await workspace.synthAll({ stage: 'dev' });
  frontend = stackOf(stacks, 'frontend');
});
afterAll(() => workspace.remove());

const signIn = { issuer: 'https://id.test', clientId: 'page' };
const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/abc';

interface Behavior {
  PathPattern?: string;
  TargetOriginId: string;
  AllowedMethods?: string[];
  CachePolicyId: string;
  OriginRequestPolicyId?: string;
  Compress: boolean;
  ResponseHeadersPolicyId?: unknown;
  FunctionAssociations?: unknown[];
  ViewerProtocolPolicy: string;
}
interface Config {
  CacheBehaviors: Behavior[];
  DefaultCacheBehavior: Behavior;
  Origins: { Id: string; VpcOriginConfig?: object; S3OriginConfig?: object; OriginPath?: string }[];
  [key: string]: unknown;
}

function configOf(stack: SynthesizedStack): Config {
  const [distribution] = resourcesOf([stack], 'AWS::CloudFront::Distribution');
  return distribution?.Properties['DistributionConfig'] as Config;
}

async function frontendWith(overrides: Record<string, unknown>): Promise<SynthesizedStack> {
  return stackOf(await workspace.synthAll({ stage: 'dev', overrides }), 'frontend');
}

/** AWS's own policies, by the ids it documents. */
const managed = {
  cachingDisabled: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  cachingOptimized: '658327ea-f89d-4fab-a63d-7e88639e58f6',
  allViewer: '216adef6-5c7f-47e4-b989-5492eafa07d3',
};

describe('the distribution', () => {
  test('sends the paths of services to the load balancer, whole and unkept, and cuts no silent stream', () => {
    const { CacheBehaviors, Origins } = configOf(frontend);
    const services = CacheBehaviors.filter(({ PathPattern }) => PathPattern !== '/assets/*');
    expect(services.map(({ PathPattern }) => PathPattern)).toEqual([...servicePaths]);
    for (const behavior of services) {
      expect(behavior).toMatchObject({
        CachePolicyId: managed.cachingDisabled,
        OriginRequestPolicyId: managed.allViewer,
        Compress: false,
        ViewerProtocolPolicy: 'redirect-to-https',
        ResponseHeadersPolicyId: expect.anything(),
      });
      expect(behavior.AllowedMethods).toEqual(
        expect.arrayContaining(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']),
      );
      expect(behavior.FunctionAssociations, 'a service answers for itself').toBeUndefined();
      const origin = Origins.find(({ Id }) => Id === behavior.TargetOriginId);
      expect(origin?.VpcOriginConfig).toMatchObject({ OriginReadTimeout: 60 });
    }
  });

  test('covers every path of the listener that is not a health check', () => {
    const rules = resourcesOf(stacks, 'AWS::ElasticLoadBalancingV2::ListenerRule').flatMap(({ Properties }) =>
      (Properties['Conditions'] as { PathPatternConfig: { Values: string[] } }[]).flatMap(
        ({ PathPatternConfig }) => PathPatternConfig.Values,
      ),
    );
    const outside = rules.filter((path) => !(servicePaths as readonly string[]).includes(path));
    expect(outside).toEqual(['/health']);
  });

  test('answers everything else with the page, which nobody keeps', () => {
    const { DefaultCacheBehavior, Origins, DefaultRootObject } = configOf(frontend);
    expect(DefaultRootObject).toBe('index.html');
    expect(DefaultCacheBehavior).toMatchObject({
      CachePolicyId: managed.cachingDisabled,
      FunctionAssociations: [{ EventType: 'viewer-request' }],
    });
    const origin = Origins.find(({ Id }) => Id === DefaultCacheBehavior.TargetOriginId);
    // Beside the folder lies the history of releases, which is nobody's business.
    expect(origin).toMatchObject({ OriginPath: `/${siteFolder}`, S3OriginConfig: {} });
  });

  test('keeps hashed files, compressed', () => {
    const hashed = configOf(frontend).CacheBehaviors.find(({ PathPattern }) => PathPattern === '/assets/*');
    expect(hashed).toMatchObject({ CachePolicyId: managed.cachingOptimized, Compress: true });
    expect(hashed?.TargetOriginId).toBe(configOf(frontend).DefaultCacheBehavior.TargetOriginId);
  });

  test('turns no error into a page: a 404 of the API stays one', () => {
    expect(configOf(frontend)['CustomErrorResponses']).toBeUndefined();
  });

  test('reads the bucket by origin access control, and nobody else does', () => {
    expect(resourcesOf([frontend], 'AWS::CloudFront::OriginAccessControl')).toHaveLength(1);
    const [policy] = resourcesOf([frontend], 'AWS::S3::BucketPolicy');
    const { Statement } = policy!.Properties['PolicyDocument'] as {
      Statement: {
        Effect: string;
        Action: string | string[];
        Resource: unknown;
        Principal: unknown;
        Condition: object;
      }[];
    };
    const allowed = Statement.filter(({ Effect }) => Effect === 'Allow');
    // Listing is what makes a missing file 404 instead of 403.
    expect(allowed).toHaveLength(1);
    const arn = { 'Fn::GetAtt': [expect.stringMatching(/^Site/), 'Arn'] };
    expect(allowed[0]).toMatchObject({
      Action: ['s3:GetObject', 's3:ListBucket'],
      Resource: expect.arrayContaining([arn, { 'Fn::Join': ['', [arn, '/*']] }]),
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Condition: { StringEquals: { 'AWS:SourceArn': expect.anything() } },
    });
  });

  test('has no address but its own, no web ACL and the least price class, unless a stage says so', async () => {
    expect(configOf(frontend)).toMatchObject({ PriceClass: 'PriceClass_100' });
    for (const key of ['Aliases', 'ViewerCertificate', 'WebACLId'])
      expect(configOf(frontend)[key], key).toBeUndefined();
    const webAclArn = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/a/b';
    const set = await frontendWith({ site: { domain: 'chat.test.example', certificateArn, webAclArn } });
    expect(configOf(set)).toMatchObject({
      Aliases: ['chat.test.example'],
      ViewerCertificate: { AcmCertificateArn: certificateArn, MinimumProtocolVersion: 'TLSv1.2_2021' },
      WebACLId: webAclArn,
    });
  });

  test('reaches a load balancer that accepts what comes from inside its network', () => {
    const [endpoint] = resourcesOf([frontend], 'AWS::CloudFront::VpcOrigin');
    expect(endpoint?.Properties['VpcOriginEndpointConfig']).toMatchObject({
      Arn: { Ref: 'NetworkAlbArnParameter' },
      HTTPPort: 80,
      OriginProtocolPolicy: 'http-only',
    });
    const [balancer] = resourcesOf(stacks, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    const [group] = (balancer!.Properties['SecurityGroups'] as { 'Fn::GetAtt': [string] }[]).map(
      (each) => each['Fn::GetAtt'][0],
    );
    const { Properties } = stackOf(stacks, 'foundation').template.Resources[group ?? '']!;
    expect(Properties['SecurityGroupIngress']).toMatchObject([
      { CidrIp: { 'Fn::GetAtt': [expect.stringMatching(/^Vpc/), 'CidrBlock'] }, FromPort: 80, ToPort: 80 },
    ]);
  });
});

describe('the headers of the page', () => {
  const headers = (stack: SynthesizedStack) => {
    const [policy] = resourcesOf([stack], 'AWS::CloudFront::ResponseHeadersPolicy');
    return (policy!.Properties['ResponseHeadersPolicyConfig'] as { SecurityHeadersConfig: object })
      .SecurityHeadersConfig;
  };

  test('allow its own files only: no inline script, no eval, no frame, no other site', () => {
    const text = JSON.stringify(headers(frontend));
    expect(text).not.toMatch(/unsafe|data: blob:[^;]*script|\*/);
    for (const directive of [
      "default-src 'none'",
      "script-src 'self';",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
      expect(text).toContain(directive);
    expect(headers(frontend)).toMatchObject({
      ContentTypeOptions: { Override: true },
      ReferrerPolicy: { ReferrerPolicy: 'same-origin' },
      StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000 },
    });
  });

  test('let it talk to its own origin, the issuer, where that one gives out tokens, and the bucket of attachments', async () => {
    const connectTo = (stack: SynthesizedStack) =>
      /connect-src ('self'.*?);/.exec(JSON.stringify(headers(stack)))?.[1];
    expect(connectTo(frontend)).toMatch(
      /AuthIssuerParameter.*https:\/\/parley-dev-.*\.auth\.us-east-1\.amazoncognito\.com https:\/\/[^ ]*AttachmentsBucketParameter[^ ]*\.s3\.us-east-1\.[^ ]*URLSuffix[^ ]*$/,
    );
    const other = await frontendWith({ signIn });
    expect(connectTo(other)).not.toContain('amazoncognito');
    const tokenOrigin = 'https://tokens.test';
    expect(connectTo(await frontendWith({ signIn: { ...signIn, tokenOrigin } }))).toContain(tokenOrigin);
  });

  test('are those of every answer from the bucket', () => {
    const { DefaultCacheBehavior, CacheBehaviors } = configOf(frontend);
    const fromBucket = [DefaultCacheBehavior, ...CacheBehaviors].filter(
      ({ TargetOriginId }) => TargetOriginId === DefaultCacheBehavior.TargetOriginId,
    );
    expect(fromBucket).toHaveLength(2);
    for (const { ResponseHeadersPolicyId } of fromBucket) expect(ResponseHeadersPolicyId).toBeDefined();
  });
});

describe("the page's client", () => {
  test('is public, by authorization code, in the pool that the issuer names', () => {
    const [client] = resourcesOf([frontend], 'AWS::Cognito::UserPoolClient');
    expect(client?.Properties).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid', 'profile', { Ref: 'AuthScopeParameter' }],
      ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      UserPoolId: { 'Fn::Select': [3, { 'Fn::Split': ['/', { Ref: 'AuthIssuerParameter' }] }] },
    });
    expect(client?.Properties['CallbackURLs']).toEqual(client?.Properties['LogoutURLs']);
  });

  test('may send users back to the domain too, when there is one', async () => {
    const set = await frontendWith({ site: { domain: 'chat.test.example', certificateArn } });
    const [client] = resourcesOf([set], 'AWS::Cognito::UserPoolClient');
    expect(client?.Properties['CallbackURLs']).toHaveLength(2);
    expect(client?.Properties['CallbackURLs']).toContain('https://chat.test.example/');
  });

  test('at another issuer is the one that the settings name', async () => {
    const set = await frontendWith({ signIn });
    expect(resourcesOf([set], 'AWS::Cognito::UserPoolClient')).toEqual([]);
    const [publication] = resourcesOf([set], siteResourceType);
    expect(JSON.stringify(publication?.Properties['Config'])).toContain(
      JSON.stringify('"clientId":"page"').slice(1, -1),
    );
  });
});

describe('the publication', () => {
  const publicationOf = (of: SynthesizedStack[]) => resourcesOf(of, siteResourceType)[0]!.Properties;

  test('has the properties that the publisher reads, and empties only a bucket without protection', async () => {
    const keys = Object.keys(siteProperties.shape);
    expect(Object.keys(publicationOf([frontend]))).toEqual(['ServiceToken', 'ServiceTimeout', ...keys]);
    expect(publicationOf([frontend])['EmptyOnDelete']).toBe('true');
    expect(publicationOf([await frontendWith({ protectData: true })])['EmptyOnDelete']).toBe('false');
  });

  test('changes with the site and with nothing else (T52)', async () => {
    const again = await workspace.synthAll({ stage: 'dev' });
    expect(publicationOf(again)).toEqual(publicationOf(stacks));
    await writeFile(join(workspace.root, 'apps/web/dist/index.html'), '<!doctype html><p>changed\n');
    const changed = await workspace.synthAll({ stage: 'dev' });
    const release = publicationOf(changed)['Release'];
    expect(release).not.toBe(publicationOf(stacks)['Release']);
    expect(publicationOf(changed)).toEqual({ ...publicationOf(stacks), Release: release });
    await writeFile(join(workspace.root, 'apps/web/dist/index.html'), '<!doctype html>\n');
  });

  test('is done by a function that may change the site’s bucket and nothing else', () => {
    const [publisher] = resourcesOf([frontend], 'AWS::Lambda::Function');
    const bucket = { Ref: 'SiteE53D7754' };
    expect(publisher?.Properties['Environment']).toEqual({ Variables: { [env.siteBucket]: bucket } });
    const [policy] = resourcesOf([frontend], 'AWS::IAM::Policy');
    const { Statement } = policy!.Properties['PolicyDocument'] as {
      Statement: { Action: string | string[] }[];
    };
    expect(Statement.flatMap(({ Action }) => Action).toSorted()).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:DeleteObject',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
    ]);
  });
});

test('a stage tells others where it is reached', () => {
  const names = resourcesOf([frontend], 'AWS::SSM::Parameter').map(({ Properties }) => Properties['Name']);
  expect(names).toEqual([
    ssmPath.frontend('parley-dev', 'url'),
    ssmPath.frontend('parley-dev', 'distribution-domain'),
  ]);
});
