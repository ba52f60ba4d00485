import type { Check } from './check.ts';
import { resourcesOf, textOf, valueAt } from './template.ts';

/** Where the archive with a resource's code stands, and its version. */
const archives: Record<string, { key: string; version: string }> = {
  'AWS::Lambda::Function': { key: 'Code.S3Key', version: 'Code.S3ObjectVersion' },
  'AWS::Lambda::LayerVersion': { key: 'Content.S3Key', version: 'Content.S3ObjectVersion' },
  'AWS::StepFunctions::StateMachine': {
    key: 'DefinitionS3Location.Key',
    version: 'DefinitionS3Location.Version',
  },
};

/** T34: code under a key that stays the same when the code changes, so that CloudFormation never updates it. */
export const codeKeys: Check = (template) =>
  resourcesOf(template, ...Object.keys(archives)).flatMap(({ logicalId, type, properties }) => {
    const { key, version } = archives[type] ?? { key: '', version: '' };
    const value = textOf(valueAt(properties, key));
    if (value === '' || valueAt(properties, version) !== undefined || holdsHash(value)) return [];
    return [
      {
        at: logicalId,
        found: `${key} is "${value}", which says nothing of the content`,
        expected: 'a key with the hash of the content, or the version of the object',
        mend: 'pass the code as an asset (builtCode of @parley/cdk/built-code, or Code.fromAsset)',
      },
    ];
  });

/** A hash has 32 hexadecimal digits or more. */
function holdsHash(key: string): boolean {
  return /[0-9a-f]{32,}/i.test(key);
}
