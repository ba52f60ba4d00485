import { cp, glob, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { emulatorGaps, fitToEmulator } from './emulator-transform.ts';
import type { Template } from './emulator-transform.ts';
import { expectThat } from './errors.ts';

/** One synthesized stack, made fit for the emulator in a folder of the run. */
export interface StackAssembly {
  /** The stack's folder name, e.g. `foundation` or `weather`. */
  stack: string;
  /** CloudFormation's name, e.g. `parley-cloud-foundation`. */
  stackName: string;
  /** Its cloud assembly as given to `cdk --app`. */
  path: string;
  template: Template;
  terminationProtection: boolean;
  /** What the transform changed. */
  changes: string[];
}

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      displayName: z.string().optional(),
      properties: z
        .object({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          terminationProtection: z.boolean().optional(),
        })
        .optional(),
    }),
  ),
});

/** The order in which stacks find what they read; chat apps follow by name. Removal goes the other way. */
const deployOrder = ['foundation', 'registry', 'inference'];

/**
 * Takes every stack's assembly of a stage from the workspace into `folder`, transformed. Throws when a
 * template uses a type that the emulator neither knows nor has on its list of gaps.
 */
export async function takeAssemblies(
  workspace: string,
  stage: string,
  folder: string,
  supported: Set<string>,
): Promise<StackAssembly[]> {
  const assemblies: StackAssembly[] = [];
  for await (const manifest of glob(`stacks/**/cdk.out/${stage}/manifest.json`, {
    cwd: workspace,
    exclude: (path) => basename(path) === 'node_modules',
  })) {
    const from = join(workspace, dirname(manifest));
    const stack = basename(dirname(dirname(from)));
    assemblies.push(await takeAssembly(stack, from, join(folder, stack), supported));
  }
  expectThat(
    assemblies.length > 0,
    `no stack below ${workspace}/stacks was synthesized for stage "${stage}"`,
  );
  return assemblies.toSorted((a, b) => rank(a) - rank(b) || a.stack.localeCompare(b.stack));
}

function rank({ stack }: StackAssembly): number {
  const place = deployOrder.indexOf(stack);
  return place === -1 ? deployOrder.length : place;
}

async function takeAssembly(
  stack: string,
  from: string,
  path: string,
  supported: Set<string>,
): Promise<StackAssembly> {
  await cp(from, path, { recursive: true });
  const manifest = manifestSchema.parse(JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8')));
  const stacks = Object.entries(manifest.artifacts).filter(
    ([, { type }]) => type === 'aws:cloudformation:stack',
  );
  const [id, artifact] = stacks[0] ?? [];
  const file = artifact?.properties?.templateFile;
  expectThat(
    stacks.length === 1 && id !== undefined && file !== undefined,
    `${from} should hold one stack, but holds ${stacks.length}`,
  );
  const { template, changes } = fitToEmulator(
    JSON.parse(await readFile(join(path, file), 'utf8')) as Template,
  );
  refuseUnknownTypes(stack, template, supported);
  await writeFile(join(path, file), JSON.stringify(template, undefined, 1));
  const { stackName = id, terminationProtection = false } = artifact?.properties ?? {};
  return { stack, stackName, path, template, terminationProtection, changes };
}

function refuseUnknownTypes(stack: string, template: Template, supported: Set<string>): void {
  const types = new Set(Object.values(template.Resources).map(({ Type }) => Type));
  const unknown = [...types].filter((type) => !supported.has(type) && !type.startsWith('Custom::'));
  expectThat(
    unknown.length === 0,
    `stack ${stack} uses ${unknown.join(', ')}, which the emulator lacks; add it to emulatorGaps in ` +
      'tests/cloud/emulator-transform.ts (it is then not proved here)',
  );
}

/** Throws when a type on the list of gaps has become supported: it should be proved then. */
export function refuseNeedlessGaps(supported: Set<string>): void {
  const needless = emulatorGaps.resourceTypes.filter((type) => supported.has(type));
  expectThat(
    needless.length === 0,
    `the emulator supports ${needless.join(', ')} now; take it off emulatorGaps in tests/cloud/emulator-transform.ts`,
  );
}
