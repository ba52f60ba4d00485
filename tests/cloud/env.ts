import { delimiter, dirname } from 'node:path';

/** The only reading of the environment in test:cloud: what its child processes get. */

/** Region and account of the emulated cloud; the stage is synthesized for this region whatever the settings say. */
export const region = 'eu-central-1';
export const account = '000000000000';
export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/**
 * A small environment without anything of the caller's AWS configuration: PATH with this Node first (the
 * emulator runs Lambda functions with the `node` it finds), proxies and certificates, and a folder as home.
 */
export function childEnvironment(home: string): Record<string, string> {
  const { PATH = '' } = process.env;
  return {
    ...kept(/^(https?_proxy|no_proxy|SSL_CERT_|NODE_EXTRA_CA_CERTS$|PIP_|LANG$|LC_)/i),
    PATH: [dirname(process.execPath), PATH].join(delimiter),
    HOME: home,
    TMPDIR: home,
  };
}

/** What the CDK toolkit and the AWS SDK need to talk to the emulator only. */
export function emulatedAws(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

function kept(names: RegExp): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => names.test(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']));
}
