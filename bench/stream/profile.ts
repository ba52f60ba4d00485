import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { bundle } from '@parley/bundle/bundle';
import { inspectorArguments, profileWhile, type CpuProfile, type ProfileNode } from './inspector.ts';
import { measureService, type Bench, type Load, type Measured } from './measure.ts';
import { groupOf, type Frame } from './profile-groups.ts';
import { serviceFolder } from './service.ts';

/** Where the time of the service's main thread went, in milliseconds; waiting is not in it. */
export interface TimeByGroup {
  group: string;
  ms: number;
}

/** Measures the service under a load and takes a profile meanwhile. The profile makes it slower. */
export async function profileService(
  bench: Bench,
  load: Load,
): Promise<{ measured: Measured; groups: TimeByGroup[] }> {
  const port = await freePort();
  const folder = await mkdtemp(join(serviceFolder, 'dist/profiled-'));
  const outfile = join(folder, 'server.mjs');
  try {
    await bundle({ folder: serviceFolder, entry: { file: 'src/server.ts' }, outfile, sourceMap: true });
    let profile: CpuProfile | undefined;
    const { measured } = await measureService(bench, load, {
      entry: outfile,
      nodeArguments: inspectorArguments(port),
      around: async (work) => {
        const profiled = await profileWhile(port, work);
        profile = profiled.profile;
        return profiled.value;
      },
    });
    return { measured, groups: timeByGroup(profile!, await sourcesOf(outfile)) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Finds the source file of a place in a bundle, by its map. */
type SourceOf = (frame: ProfileNode['callFrame']) => string;

async function sourcesOf(outfile: string): Promise<SourceOf> {
  const text = await readFile(`${outfile}.map`, 'utf8');
  const map = new SourceMap(JSON.parse(text) as ConstructorParameters<typeof SourceMap>[0]);
  return ({ url, lineNumber, columnNumber }) => {
    if (!url.endsWith(outfile)) return url;
    const entry = map.findEntry(lineNumber, columnNumber);
    return 'originalSource' in entry ? entry.originalSource : url;
  };
}

function timeByGroup({ nodes, samples, timeDeltas }: CpuProfile, sourceOf: SourceOf): TimeByGroup[] {
  const groups = groupsOf(nodes, sourceOf);
  const ms = new Map<string, number>();
  for (const [i, id] of samples.entries()) {
    const group = groups.get(id);
    if (group !== undefined) ms.set(group, (ms.get(group) ?? 0) + timeDeltas[i]! / 1_000);
  }
  return [...ms].map(([group, each]) => ({ group, ms: each })).toSorted((a, b) => b.ms - a.ms);
}

/** The group of each node, by id; a node has its own frame first, then those that called it. */
function groupsOf(nodes: readonly ProfileNode[], sourceOf: SourceOf): Map<number, string | undefined> {
  const callerOf = new Map(nodes.flatMap((node) => (node.children ?? []).map((id) => [id, node] as const)));
  const frames = new Map<number, Frame>(
    nodes.map(({ id, callFrame }) => [
      id,
      { functionName: callFrame.functionName, source: sourceOf(callFrame) },
    ]),
  );
  return new Map(
    nodes.map((node) => {
      const stack: Frame[] = [];
      for (let at: ProfileNode | undefined = node; at; at = callerOf.get(at.id))
        stack.push(frames.get(at.id)!);
      return [node.id, groupOf(stack)];
    }),
  );
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
