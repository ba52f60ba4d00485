import { expect, test } from 'vitest';
import { imageServices } from './image-services.ts';

const options = { prefix: 'parley-dev', workspaceFolder: (name: string) => `/workspace/${name}` };

function template(container: object = {}, task: object = {}): object {
  return {
    Parameters: {
      Tag: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/parley-dev/echo/image-tag' },
    },
    Resources: {
      Service: {
        Type: 'AWS::ECS::Service',
        Properties: {
          TaskDefinition: { Ref: 'Task' },
          LoadBalancers: [{ TargetGroupArn: { Ref: 'Targets' } }],
        },
      },
      Targets: {
        Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
        Properties: { HealthCheckPath: '/health' },
      },
      Task: {
        Type: 'AWS::ECS::TaskDefinition',
        Properties: {
          RuntimePlatform: { CpuArchitecture: 'X86_64' },
          ContainerDefinitions: [
            {
              Image: {
                'Fn::Join': [
                  '',
                  [{ Ref: 'AWS::AccountId' }, '.example.com/parley-dev/echo:', { Ref: 'Tag' }],
                ],
              },
              Command: ['node', 'server.mjs'],
              DockerLabels: { 'parley.workspace': '@test/echo' },
              Environment: [
                { Name: 'MODEL', Value: 'demo' },
                { Name: 'TABLE', Value: { Ref: 'Table' } },
              ],
              Secrets: [{ Name: 'API_KEY', ValueFrom: 'arn:aws:secretsmanager:…' }],
              ...container,
            },
          ],
          ...task,
        },
      },
    },
  };
}

test('all that an image and its trial start need is read from the template', () => {
  expect(imageServices(template(), options)).toEqual([
    {
      service: 'echo',
      workspace: '@test/echo',
      folder: '/workspace/@test/echo/dist',
      architecture: 'x86_64',
      command: ['node', 'server.mjs'],
      healthPath: '/health',
      environment: { MODEL: 'demo', TABLE: undefined, API_KEY: undefined },
    },
  ]);
});

test('an image that is not built from this workspace is left alone', () => {
  expect(imageServices(template({ DockerLabels: {} }), options)).toEqual([]);
  expect(imageServices({ Resources: {} }, options)).toEqual([]);
});

test.each<[string, object, object, RegExp]>([
  [
    'of another repository',
    { Image: { 'Fn::Join': ['', ['example.com/parley-dev/other:', { Ref: 'Tag' }]] } },
    {},
    /parley-dev\/other.*is none that is pushed for parley-dev: expected …\/parley-dev\/<service>:/,
  ],
  [
    'with a fixed tag',
    { Image: 'example.com/parley-dev/echo:latest' },
    {},
    /echo:latest" is none that is pushed/,
  ],
  [
    'of no known architecture',
    {},
    { RuntimePlatform: undefined },
    /runs on what Fargate chooses: expected .* ARM64, X86_64/,
  ],
])('an image %s is refused', (_, container, task, message) => {
  expect(() => imageServices(template(container, task), options)).toThrow(message);
});

test('a template of another stage is refused', () => {
  expect(() => imageServices(template(), { ...options, prefix: 'parley-prod' })).toThrow(
    'is none that is pushed for parley-prod',
  );
});
