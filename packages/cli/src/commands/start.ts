import { Command, InvalidArgumentError } from 'commander';
import { startLocal, type LocalEvent, type LocalSystem } from '@parley/local/start';
import { createApiClient } from '../chat/api-client.ts';
import { localSignIn } from '../chat/sign-in.ts';
import { watchSources } from '../local/live-editing.ts';
import { describeModel } from '../local/local-model.ts';
import {
  dataFolder,
  folderOf,
  installIfNeeded,
  readLocalSources,
  type LocalSources,
} from '../local/local-sources.ts';
import { readVariable } from '../env.ts';
import { startReporter, type StartReporter } from '../local/start-reporter.ts';
import { workspaceRoot } from '../workspace.ts';

interface StartOptions {
  port?: number;
  json?: boolean;
  verbose?: boolean;
}

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
  process.once('uncaughtException', endWith);
  const reporter = startReporter({ json: json ?? false, verbose: verbose ?? false });
  const root = workspaceRoot(process.cwd());
  reporter.step('building and synthesizing');
  let sources = await readLocalSources(root, reporter);

  reporter.step('starting');
  const system = await startLocal({
    assemblies: sources.assemblies,
    dataFolder: dataFolder(root),
    ...(port === undefined ? {} : { port, exactPort: true }),
    workspaceFolder: (name) => folderOf(sources.workspace, name),
    secret: readVariable,
    onEvent: (event) => {
      if (!isToldAlready(event, sources)) reporter.event(event);
    },
  });
  const editing = await watchSources(root, async (changed) => {
    const updated = await update(root, system, reporter, changed);
    if (updated) sources = updated;
  });
  reporter.ready({
    url: system.url,
    seconds: (performance.now() - began) / 1000,
    apps: await appIds(system.url),
    model: describeModel(sources.model),
    report: system.report,
    notRun: system.notRun,
  });
  await untilStopped(reporter);
  await editing.close();
  await system.close();
}

/** A stack that could not be synthesized was reported as such; that it cannot be read either is no news. */
function isToldAlready(event: LocalEvent, { broken }: LocalSources): boolean {
  if (event.type !== 'stack' || event.outcome !== 'failed') return false;
  return broken.some((folder) => event.stack === folder || event.reason?.includes(folder));
}

/** Takes an edit into the running system. What cannot be taken is said, and the old version goes on serving. */
async function update(
  root: string,
  system: LocalSystem,
  reporter: StartReporter,
  changed: string[],
): Promise<LocalSources | undefined> {
  try {
    reporter.edited(changed);
    await installIfNeeded(root, changed);
    const sources = await readLocalSources(root, reporter);
    reporter.updated(await system.update(sources.assemblies));
    return sources;
  } catch (error) {
    reporter.problem(error instanceof Error ? error.message : String(error));
    return undefined;
  }
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

/** The embedded database throws from its own callbacks when its files are damaged. */
function endWith(error: Error): void {
  process.stderr.write(`parley: local running broke: ${error.message}\n`);
  process.stderr.write('Start again. If it repeats, the data in .parley is damaged: npx pnpm run reset\n');
  process.exit(1);
}

async function untilStopped(reporter: StartReporter): Promise<void> {
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => resolve(name));
  });
  reporter.step(
    signal === 'SIGINT' ? 'stopping (open answers are finished or kept as they are)' : 'stopping',
  );
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('expected a number from 1 to 65535.');
}
