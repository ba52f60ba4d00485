import { execa } from 'execa';
import { join } from 'node:path';
import { declaredGraph } from '@parley/deploy/graph';
import { expect, test } from 'vitest';
import { readWorkspace } from '@parley/cli/workspace';

const root = join(import.meta.dirname, '../..');

interface Task {
  taskId: string;
  dependencies: string[];
  command: string;
  resolvedTaskDefinition: { cache: boolean };
}

async function deployTasks(): Promise<Map<string, Task>> {
  const { stdout } = await execa('turbo', ['run', 'cdk:deploy', '--dry=json'], {
    cwd: root,
    preferLocal: true,
    localDir: root,
    env: { TURBO_TELEMETRY_DISABLED: '1' },
  });
  const { tasks } = JSON.parse(stdout) as { tasks: Task[] };
  return new Map(tasks.map((task) => [task.taskId, task]));
}

function before(id: string, tasks: ReadonlyMap<string, Task>, found = new Set<string>()): Set<string> {
  for (const next of tasks.get(id)?.dependencies ?? []) {
    if (found.has(next)) continue;
    found.add(next);
    before(next, tasks, found);
  }
  return found;
}

test('turbo deploys every stack, after all it needs and after its own synthesis, and never from a cache', async () => {
  const { packages } = await readWorkspace(root);
  const { needs } = declaredGraph(root, packages);
  const tasks = await deployTasks();
  expect(needs.size).toBeGreaterThan(4);
  for (const { name, stack = '', scripts } of packages.filter((each) => each.stack !== undefined)) {
    const id = `${name}#cdk:deploy`;
    expect(scripts, `${name} can be deployed by itself`).toEqual(
      expect.arrayContaining(['deploy', 'cdk:deploy']),
    );
    const comesAfter = before(id, tasks);
    expect(comesAfter).toContain(`${name}#synth`);
    for (const need of needs.get(stack) ?? []) {
      const producer = packages.find((each) => each.stack === need)!.name;
      expect(comesAfter, `${name} after ${producer}`).toContain(`${producer}#cdk:deploy`);
    }
    expect(tasks.get(id)?.resolvedTaskDefinition.cache).toBe(false);
  }
});
