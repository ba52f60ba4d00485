/**
 * Who may depend on whom (design: dependencies point one way, nothing imports a stack).
 * A workspace is known by its folder, so a new folder without a rule is reported rather than let through.
 */
export interface BoundaryRule {
  /** Folder of the workspace, with `*` for one path segment. */
  folder: string;
  /** Workspace packages it may depend on; `apps` stands for every package below `apps/`. */
  mayUse: string[];
}

const FOUNDATIONS = ['@parley/contract'];
const LIBRARIES = [
  ...FOUNDATIONS,
  '@parley/store',
  '@parley/session-files',
  '@parley/agent',
  '@parley/cdk',
  '@parley/service',
  '@parley/custom-resource',
  '@parley/bundle',
  '@parley/assembly',
];

const BACKEND = [
  ...FOUNDATIONS,
  '@parley/store',
  '@parley/session-files',
  '@parley/agent',
  '@parley/service',
  '@parley/custom-resource',
  '@parley/bundle',
];

const DEPLOYMENT = [...LIBRARIES, '@parley/image', '@parley/local'];

/** Rules in order; the first whose folder matches counts. */
export const boundaryRules: BoundaryRule[] = [
  { folder: 'packages/contract', mayUse: [] },
  { folder: 'packages/bundle', mayUse: FOUNDATIONS },
  { folder: 'packages/store', mayUse: FOUNDATIONS },
  // Its tests talk to the S3 of local running.
  { folder: 'packages/session-files', mayUse: [...FOUNDATIONS, '@parley/local'] },
  { folder: 'packages/agent', mayUse: FOUNDATIONS },
  { folder: 'packages/service', mayUse: FOUNDATIONS },
  { folder: 'packages/custom-resource', mayUse: [...FOUNDATIONS, '@parley/service'] },
  { folder: 'packages/cdk', mayUse: FOUNDATIONS },
  { folder: 'packages/local', mayUse: LIBRARIES },
  { folder: 'packages/assembly', mayUse: FOUNDATIONS },
  { folder: 'packages/image', mayUse: [...FOUNDATIONS, '@parley/assembly', '@parley/bundle'] },
  // Its tests talk to the AWS of local running.
  { folder: 'packages/deploy', mayUse: DEPLOYMENT },
  { folder: 'packages/cli', mayUse: [...DEPLOYMENT, '@parley/deploy'] },
  { folder: 'apps/web', mayUse: FOUNDATIONS },
  // Their tests talk to the S3 of local running.
  { folder: 'apps/*', mayUse: [...BACKEND, '@parley/local'] },
  { folder: 'stacks/chat-apps/*', mayUse: [...FOUNDATIONS, '@parley/cdk', '@parley/bundle'] },
  { folder: 'stacks/*', mayUse: [...FOUNDATIONS, '@parley/cdk', '@parley/bundle', '@parley/store', 'apps'] },
  { folder: 'tests', mayUse: [...DEPLOYMENT, '@parley/deploy', '@parley/cli', 'apps'] },
  { folder: 'bench', mayUse: [...DEPLOYMENT, '@parley/deploy', '@parley/cli', '@parley/tests', 'apps'] },
  { folder: '.', mayUse: [...DEPLOYMENT, '@parley/deploy', '@parley/cli'] },
];

/** The rule for a workspace folder, or undefined when nobody has decided yet. */
export function ruleFor(folder: string): BoundaryRule | undefined {
  return boundaryRules.find((rule) => matches(rule.folder, folder));
}

function matches(pattern: string, folder: string): boolean {
  const wanted = pattern.split('/');
  const actual = folder.split('/');
  return wanted.length === actual.length && wanted.every((part, i) => part === '*' || part === actual[i]);
}
