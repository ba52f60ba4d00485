import { watch } from 'chokidar';
import { relative, sep } from 'node:path';
import { packageFolders } from '../workspace.ts';

/** Milliseconds without a further change after which an edit counts as saved: editors write in several steps. */
const quietMs = 120;

/** Made by builds, installs and runs: no edit of the user's. */
const madeByTools = /(^|\/)(node_modules|dist|cdk\.out|\.turbo|\.parley|\.git|coverage)(\/|$)/;

export interface LiveEditing {
  /** Stops watching, and waits for an update that is under way. */
  close(): Promise<void>;
}

/**
 * Calls `update` with the changed paths (relative to the root) whenever sources of the workspace change:
 * one call at a time, and another after it for what changed meanwhile. `update` must not reject.
 */
export async function watchSources(
  root: string,
  update: (changed: string[]) => Promise<void>,
): Promise<LiveEditing> {
  const watcher = watch([...packageFolders, 'parley.config.ts', 'cdk.json', 'package.json'], {
    cwd: root,
    ignoreInitial: true,
    ignored: (path) => madeByTools.test(relative(root, path).split(sep).join('/')),
  });
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let updating: Promise<void> | undefined;

  const updateAll = async (): Promise<void> => {
    while (changed.size > 0) {
      const paths = [...changed].sort();
      changed.clear();
      await update(paths);
    }
    updating = undefined;
  };
  watcher.on('all', (_, path) => {
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(() => {
      updating ??= updateAll();
    }, quietMs);
  });
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  return {
    async close() {
      clearTimeout(timer);
      await watcher.close();
      await updating;
    },
  };
}
