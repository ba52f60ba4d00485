import { Command, InvalidArgumentError } from 'commander';
import { join } from 'node:path';
import { startLocal, type LocalSystem } from '@parley/local/start';
import { createApiClient } from '../api-client.ts';
import { localSignIn } from '../chat/sign-in.ts';
import { readConfig } from '../config.ts';
import { readVariable } from '../env.ts';
import { describeModel, localModel } from '../local-model.ts';
import { startReporter, type StartReporter } from '../start-reporter.ts';
import { synthesize } from '../synthesize.ts';
import { readWorkspace, workspaceRoot, type Workspace } from '../workspace.ts';

interface StartOptions {
  port?: number;
  json?: boolean;
  verbose?: boolean;
}

/** The stage of everything that runs on this machine. */
const stage = 'local';

/** `parley start`: synthesize every stack for stage `local` and run it here, until Ctrl-C. */
export function startCommand(): Command {
  return new Command('start')
    .description('synthesize every stack for stage "local" and run it on this machine, until Ctrl-C')
    .option(
      '-p, --port <number>',
      'port of the one address everything is served at (default: 4747, or the next free one)',
      parsePort,
    )
    .option('--json', 'print one JSON object per event, for programs')
    .option('-v, --verbose', "also print every resource, the services' logs and what is not run here")
    .action(start);
}

async function start({ port, json, verbose }: StartOptions): Promise<void> {
  const began = performance.now();
  const reporter = startReporter({ json: json ?? false, verbose: verbose ?? false });
  const workspace = await readWorkspace(workspaceRoot(process.cwd()));
  for (const line of workspace.duplicates) reporter.problem(line);

  const model = await localModel(await readConfig(workspace.root));
  reporter.step('building and synthesizing');
  const synthesis = await synthesize({ workspace, stage, set: { model } });
  reporter.synthesized(synthesis);

  reporter.step('starting');
  const system = await startLocal({
    // Folders of stacks with problems too: what was deployed from them stays as it is.
    assemblies: synthesis.stacks.map(({ folder }) => folder),
    dataFolder: join(workspace.root, '.parley'),
    ...(port === undefined ? {} : { port, exactPort: true }),
    workspaceFolder: (name) => folderOf(workspace, name),
    secret: readVariable,
    onEvent: reporter.event,
  });
  reporter.ready({
    url: system.url,
    seconds: (performance.now() - began) / 1000,
    apps: await appIds(system.url),
    model: describeModel(model),
    report: system.report,
    notRun: system.notRun,
  });
  await untilStopped(system, reporter);
}

/** The apps that answer, to name them to who started them; none when the API is not up. */
async function appIds(url: string): Promise<string[]> {
  try {
    const apps = await createApiClient(url, localSignIn(url, 'you')).chatApps();
    return apps.map(({ id }) => id);
  } catch {
    return []; // the report of the services says why
  }
}

function folderOf({ packages }: Workspace, name: string): string {
  const found = packages.find((each) => each.name === name);
  if (!found)
    throw new Error(`No package of the workspace is called "${name}", as a container's label says.`);
  return found.folder;
}

async function untilStopped(system: LocalSystem, reporter: StartReporter): Promise<void> {
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => resolve(name));
  });
  reporter.step(
    signal === 'SIGINT' ? 'stopping (open answers are finished or kept as they are)' : 'stopping',
  );
  await system.close();
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('expected a number from 1 to 65535.');
}
