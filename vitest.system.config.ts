import { defineConfig } from 'vitest/config';

/** The tests that run the programs as users do, most in copies of the workspace: `pnpm run test:system`. */
export default defineConfig({
  test: {
    include: ['tests/{system,deploy}/**/*.test.ts', 'tests/docs.test.ts', 'bench/**/*.test.ts'],
    expect: { poll: { timeout: 30_000 } },
    // Each image holds a Node: two of them take minutes on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 180_000,
  },
});
