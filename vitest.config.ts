import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{apps,bench,packages,scripts,stacks,tests}/**/*.test.ts'],
    // The browser tests need a Chromium and two minutes of their own: `pnpm run test:browser`.
    exclude: ['**/node_modules/**', '**/dist/**', '**/cdk.out/**', 'tests/browser/**'],
    // A net for what hangs, not a limit on what is slow: several of these start whole systems.
    testTimeout: 90_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    // More than the two cores CI has: the longest tests mostly wait, for a lease to end or a service to start.
    maxWorkers: 3,
  },
});
