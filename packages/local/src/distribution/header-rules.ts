import type { OutgoingHttpHeaders } from 'node:http';
import { type JsonObject, listAt, objectAt, textAt } from '@parley/assembly/values';

/** What a response headers policy does to an answer's headers. */
export interface HeaderRules {
  /** The headers as the viewer gets them; names in lower case. */
  applyTo(headers: OutgoingHttpHeaders): OutgoingHttpHeaders;
}

interface Rule {
  name: string;
  value: string;
  /** Replaces what the origin says. */
  override: boolean;
}

/**
 * The rules of an evaluated `AWS::CloudFront::ResponseHeadersPolicy`; none without one.
 * @param bucketsOrigin where buckets are reached here: stands in a page's policy for their origins on AWS
 */
export function headerRules(policy: JsonObject | undefined, bucketsOrigin: string): HeaderRules {
  const config = objectAt(policy, 'ResponseHeadersPolicyConfig');
  const rules = [
    ...securityRules(objectAt(config, 'SecurityHeadersConfig'), bucketsOrigin),
    ...customRules(config),
  ];
  const removed = listAt(objectAt(config, 'RemoveHeadersConfig'), 'Items').map((item) =>
    textAt(item, 'Header')?.toLowerCase(),
  );
  return {
    applyTo(headers) {
      const kept = Object.entries(headers).filter(([name]) => !removed.includes(name));
      const result: OutgoingHttpHeaders = Object.fromEntries(kept);
      for (const { name, value, override } of rules) {
        if (override || result[name] === undefined) result[name] = value;
      }
      return result;
    },
  };
}

function customRules(config: JsonObject): Rule[] {
  return listAt(objectAt(config, 'CustomHeadersConfig'), 'Items').map((item) => ({
    name: (textAt(item, 'Header') ?? '').toLowerCase(),
    value: textAt(item, 'Value') ?? '',
    override: textAt(item, 'Override') === 'true',
  }));
}

const bucketOnAws = /https:\/\/[\w.-]+\.s3\.[\w-]+\.amazonaws\.com/g;

/** Header of each part of the security headers, and its value. */
const securityHeaders: Record<
  string,
  { name: string; value(part: JsonObject, bucketsOrigin: string): string }
> = {
  ContentSecurityPolicy: {
    name: 'content-security-policy',
    value: (part, bucketsOrigin) =>
      (textAt(part, 'ContentSecurityPolicy') ?? '').replaceAll(bucketOnAws, bucketsOrigin),
  },
  ContentTypeOptions: { name: 'x-content-type-options', value: () => 'nosniff' },
  FrameOptions: { name: 'x-frame-options', value: (part) => textAt(part, 'FrameOption') ?? '' },
  ReferrerPolicy: { name: 'referrer-policy', value: (part) => textAt(part, 'ReferrerPolicy') ?? '' },
  StrictTransportSecurity: {
    name: 'strict-transport-security',
    value: (part) =>
      [
        `max-age=${textAt(part, 'AccessControlMaxAgeSec') ?? '0'}`,
        ...(textAt(part, 'IncludeSubdomains') === 'true' ? ['includeSubDomains'] : []),
        ...(textAt(part, 'Preload') === 'true' ? ['preload'] : []),
      ].join('; '),
  },
  XSSProtection: {
    name: 'x-xss-protection',
    value: (part) =>
      textAt(part, 'Protection') === 'true'
        ? `1${textAt(part, 'ModeBlock') === 'true' ? '; mode=block' : ''}`
        : '0',
  },
};

function securityRules(config: JsonObject, bucketsOrigin: string): Rule[] {
  return Object.entries(securityHeaders).flatMap(([key, { name, value }]) => {
    if (config[key] === undefined) return [];
    const part = objectAt(config, key);
    return [{ name, value: value(part, bucketsOrigin), override: textAt(part, 'Override') === 'true' }];
  });
}
