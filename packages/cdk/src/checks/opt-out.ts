import { CfnResource } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { reportProperty } from '../input-problems.ts';
import { checks, type CheckName } from './checks.ts';
import type { Resource } from './template.ts';

/** Key of a resource's metadata that says which checks are off for it, and why. */
const metadataKey = 'parley:checks';

/**
 * Turns one check off for one resource, for a reason, which stands in the template beside the resource:
 *
 *     optOut(table, 'stateful-names', { optOutReason: 'The reporting team reads it under this name.' });
 *
 * @param construct the resource, or a construct with one as its default child
 */
export function optOut(
  construct: Construct,
  check: CheckName,
  { optOutReason }: { optOutReason: string },
): void {
  const resource = CfnResource.isCfnResource(construct) ? construct : construct.node.defaultChild;
  if (!Object.hasOwn(checks, check)) {
    reportProperty(
      construct,
      '',
      `there is no check "${check}"; expected one of ${Object.keys(checks).join(', ')}`,
    );
  } else if (typeof optOutReason !== 'string' || optOutReason.trim() === '') {
    reportProperty(construct, '', `"${check}" is turned off without a reason; expected one in optOutReason`);
  } else if (!resource || !CfnResource.isCfnResource(resource)) {
    reportProperty(
      construct,
      '',
      `"${check}" is turned off for what is no resource; pass the one that the problem names, such as role.node.findChild('DefaultPolicy')`,
    );
  } else {
    resource.addMetadata(metadataKey, {
      ...reasonsOf(resource.getMetadata(metadataKey)),
      [check]: optOutReason,
    });
  }
}

/** Whether a check is off for a resource of a template. */
export function isOff(resource: Resource | undefined, check: string): boolean {
  return Object.hasOwn(reasonsOf(resource?.Metadata?.[metadataKey]), check);
}

function reasonsOf(metadata: unknown): Record<string, string> {
  return (metadata ?? {}) as Record<string, string>;
}
