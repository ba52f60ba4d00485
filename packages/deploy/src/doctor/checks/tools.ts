import { execa } from 'execa';
import { type Check, type Finding, missing, ok, warning } from '../check.ts';

/** Major version of Node that the workspace's TypeScript runs on without a build. */
const nodeMajor = 24;

/** Node and pnpm, which run the commands. */
export const tools: Check = {
  name: 'tools',
  needs: [],
  run: async ({ root }) => [node(), await pnpm(root)],
};

function node(): Finding {
  const { node: version } = process.versions;
  if (Number(version.split('.')[0]) >= nodeMajor) return ok(`Node ${version}`);
  return missing(
    `Node ${version}; expected ${nodeMajor} or newer`,
    'Run the command through pnpm (`npx pnpm run doctor`): the workspace brings its own Node.',
  );
}

async function pnpm(root: string): Promise<Finding> {
  const { exitCode, stdout } = await execa('pnpm', ['--version'], {
    cwd: root,
    preferLocal: true,
    localDir: root,
    reject: false,
    stdin: 'ignore',
  });
  if (exitCode === 0) return ok(`pnpm ${stdout.trim()}`);
  return warning('pnpm is not installed in the workspace', 'npx pnpm install');
}
