import { inputPaths } from '../record/fingerprint.ts';
import { listed } from './change-reasons.ts';
import type { PlannedStack, Reason } from './types.ts';

/** Stacks before this one that may change a value it reads; for one that is skipped so far, also as a reason. */
export function mayFollow(
  { stack, assembly, action, reasons }: Pick<PlannedStack, 'stack' | 'assembly' | 'action' | 'reasons'>,
  writers: ReadonlyMap<string, string>,
  mayChange: ReadonlySet<string>,
): { after: string[]; reasons: Reason[] } {
  const read = inputPaths(assembly).flatMap((path) => {
    const writer = writers.get(path);
    return writer !== undefined && writer !== stack && mayChange.has(writer) ? [{ path, writer }] : [];
  });
  const after = [...new Set(read.map(({ writer }) => writer))];
  if (action === 'deploy' || after.length === 0) return { after, reasons };
  const paths = listed(
    read.map(({ path }) => path),
    2,
  );
  return {
    after,
    reasons: [
      ...reasons,
      { code: 'may-follow', text: `may deploy after ${after.join(' and ')}: it reads ${paths}` },
    ],
  };
}
