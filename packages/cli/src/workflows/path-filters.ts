import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ownFolders, rootFiles } from '@parley/deploy/own-files';
import type { Workspace } from '../workspace.ts';
import { workflowFile, workflowFolder } from './workflow-name.ts';

/** The workflow that every generated one calls. */
export const calledWorkflow = `${workflowFolder}/build-test-deploy.yml`;

/** The set-up that its jobs share. */
const setUpAction = '.github/actions/setup';

/** Files that no template is made of, as turbo.json leaves them out of its inputs. */
const leftOut = ['!**/*.test.ts', '!**/README.md'];

/**
 * Globs of the files that make a stack's workflow run: its package, all it is made of, and what builds and runs it.
 * In the order that GitHub reads them: the last that matches a file decides.
 */
export function pathFilters(stack: string, { root, packages }: Workspace): string[] {
  return [
    ...ownFolders(stack, root, packages).map((folder) => `${folder}/**`),
    ...rootFiles.filter((file) => existsSync(join(root, file))),
    workflowFile(stack),
    calledWorkflow,
    `${setUpAction}/**`,
    ...leftOut,
  ];
}
