import type { Architecture } from '@parley/contract/architecture';
import { baseRules } from './base-files.ts';
import { nodePin } from './node-pin.ts';

/** All that decides what the base holds, without fetching any of it. `from` is any folder of the workspace. */
export async function baseInputs(from: string, architecture: Architecture): Promise<object> {
  const { name, version, integrity } = await nodePin(from, architecture);
  return { node: { name, version, integrity }, ...baseRules(architecture) };
}
