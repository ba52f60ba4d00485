import type { CertificateDetail } from '@aws-sdk/client-acm';
import { type Check, type Finding, missing, ok, warning } from '../check.ts';

/** The one region that CloudFront takes certificates from. */
const edgeRegion = 'us-east-1';
const soonDays = 14;

/** The site's certificate: there, issued, for its domain. */
export const certificate: Check = {
  name: 'certificate',
  needs: ['acm:DescribeCertificate'],
  run: async ({ cloud, settings }) => {
    const { certificateArn, domain } = settings.site ?? {};
    if (certificateArn === undefined || domain === undefined) return [];
    const { ACMClient, DescribeCertificateCommand } = await import('@aws-sdk/client-acm');
    const client = new ACMClient({ ...cloud.clientOptions, region: edgeRegion });
    try {
      const { Certificate } = await client.send(
        new DescribeCertificateCommand({ CertificateArn: certificateArn }),
      );
      return [verdict(Certificate ?? {}, certificateArn, domain)];
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
      return [missing(`there is no certificate ${certificateArn}`, request(domain))];
    }
  },
};

function verdict(found: CertificateDetail, arn: string, domain: string): Finding {
  const names = [found.DomainName, ...(found.SubjectAlternativeNames ?? [])].flatMap((name) => name ?? []);
  if (!names.some((name) => covers(name, domain))) {
    return missing(`certificate ${arn} is for ${names.join(', ')}, not for ${domain}`, request(domain));
  }
  if (found.Status !== 'ISSUED') {
    const look = `aws acm describe-certificate --certificate-arn ${arn} --region ${edgeRegion} --query Certificate.DomainValidationOptions`;
    return missing(
      `certificate ${arn} is ${found.Status}, not ISSUED`,
      `Make the DNS records it waits for: ${look}`,
    );
  }
  const days = found.NotAfter ? Math.floor((found.NotAfter.getTime() - Date.now()) / 86_400_000) : undefined;
  if (days !== undefined && days < soonDays) {
    return warning(`the certificate of ${domain} is good for ${days} days only`, `Renew it: ${arn}`);
  }
  return ok(`the certificate of ${domain} is issued`);
}

/** `*` stands for one label. */
function covers(name: string, domain: string): boolean {
  if (!name.startsWith('*.')) return name === domain;
  return domain.slice(domain.indexOf('.') + 1) === name.slice(2);
}

function request(domain: string): string {
  return `aws acm request-certificate --domain-name ${domain} --validation-method DNS --region ${edgeRegion}`;
}
