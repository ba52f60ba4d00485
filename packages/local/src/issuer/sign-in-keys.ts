import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type JWK, exportJWK, generateKeyPair } from 'jose';
import * as z from 'zod';
import { JsonFile } from '../state/json-file.ts';

const saved = z.object({
  /** Private RSA key as JWK. */
  privateKey: z.record(z.string(), z.unknown()) as unknown as z.ZodType<JWK>,
  kid: z.string(),
  /** Makes user ids; never leaves this machine. */
  salt: z.string(),
  /** Secret of the key pair that services sign AWS requests with. */
  awsSecret: z.string(),
});

/** What this data folder keeps secret. */
export type LocalSecrets = z.infer<typeof saved>;

/** The secrets of a data folder, made at its first use and kept in a file only its owner reads. */
export async function localSecrets(dataFolder: string): Promise<LocalSecrets> {
  const file = new JsonFile<LocalSecrets>(join(dataFolder, 'secrets.json'), 0o600);
  const known = await file.read((value) => saved.parse(value));
  if (known) return known;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const fresh = {
    privateKey: await exportJWK(privateKey),
    kid: randomBytes(8).toString('hex'),
    salt: randomBytes(16).toString('hex'),
    awsSecret: randomBytes(20).toString('hex'),
  };
  await file.write(fresh);
  return fresh;
}

/** The stable id of a user, in the shape of Cognito's `sub`. */
export function userId(salt: string, userName: string): string {
  const hash = createHash('sha256').update(`${salt}\n${userName}`).digest('hex');
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `4${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`];
  return [...parts, hash.slice(20, 32)].join('-');
}
