import type { BucketStore } from '../aws/bucket-store.ts';
import { textAt } from '@parley/assembly/values';
import type { ResourceHandler, ResourceRequest, ResourceResult } from './handler.ts';
import { generatedName, shortHash } from './physical-names.ts';

/** `AWS::S3::Bucket` */
export function s3Bucket(buckets: BucketStore): ResourceHandler {
  const ensure = async (request: ResourceRequest): Promise<ResourceResult> => {
    const name = textAt(request.properties, 'BucketName') ?? bucketName(request);
    await buckets.createBucket(name);
    const domain = `${name}.s3.amazonaws.com`;
    return {
      physicalId: name,
      attributes: {
        Arn: `arn:aws:s3:::${name}`,
        DomainName: domain,
        DualStackDomainName: `${name}.s3.dualstack.${request.stack.region}.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${request.stack.region}.amazonaws.com`,
        WebsiteURL: `http://${domain}`,
      },
    };
  };
  return {
    create: ensure,
    update: ensure,
    async remove(_request, { physicalId }) {
      if (physicalId !== '') await buckets.removeBucket(physicalId);
    },
  };
}

/** Bucket names have at most 63 lower-case characters. */
function bucketName(request: ResourceRequest): string {
  const readable = generatedName(request)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, 52);
  return `${readable}${readable.endsWith('-') ? '' : '-'}${shortHash(request.stack.id, request.logicalId)}`;
}
