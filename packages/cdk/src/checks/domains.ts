import type { Check } from './check.ts';
import { asList, asObject, resourcesOf, valueAt } from './template.ts';

/** T28: an address of one's own and no certificate for it: the deploy is refused, or answers without encryption. */
export const domainCertificates: Check = (template) =>
  resourcesOf(template, 'AWS::CloudFront::Distribution').flatMap(({ logicalId, properties }) => {
    const { Aliases, ViewerCertificate } = asObject(valueAt(properties, 'DistributionConfig'));
    const { AcmCertificateArn, IamCertificateId } = asObject(ViewerCertificate);
    if (asList(Aliases).length === 0 || AcmCertificateArn !== undefined || IamCertificateId !== undefined)
      return [];
    return [
      {
        at: logicalId,
        found: `it answers for ${asList(Aliases).join(', ')} and has no certificate`,
        expected: 'a certificate for the domain, issued in us-east-1',
        mend: 'pass one (site.certificateArn in parley.config.ts)',
      },
    ];
  });
