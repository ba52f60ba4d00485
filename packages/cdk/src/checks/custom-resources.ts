import type { Check } from './check.ts';
import { resourcesOf, textOf } from './template.ts';

/** Longest a deploy may hang on a function that does not answer; CloudFormation's own default is an hour. */
const serviceTimeoutMaxSeconds = 300;

/** T46: a custom resource whose function fails without an answer holds the deploy for an hour, and its rollback for another. */
export const customResourceTimeouts: Check = (template) =>
  resourcesOf(template)
    .filter(({ type }) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource')
    .filter(({ properties }) => !(Number(properties['ServiceTimeout']) <= serviceTimeoutMaxSeconds))
    .map(({ logicalId, properties: { ServiceTimeout } }) => ({
      at: logicalId,
      found:
        ServiceTimeout === undefined
          ? 'it has no ServiceTimeout, which means an hour'
          : `its ServiceTimeout is ${textOf(ServiceTimeout)} s`,
      expected: `at most ${serviceTimeoutMaxSeconds} s`,
      mend: "set serviceTimeout (or override the property ServiceTimeout) to a little more than its function's timeout",
    }));
