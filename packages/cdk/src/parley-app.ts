import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { App, AssetStaging, Validations, type IPolicyValidationPlugin } from 'aws-cdk-lib/core';
import { sourcesHashFile } from '@parley/contract/names';
import { DISABLE_CREATION_STACK_TRACES, SynthesisMessageLevel, type CloudAssembly } from 'aws-cdk-lib/cx-api';
import { projectOf, settingsOf, type Overrides } from './config.ts';
import { checkedStage, synthInputOf } from './env.ts';
import { SynthProblemsError, type SynthProblem } from './errors.ts';
import { ParleyStack } from './parley-stack.ts';
import { readConfig } from './config-file.ts';
import { featureFlags, stackPackageOf, type StackPackage } from './workspace.ts';

export interface SynthOptions {
  stage: string;
  /** Settings for this synth only. @default none */
  overrides?: Overrides;
  /** Absolute folder of the cloud assembly. @default `cdk.out/<stage>` beside stack.ts */
  outdir?: string;
  /** What turbo calls this synth: kept in the assembly, which is known to be up to date by it. @default none */
  sourcesHash?: string | undefined;
  /** Validate the template against CloudFormation's schema (about a second). @default false */
  validate?: boolean;
  /** Rules of others to check too, such as cdk-nag's. What they find is a problem. @default none */
  plugins?: IPolicyValidationPlugin[];
}

export interface SynthResult {
  stackName: string;
  /** Absolute folder of the cloud assembly. */
  outdir: string;
  /** The CloudFormation template, parsed. */
  template: unknown;
}

/** The stack of one package, ready to be synthesized for any stage, any number of times. */
export interface ParleyApp {
  /** @throws SynthProblemsError with everything that is wrong with the input */
  synth(options: SynthOptions): Promise<SynthResult>;
}

/**
 * Defines the stack of the package whose `stack.ts` calls this: `export const app = parleyApp(import.meta, (stack) => …)`.
 *
 * Run as a program (`node stack.ts`), it synthesizes the stage `PARLEY_STAGE` (default `dev`) with the
 * settings of `PARLEY_SET` into `cdk.out/<stage>`, and prints one line per problem. Imported, it only defines.
 */
export function parleyApp(meta: ImportMeta, build: (stack: ParleyStack) => void): ParleyApp {
  const app: ParleyApp = { synth: async (options) => synthesize(meta, build, options) };
  if (meta.main) void runSynth(app);
  return app;
}

async function runSynth(app: ParleyApp): Promise<void> {
  // What is loaded from here on, by us and by CDK, is compiled once for all stacks.
  enableCompileCache();
  try {
    await app.synth(synthInputOf());
  } catch (error) {
    if (!(error instanceof SynthProblemsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

async function synthesize(
  meta: ImportMeta,
  build: (stack: ParleyStack) => void,
  options: SynthOptions,
): Promise<SynthResult> {
  const source = stackPackageOf(meta);
  const config = await readConfig(source.root);
  const { checkStack } = await import('./checks/check-stack.ts');
  const stage = checkedStage(options.stage);
  const settings = settingsOf(config, stage, options.overrides);
  const outdir = options.outdir ?? join(source.folder, 'cdk.out', stage);
  const partial = `${outdir}.partial`;
  try {
    const app = newApp(source, partial, options);
    const stack = new ParleyStack(app, { package: source, project: projectOf(config), stage, settings });
    const template = buildAndSynth(app, stack, build, checkStack);
    if (options.outdir === undefined) removeOtherStages(outdir);
    if (options.sourcesHash) writeFileSync(join(partial, sourcesHashFile), options.sourcesHash);
    rmSync(outdir, { recursive: true, force: true });
    renameSync(partial, outdir);
    return { stackName: stack.stackName, outdir, template };
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Everything that could differ between two machines is off: traces, the tree, versions. */
function newApp(
  { root }: StackPackage,
  outdir: string,
  { validate = false, plugins = [] }: SynthOptions,
): App {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  AssetStaging.clearAssetHashCache();
  const app = new App({
    outdir,
    context: { ...featureFlags(root), [DISABLE_CREATION_STACK_TRACES]: true },
    analyticsReporting: false,
    stackTraces: false,
    treeMetadata: false,
    builtinCloudFormationValidation: validate,
  });
  Validations.of(app).addPlugins(...plugins);
  return app;
}

function buildAndSynth(
  app: App,
  stack: ParleyStack,
  build: (stack: ParleyStack) => void,
  checkStack: (stack: ParleyStack, assembly: CloudAssembly) => SynthProblem[],
): unknown {
  try {
    build(stack);
  } catch (error) {
    throw asProblems(error, stack);
  }
  if (stack.problems.length > 0) throw new SynthProblemsError(stack.problems);
  try {
    const assembly = app.synth();
    const { template, messages } = assembly.getStackByName(stack.stackName);
    const errors = messages
      .filter(({ level }) => level === SynthesisMessageLevel.ERROR)
      .map(({ id, entry }) => ({ file: 'stack.ts', field: id, message: JSON.stringify(entry.data) }));
    const problems = [...errors, ...checkStack(stack, assembly)];
    if (problems.length === 0) return template as unknown;
    throw new SynthProblemsError(problems);
  } catch (error) {
    throw asProblems(error, stack);
  }
}

/** A mistake in code keeps its trace; what a construct refuses is a problem of stack.ts. */
function asProblems(error: unknown, stack: ParleyStack): unknown {
  if (!(error instanceof Error) || programmingErrors.some((type) => error instanceof type)) return error;
  if (error instanceof SynthProblemsError)
    return new SynthProblemsError([...stack.problems, ...error.problems]);
  const refused = { file: 'stack.ts', field: '', message: error.message };
  return new SynthProblemsError([...stack.problems, refused], { cause: error });
}

const programmingErrors = [TypeError, ReferenceError, RangeError, SyntaxError];

/** Turbo caches all of `cdk.out`: another stage's old output must not be in it. */
function removeOtherStages(outdir: string): void {
  const folder = join(outdir, '..');
  for (const name of readdirSync(folder)) {
    if (join(folder, name) !== `${outdir}.partial`)
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}
