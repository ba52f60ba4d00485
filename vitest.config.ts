import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{apps,packages,scripts,stacks,tests}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/cdk.out/**'],
    testTimeout: 20_000,
    // More than the two cores CI has: the longest tests mostly wait, for a lease to end or a service to start.
    maxWorkers: 3,
  },
});
