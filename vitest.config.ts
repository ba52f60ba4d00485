import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{apps,packages,scripts,stacks,tests}/**/*.test.ts'],
    // Those of the browser need a Chromium, those of whole systems start hundreds of programs; each takes minutes:
    // `pnpm run test:browser`, `pnpm run test:system`.
    exclude: [
      '**/node_modules/**',
      '**/dist/**',
      '**/cdk.out/**',
      'tests/{browser,deploy,system}/**',
      'tests/docs.test.ts',
    ],
    // The CDK remembers there whose account a key is of; tests use one key for several.
    env: { CDK_HOME: join(import.meta.dirname, 'node_modules/.cache/cdk') },
    // A net for what hangs, not a limit on what is slow: several of these start whole systems.
    testTimeout: 90_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    // More than the two cores CI has: the longest tests mostly wait, for a lease to end or a service to start.
    maxWorkers: 3,
  },
});
