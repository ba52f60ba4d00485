import { Arn, ArnFormat, Stack } from 'aws-cdk-lib/core';
import { acknowledge } from './acknowledge.ts';
import type { Grantee } from './access.ts';

/**
 * ARN of every object of a bucket, for a grant.
 * @param grantee who gets it
 * @param reason why it may use each of them: for cdk-nag, which reports the wildcard
 * @param folder what their keys begin with, such as `outputs/`. @default every key
 */
export function objectsOf(bucketName: string, grantee: Grantee, reason: string, folder = ''): string {
  const stack = Stack.of(grantee);
  const { Ref: name } = stack.resolve(bucketName) as { Ref: string };
  acknowledge(grantee, {
    id: `AwsSolutions-IAM5[Resource::arn:aws:s3:::<${name}>/${folder}*]`,
    reason,
  });
  return Arn.format(
    {
      service: 's3',
      region: '',
      account: '',
      resource: bucketName,
      resourceName: `${folder}*`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    },
    stack,
  );
}
