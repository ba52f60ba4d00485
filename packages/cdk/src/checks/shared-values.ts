import type { Check } from './check.ts';
import { resourcesOf, stringsIn, textOf } from './template.ts';

/** T2: the stack reads an SSM parameter that it writes, so that its first deploy has nothing to read. */
export const ownParameters: Check = (template) => {
  const written = new Map(
    resourcesOf(template, 'AWS::SSM::Parameter').map(({ logicalId, properties }) => [
      textOf(properties['Name']),
      logicalId,
    ]),
  );
  return Object.entries(template.Parameters ?? {})
    .filter(([, { Type }]) => Type.startsWith('AWS::SSM::Parameter::'))
    .filter(([, { Default }]) => written.has(textOf(Default)))
    .map(([at, { Default }]) => ({
      at,
      found: `the stack reads "${textOf(Default)}", which its own ${written.get(textOf(Default))} writes`,
      expected: 'a parameter of another stack',
      mend: 'use the value itself',
    }));
};

/** T5: an exported value cannot change or go while another stack imports it, and neither stack can be deployed. */
export const crossStackExports: Check = (template) => {
  const exported = Object.entries(template.Outputs ?? {})
    .filter(([, { Export }]) => Export !== undefined)
    .map(([at]) => ({ at, found: 'the output is exported' }));
  const imported = resourcesOf(template).flatMap(({ logicalId, properties }) =>
    [...stringsIn(properties)]
      .filter(({ path }) => path.includes('Fn::ImportValue') || path.includes('Fn::GetStackOutput'))
      .slice(0, 1)
      .map(({ text }) => ({ at: logicalId, found: `it imports "${text}" from another stack` })),
  );
  return [...exported, ...imported].map((each) => ({
    ...each,
    expected: 'values that stacks share as SSM parameters',
    mend: 'use writeParameter in the one stack and readParameter in the other (@parley/cdk/shared-parameter)',
  }));
};

/** T44: an intrinsic function or token as the default of a template parameter, which CloudFormation refuses. */
export const parameterDefaults: Check = (template) =>
  Object.entries(template.Parameters ?? {})
    .filter(([, { Default }]) => Default !== undefined && !isLiteral(Default))
    .map(([at, { Default }]) => ({
      at,
      found: `its default is ${typeof Default === 'string' ? `"${Default}"` : JSON.stringify(Default)}`,
      expected: 'a literal: CloudFormation resolves nothing in a default',
      mend: 'spell the default out',
    }));

/** Design: with `{{resolve:ssm:…}}` a change of the value alone is no change of the stack, so that nobody deploys it. */
export const dynamicReferences: Check = (template) =>
  resourcesOf(template).flatMap(({ logicalId, properties }) =>
    [...stringsIn(properties)]
      .filter(({ text }) => /\{\{resolve:ssm(-secure)?:/.test(text))
      .map(({ path, text }) => ({
        at: logicalId,
        found: `${path.join('.')} is "${text}"`,
        expected: 'a template parameter of the type AWS::SSM::Parameter::Value',
        mend: 'read it with readParameter (@parley/cdk/shared-parameter)',
      })),
  );

function isLiteral(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && !/\$\{|\{\{resolve:/.test(value));
}
