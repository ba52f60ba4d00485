import { TemplateError } from '../errors.ts';

/**
 * IPv4 blocks cut from `block`, as `Fn::Cidr` cuts them.
 * @param count 1 to 256
 * @param hostBits bits each block keeps for its own addresses (8 makes /24 blocks)
 */
export function cidrBlocks(block: string, count: number, hostBits: number): string[] {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(block);
  if (!match || !(count >= 1 && count <= 256) || !(hostBits >= 1 && hostBits <= 32)) {
    throw new TemplateError(
      `Fn::Cidr needs an IPv4 block, a count of 1 to 256 and 1 to 32 host bits, but got ${block}, ${count}, ${hostBits}.`,
    );
  }
  const octets = match.slice(1, 5).map(Number);
  const start = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** hostBits;
  if (size * count > 2 ** (32 - Number(match[5]))) {
    throw new TemplateError(`Fn::Cidr cannot cut ${count} blocks of ${size} addresses from ${block}.`);
  }
  return Array.from({ length: count }, (_, index) => `${dotted(start + index * size)}/${32 - hostBits}`);
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
