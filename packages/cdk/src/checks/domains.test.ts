import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

test('a domain without a certificate is refused (T28)', async () => {
  const site = (certificate: string) =>
    `add('Site', 'AWS::CloudFront::Distribution', { DistributionConfig: { Aliases: ['chat.example.com'], ${certificate} } });`;
  expect(await problemsOf(site(''))).toEqual([
    'stack.ts: Site (Site): it answers for chat.example.com and has no certificate; expected a certificate for the domain, issued in us-east-1: pass one (site.certificateArn in parley.config.ts) [domain-certificates]',
  ]);
  expect(await problemsOf(site(`ViewerCertificate: { AcmCertificateArn: 'arn' }`))).toEqual([]);
});
