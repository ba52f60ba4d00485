import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{apps,packages,scripts,stacks,tests}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/cdk.out/**'],
    testTimeout: 20_000,
    // A poll ends when what it waits for is there; the time only bounds a failure.
    expect: { poll: { timeout: 15_000 } },
    // More than the two cores CI has: the longest tests mostly wait, for a lease to end or a service to start.
    maxWorkers: 3,
  },
});
