import { textAt } from '@parley/assembly/values';
import type { ResourceHandler } from './handler.ts';
import { arn, generatedName, shortHash } from './physical-names.ts';

/** `AWS::CloudFront::Distribution`: the gateway does what it says. */
export const distribution: ResourceHandler = {
  create(request) {
    const id = `E${shortHash(request.stack.id, request.logicalId).toUpperCase()}`;
    return { physicalId: id, attributes: { Id: id, DomainName: 'localhost' } };
  },
};

/** `AWS::CloudFront::Function`: the gateway runs its code. */
export const viewerFunction: ResourceHandler = {
  create(request) {
    const name = textAt(request.properties, 'Name') ?? generatedName(request);
    const id = arn('cloudfront', request, `function/${name}`);
    return {
      physicalId: id,
      attributes: { FunctionARN: id, 'FunctionMetadata.FunctionARN': id, Stage: 'LIVE' },
    };
  },
};

/** `AWS::CloudFront::ResponseHeadersPolicy`: the gateway sends its headers. */
export const responseHeadersPolicy: ResourceHandler = {
  create(request) {
    const id = shortHash(request.stack.id, request.logicalId, 'headers');
    return { physicalId: id, attributes: { Id: id } };
  },
};
