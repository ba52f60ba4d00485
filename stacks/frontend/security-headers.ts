import { HeadersFrameOption, HeadersReferrerPolicy, ResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront';
import { Duration } from 'aws-cdk-lib/core';
import type { ParleyStack } from '@parley/cdk/parley-stack';

/**
 * Headers of everything the site's bucket holds.
 * @param connectTo origins the page may talk to besides its own
 */
export function createSecurityHeaders(stack: ParleyStack, connectTo: string[]): ResponseHeadersPolicy {
  return new ResponseHeadersPolicy(stack, 'SecurityHeaders', {
    responseHeadersPolicyName: `${stack.prefix}-site`,
    comment: 'Headers of the page and its files',
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(connectTo), override: true },
      contentTypeOptions: { override: true },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.SAME_ORIGIN, override: true },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.days(365),
        includeSubdomains: true,
        override: true,
      },
    },
    customHeadersBehavior: {
      customHeaders: [
        { header: 'cross-origin-opener-policy', value: 'same-origin', override: true },
        { header: 'cross-origin-resource-policy', value: 'same-origin', override: true },
        { header: 'permissions-policy', value: 'camera=(), geolocation=(), microphone=()', override: true },
      ],
    },
  });
}

/**
 * Headers of what answers below the services' paths. The services set the same themselves, and theirs stand;
 * the load balancer, which answers what no service has claimed, can set none.
 */
export function createServiceHeaders(stack: ParleyStack): ResponseHeadersPolicy {
  const override = false;
  return new ResponseHeadersPolicy(stack, 'ServiceHeaders', {
    responseHeadersPolicyName: `${stack.prefix}-services`,
    comment: 'Headers of answers below the paths of services that have none of their own',
    securityHeadersBehavior: {
      contentSecurityPolicy: {
        contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
        override,
      },
      contentTypeOptions: { override },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.days(365),
        includeSubdomains: true,
        override,
      },
    },
    customHeadersBehavior: {
      customHeaders: [{ header: 'cross-origin-resource-policy', value: 'same-origin', override }],
    },
  });
}

/** Nothing but the page's own files runs or is shown; images of other sites would tell them who reads what. */
function contentSecurityPolicy(connectTo: string[]): string {
  const directives = {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' data: blob:",
    'font-src': "'self'",
    'connect-src': ["'self'", ...connectTo].join(' '),
    'manifest-src': "'self'",
    'worker-src': "'self'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
    'object-src': "'none'",
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');
}
