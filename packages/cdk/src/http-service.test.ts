import { afterEach, expect, test } from 'vitest';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { Overrides } from './config.ts';
import { createWorkspace, stackSource, type TestWorkspace } from './testing/workspace.ts';

const workspaces: TestWorkspace[] = [];
afterEach(async () => {
  for (const workspace of workspaces.splice(0)) await workspace.remove();
});

async function templateWith(props = '', overrides: Overrides = {}): Promise<Template> {
  const workspace = await createWorkspace({
    'stack.ts': stackSource(`new HttpService(stack, 'Echo', {
      service: 'echo', workspace: '@test/echo', rule: { paths: ['/echo/*'], priority: 7 }, healthPath: '/echo/health', ${props}
    });`),
  });
  workspaces.push(workspace);
  const { template } = await (await workspace.load()).synth({ stage: 'dev', overrides });
  return Template.fromJSON(template as Record<string, unknown>);
}

const container = (properties: object) => ({ ContainerDefinitions: [Match.objectLike(properties)] });

test('a service runs its image on ARM and says which workspace it is built from', async () => {
  const template = await templateWith('stopTimeoutSeconds: 60');
  expect(() =>
    template.hasParameter('EchoImageTagParameter', {
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: '/parley-dev/echo/image-tag',
    }),
  ).not.toThrow();
  expect(() =>
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      RuntimePlatform: { CpuArchitecture: 'ARM64' },
      ...container({
        Image: {
          'Fn::Join': [
            '',
            [
              { Ref: 'AWS::AccountId' },
              '.dkr.ecr.us-east-1.',
              { Ref: 'AWS::URLSuffix' },
              '/parley-dev/echo:',
              { Ref: 'EchoImageTagParameter' },
            ],
          ],
        },
        Command: ['node', 'server.mjs'],
        DockerLabels: { 'parley.workspace': '@test/echo' },
        StopTimeout: 60,
        Environment: [
          { Name: 'PORT', Value: '8080' },
          { Name: 'PARLEY_STOP_TIMEOUT_SECONDS', Value: '60' },
        ],
      }),
    }),
  ).not.toThrow();
  expect(() =>
    template.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: '/ecs/parley-dev/echo' }),
  ).not.toThrow();
});

test("a service runs on the stage's processors", async () => {
  const template = await templateWith('', { architecture: 'x86_64' });
  expect(() =>
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      RuntimePlatform: { CpuArchitecture: 'X86_64' },
    }),
  ).not.toThrow();
});

test('its rule on the shared listener forwards to healthy tasks only', async () => {
  const template = await templateWith();
  expect(() =>
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Priority: 7,
      ListenerArn: { Ref: 'NetworkAlbListenerArnParameter' },
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/echo/*'] } }],
    }),
  ).not.toThrow();
  expect(() =>
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      HealthCheckPath: '/echo/health',
      Port: 8080,
      TargetType: 'ip',
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }]),
    }),
  ).not.toThrow();
  const [rule = ''] = Object.keys(template.findResources('AWS::ElasticLoadBalancingV2::ListenerRule'));
  expect(() =>
    template.hasResource('AWS::ECS::Service', { DependsOn: Match.arrayWith([rule]) }),
  ).not.toThrow();
});

test('a deploy that does not come up is rolled back, and a group lets in the load balancer alone', async () => {
  const template = await templateWith();
  expect(() =>
    template.hasResourceProperties('AWS::ECS::Service', {
      DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
    }),
  ).not.toThrow();
  expect(() =>
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [
        {
          FromPort: 8080,
          ToPort: 8080,
          IpProtocol: 'tcp',
          SourceSecurityGroupId: { Ref: 'NetworkAlbSecurityGroupIdParameter' },
        },
      ],
    }),
  ).not.toThrow();
  expect(() => template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0)).not.toThrow();
  expect(() => template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0)).not.toThrow();
});

test.each([
  ['public', 'ENABLED', 'NetworkPublicSubnetIdsParameter'],
  ['private', 'DISABLED', 'NetworkPrivateSubnetIdsParameter'],
  ['private-ha', 'DISABLED', 'NetworkPrivateSubnetIdsParameter'],
])(
  'with the network profile %s tasks have public addresses %s',
  async (network, AssignPublicIp, parameter) => {
    const template = await templateWith('', { network });
    expect(() =>
      template.hasResourceProperties('AWS::ECS::Service', {
        NetworkConfiguration: {
          AwsvpcConfiguration: {
            AssignPublicIp,
            Subnets: [{ 'Fn::Select': [0, { Ref: parameter }] }, { 'Fn::Select': [1, { Ref: parameter }] }],
          },
        },
      }),
    ).not.toThrow();
  },
);

test('the size preset sets the tasks and how many there are', async () => {
  const template = await templateWith('', { size: 'medium' });
  expect(() =>
    template.hasResourceProperties('AWS::ECS::TaskDefinition', { Cpu: '512', Memory: '1024' }),
  ).not.toThrow();
  expect(() =>
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
      MinCapacity: 2,
      MaxCapacity: 6,
    }),
  ).not.toThrow();
});

test('a secret fills a variable of the container, which may read that secret', async () => {
  const template = await templateWith(`secrets: { API_KEY: 'models/key' }`);
  expect(() =>
    template.hasResourceProperties(
      'AWS::ECS::TaskDefinition',
      container({ Secrets: [Match.objectLike({ Name: 'API_KEY' })] }),
    ),
  ).not.toThrow();
  expect(() =>
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: Match.arrayWith(['secretsmanager:GetSecretValue']) }),
        ]),
      },
    }),
  ).not.toThrow();
});

test('a service with WebSockets keeps each user at one task, however many there are (T30)', async () => {
  const template = await templateWith('webSocket: true', { size: 'medium' });
  expect(() =>
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      TargetGroupAttributes: Match.arrayWith([{ Key: 'stickiness.enabled', Value: 'true' }]),
    }),
  ).not.toThrow();
  expect(() =>
    template.hasResourceProperties(
      'AWS::ECS::TaskDefinition',
      container({ DockerLabels: { 'parley.workspace': '@test/echo', 'parley.web-socket': 'true' } }),
    ),
  ).not.toThrow();
});
