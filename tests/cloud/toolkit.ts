import { appendFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { execa } from 'execa';
import { account, childEnvironment, emulatedAws, region } from './env.ts';
import { CloudTestError } from './errors.ts';

/** The real CDK toolkit (`cdk`), pointed at the emulated cloud. */
export interface Toolkit {
  bootstrap(): Promise<void>;
  /** Deploys the one stack of an assembly by a change set; tells whether the toolkit reported a change. */
  deploy(assembly: string, stack: string, changeSet: string): Promise<'changed' | 'no changes'>;
  /** Removes a stack. Throws `command-failed` with the toolkit's own words when it stays. */
  destroy(assembly: string, stack: string): Promise<void>;
}

/** `folder` holds the toolkit's own cache and log, so that nothing of the user's CDK set-up is read or written. */
export function createToolkit(endpoint: string, folder: string, signal: AbortSignal): Toolkit {
  const program = fileURLToPath(new URL('bin/cdk', import.meta.resolve('aws-cdk/package.json')));
  const env = {
    ...childEnvironment(folder),
    ...emulatedAws(endpoint),
    CDK_HOME: join(folder, 'cdk-home'),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CI: 'true',
  };
  const log = join(folder, 'cdk.log');
  const cdk = async (...args: string[]): Promise<string> => {
    const common = ['--no-notices', '--no-version-reporting', '--no-color', '--progress', 'events'];
    const command = [program, ...args, ...(args[0] === 'deploy' ? common : common.slice(0, 3))];
    const result = await execa(process.execPath, command, {
      cwd: folder,
      env,
      extendEnv: false,
      all: true,
      reject: false,
      cancelSignal: signal,
    });
    const output = result.all;
    await appendFile(log, `$ cdk ${args.join(' ')}\n${output}\n\n`);
    signal.throwIfAborted();
    if (result.exitCode !== 0) throw commandFailed(args, output, log);
    return output;
  };
  return {
    bootstrap: async () => void (await cdk('bootstrap', `aws://${account}/${region}`)),
    deploy: async (assembly, stack, changeSet) => {
      const options = ['--app', assembly, '--require-approval', 'never', '--change-set-name', changeSet];
      const output = await cdk('deploy', ...options, stack);
      return output.includes(`${stack} (no changes)`) ? 'no changes' : 'changed';
    },
    destroy: async (assembly, stack) => void (await cdk('destroy', '--app', assembly, '--force', stack)),
  };
}

function commandFailed(args: string[], output: string, log: string): CloudTestError {
  const failures = output.split('\n').filter((line) => /FAILED|❌|rror|failed|cannot|does not/.test(line));
  const told = (failures.length > 0 ? failures : output.split('\n')).slice(-8).join('\n');
  return new CloudTestError('command-failed', `cdk ${args.join(' ')} failed (whole log: ${log}):\n${told}`);
}
