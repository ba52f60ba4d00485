import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cloud } from '../cloud/connect.ts';
import { DeployError } from '../errors.ts';

/** Greatest size that Lambda takes in a call, zipped. */
const zipBytesMax = 50 * 1024 * 1024;

export interface UpdateCodeOptions {
  /** Physical name. */
  functionName: string;
  zip: Buffer;
  signal: AbortSignal;
  /** Shows what the function is to run. */
  lookCommand: string;
  /** @default 1000 */
  pollMs?: number;
  /** Seconds until it is given up. @default 120 */
  limitSeconds?: number;
}

/**
 * Gives a function other code and waits until it runs that; nothing else of it changes.
 * @returns whether it had other code before
 * @throws DeployError `code-too-big`, `update-failed` with Lambda's reason, `update-slow`, or `changed-meanwhile`
 */
export async function updateCode(cloud: Cloud, options: UpdateCodeOptions): Promise<boolean> {
  const { functionName: FunctionName, zip, lookCommand } = options;
  if (zip.byteLength > zipBytesMax) {
    throw new DeployError(
      'code-too-big',
      `The code is ${zip.byteLength} bytes zipped; Lambda takes ${zipBytesMax}.`,
      {
        nextStep: 'Deploy the whole stack, which uploads code to a bucket first.',
      },
    );
  }
  const before = await settled(cloud, options);
  const wanted = createHash('sha256').update(zip).digest('base64');
  if (before.CodeSha256 === wanted) return false;
  const { UpdateFunctionCodeCommand } = await import('@aws-sdk/client-lambda');
  const { Architectures, RevisionId } = before;
  const client = await cloud.lambda();
  try {
    // With the revision, somebody else's change in between is never overwritten.
    await client.send(
      new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip, Architectures, RevisionId }),
    );
  } catch (error) {
    throw isPrecondition(error) ? changedMeanwhile(FunctionName, lookCommand, error) : error;
  }
  const after = await settled(cloud, options);
  if (after.LastUpdateStatus === 'Failed') {
    throw new DeployError(
      'update-failed',
      `${FunctionName} did not take the code: ${after.LastUpdateStatusReason}`,
    );
  }
  if (after.CodeSha256 !== wanted) throw changedMeanwhile(FunctionName, lookCommand);
  return true;
}

/** The function's configuration once Lambda is not changing it. */
async function settled(
  cloud: Cloud,
  { functionName: FunctionName, signal, pollMs = 1000, limitSeconds = 120 }: UpdateCodeOptions,
): Promise<FunctionConfiguration> {
  const { GetFunctionConfigurationCommand } = await import('@aws-sdk/client-lambda');
  const client = await cloud.lambda();
  const end = performance.now() + limitSeconds * 1000;
  for (;;) {
    const now = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
    if (now.LastUpdateStatus !== 'InProgress' && now.State !== 'Pending') return now;
    if (performance.now() > end) {
      throw new DeployError(
        'update-slow',
        `Lambda is still changing ${FunctionName} after ${limitSeconds} seconds.`,
        {
          nextStep: 'Run the same command again in a minute.',
        },
      );
    }
    await delay(pollMs, undefined, { signal });
  }
}

function isPrecondition(error: unknown): boolean {
  return error instanceof Error && error.name === 'PreconditionFailedException';
}

function changedMeanwhile(name: string, lookCommand: string, cause?: unknown): DeployError {
  return new DeployError('changed-meanwhile', `Somebody else changed ${name} at the same time.`, {
    cause,
    nextStep: `See what is deployed with \`${lookCommand}\`, then run the same command again.`,
  });
}
