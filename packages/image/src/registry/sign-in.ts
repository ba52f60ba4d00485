import { GetAuthorizationTokenCommand, type ECRClient } from '@aws-sdk/client-ecr';
import type { Registry } from '../builders/builder.ts';
import { ImageError } from '../errors.ts';

/**
 * Host and password of the account's registry. The password is good for 12 hours. With an emulator of AWS on this
 * machine the registry is at the emulator's address, whatever the emulator calls it.
 */
export async function registryOf(ecr: ECRClient): Promise<Registry> {
  const command = new GetAuthorizationTokenCommand({});
  let asked: RequestAddress | undefined;
  command.middlewareStack.add(
    (next) => (args) => {
      asked = args.request as RequestAddress;
      return next(args);
    },
    { step: 'finalizeRequest' },
  );
  const { authorizationData } = await ecr.send(command);
  const { authorizationToken, proxyEndpoint } = authorizationData?.[0] ?? {};
  const [user, password] = Buffer.from(authorizationToken ?? '', 'base64')
    .toString('utf8')
    .split(':');
  if (!user || !password || !proxyEndpoint) {
    throw new ImageError('registry-refused', 'ECR gave no password for its registry: try again.');
  }
  const { protocol, host } = emulator(asked) ?? new URL(proxyEndpoint);
  return { host, insecure: protocol === 'http:', user, password };
}

interface RequestAddress {
  protocol: string;
  hostname: string;
  port?: number;
}

function emulator(asked: RequestAddress | undefined): URL | undefined {
  if (asked?.protocol !== 'http:' || !/^(127\.0\.0\.1|localhost)$/.test(asked.hostname)) return undefined;
  return new URL(`http://${asked.hostname}:${asked.port ?? 80}`);
}
