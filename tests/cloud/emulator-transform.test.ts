import { expect, test } from 'vitest';
import { fitToEmulator } from './emulator-transform.ts';
import type { EmulatorGaps, Template } from './emulator-transform.ts';

const gaps: EmulatorGaps = {
  resourceTypes: ['AWS::EC2::EIP', 'AWS::EC2::NatGateway'],
  attributes: [{ type: 'AWS::EC2::VPC', attribute: 'CidrBlock' }],
};

const vpc = { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } };
const nat = {
  Type: 'AWS::EC2::NatGateway',
  Properties: { AllocationId: { 'Fn::GetAtt': ['Ip', 'AllocationId'] } },
};
const ip = { Type: 'AWS::EC2::EIP' };

const fit = (resources: Template['Resources'], rest: object = {}) =>
  fitToEmulator({ Resources: resources, ...rest }, gaps);

test('a template without gaps stays as it is', () => {
  const template = { Resources: { Vpc: vpc }, Outputs: { Id: { Value: { Ref: 'Vpc' } } } };
  expect(fitToEmulator(template, gaps)).toEqual({ template, changes: [] });
});

test('listed types are taken out and named', () => {
  const { template, changes } = fit({ Vpc: vpc, Ip: ip, Nat: nat });
  expect(Object.keys(template.Resources)).toEqual(['Vpc']);
  expect(changes).toEqual(['took out AWS::EC2::EIP Ip', 'took out AWS::EC2::NatGateway Nat']);
});

test('references to what was taken out become literals, wherever they stand', () => {
  const { template } = fit(
    {
      Nat: nat,
      Route: {
        Type: 'AWS::EC2::Route',
        Properties: { NatGatewayId: { Ref: 'Nat' }, Other: [{ Ref: 'AWS::Region' }] },
      },
    },
    {
      Outputs: { Address: { Value: { 'Fn::Join': ['', ['a', { 'Fn::GetAtt': ['Nat', 'NatGatewayId'] }]] } } },
    },
  );
  expect(template).toEqual({
    Resources: {
      Route: {
        Type: 'AWS::EC2::Route',
        Properties: { NatGatewayId: 'not-emulated-Nat', Other: [{ Ref: 'AWS::Region' }] },
      },
    },
    Outputs: { Address: { Value: { 'Fn::Join': ['', ['a', 'not-emulated-Nat']] } } },
  });
});

test('dependencies on what was taken out go, the others stay', () => {
  const { template } = fit({
    Nat: nat,
    Vpc: vpc,
    Both: { Type: 'AWS::EC2::Route', DependsOn: ['Nat', 'Vpc'] },
    Only: { Type: 'AWS::EC2::Route', DependsOn: 'Nat' },
  });
  expect(template.Resources['Both']).toEqual({ Type: 'AWS::EC2::Route', DependsOn: ['Vpc'] });
  expect(template.Resources['Only']).toEqual({ Type: 'AWS::EC2::Route' });
});

test('an attribute that is not emulated is read from the property of that name, and told once', () => {
  const range = { 'Fn::GetAtt': ['Vpc', 'CidrBlock'] };
  const { template, changes } = fit({
    Vpc: vpc,
    A: { Type: 'AWS::SSM::Parameter', Properties: { Value: range } },
    B: { Type: 'AWS::SSM::Parameter', Properties: { Value: range } },
  });
  expect(template.Resources['A']?.Properties).toEqual({ Value: '10.0.0.0/16' });
  expect(template.Resources['B']?.Properties).toEqual({ Value: '10.0.0.0/16' });
  expect(changes).toEqual(['replaced Vpc.CidrBlock by "10.0.0.0/16"']);
});

test('an attribute whose property is no literal is refused', () => {
  const computed = { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: { Ref: 'Range' } } };
  const resources = {
    Vpc: computed,
    A: { Type: 'AWS::X', Properties: { V: { 'Fn::GetAtt': 'Vpc.CidrBlock' } } },
  };
  expect(() => fit(resources)).toThrow('The emulator returns no CidrBlock of Vpc');
});

test('a Fn::Sub that names what was taken out is refused rather than left dangling', () => {
  const resources = {
    Nat: nat,
    A: { Type: 'AWS::X', Properties: { V: { 'Fn::Sub': 'nat ${Nat.NatGatewayId}' } } },
  };
  expect(() => fit(resources)).toThrow('names Nat, which the emulator lacks');
});

test('the given template is not changed', () => {
  const template = { Resources: { Nat: nat, A: { Type: 'AWS::X', DependsOn: 'Nat' } } };
  const before = structuredClone(template);
  fitToEmulator(template, gaps);
  expect(template).toEqual(before);
});
