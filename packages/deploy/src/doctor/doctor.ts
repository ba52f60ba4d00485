import { setTimeout as delay } from 'node:timers/promises';
import { DeployError, explain } from '../errors.ts';
import type { Check, DoctorInput, Finding } from './check.ts';
import { bootstrap } from './checks/bootstrap.ts';
import { builder } from './checks/builder.ts';
import { certificate } from './checks/certificate.ts';
import { credentials } from './checks/credentials.ts';
import { model } from './checks/model.ts';
import { permissions } from './checks/permissions.ts';
import { quotas } from './checks/quotas.ts';
import { modelSecrets } from './checks/secrets.ts';
import { stageName } from './checks/stage-name.ts';
import { tools } from './checks/tools.ts';

export type { DoctorInput, DoctorSettings, Finding } from './check.ts';

export interface NamedFinding extends Finding {
  /** Name of the check. */
  check: string;
}

/** In the order in which a person would mend things. */
const checks: readonly Check[] = [
  tools,
  builder,
  stageName,
  credentials,
  permissions,
  bootstrap,
  model,
  modelSecrets,
  certificate,
  quotas,
];

/** Those that look at the account, and say nothing of the stage when it is another. */
const ofAccount: ReadonlySet<Check> = new Set([
  permissions,
  bootstrap,
  model,
  modelSecrets,
  certificate,
  quotas,
]);

export interface DoctorOptions {
  /** Milliseconds that one check may take. @default 15000 */
  limitMs?: number;
  /** Names of the checks to leave out. @default none */
  without?: readonly string[];
}

/** Looks at everything that a deploy to a stage needs, all at once. Changes nothing; never throws. */
export async function examine(
  input: DoctorInput,
  { limitMs = 15_000, without = [] }: DoctorOptions = {},
): Promise<NamedFinding[]> {
  const foreign = await foreignAccount(input, limitMs);
  const found = await Promise.all(
    checks
      .filter(({ name }) => !without.includes(name))
      .map(async (check) => {
        const isForeign = foreign !== undefined && ofAccount.has(check);
        const findings = isForeign
          ? [notOf(foreign)]
          : await withinLimit(check.run(input), limitMs).catch((error: unknown) => [
              notChecked(check, explain(error)),
            ]);
        return findings.map((finding) => ({ check: check.name, ...finding }));
      }),
  );
  return found.flat();
}

/** Whether a deploy can be begun. */
export function isFit(findings: readonly Finding[]): boolean {
  return findings.every(({ status }) => status !== 'missing');
}

/** Account of the credentials when the stage lives in another; undefined also when it cannot be told. */
async function foreignAccount(
  { cloud, settings }: DoctorInput,
  limitMs: number,
): Promise<string | undefined> {
  if (settings.account === undefined) return undefined;
  const account = await withinLimit(cloud.account(), limitMs).catch(() => settings.account);
  return account === settings.account ? undefined : account;
}

function notOf(account: string): Finding {
  return { status: 'unknown', what: `not looked at: the credentials are of another account (${account})` };
}

async function withinLimit<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const stop = new AbortController();
  const late = delay(limitMs, undefined, { signal: stop.signal }).then(() => {
    throw new DeployError('late', `no answer within ${limitMs / 1000} s`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}

function notChecked({ name, needs }: Check, { code, message, nextStep }: DeployError): Finding {
  if (code === 'access-denied') {
    const action = /to perform:? ([a-z0-9-]+:\w+)/.exec(message)?.[1] ?? needs.join(', ');
    return { status: 'unknown', what: `could not be checked: needs ${action}` };
  }
  if (name === credentials.name) return { status: 'missing', what: message, mend: nextStep };
  // The credentials' own line says what to do.
  if (code.startsWith('credentials-')) {
    return { status: 'unknown', what: 'could not be checked without working credentials' };
  }
  return { status: 'unknown', what: `could not be checked: ${message}`, mend: nextStep };
}
