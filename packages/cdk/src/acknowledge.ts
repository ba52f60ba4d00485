import { Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/**
 * Says why rules of cdk-nag's do not hold for a construct and what is in it. As `Validations.acknowledge` of CDK
 * does, which would also write where in the sources it was called: an assembly must not depend on the machine.
 */
export function acknowledge(construct: Construct, ...rules: { id: string; reason: string }[]): void {
  for (const { id, reason } of rules)
    construct.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, { [id]: reason });
}
