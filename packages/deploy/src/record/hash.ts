import { createHash } from 'node:crypto';

/** A short hash, to tell versions of one thing apart: 16 hexadecimal digits. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
