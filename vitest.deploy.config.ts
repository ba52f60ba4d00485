import { defineConfig } from 'vitest/config';

/** The tests of the commands that plan and deploy, and of the images they push: `pnpm run test:deploy`. */
export default defineConfig({
  test: {
    include: ['tests/deploy/**/*.test.ts'],
    expect: { poll: { timeout: 30_000 } },
    // Each image holds a Node: two of them take minutes on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 180_000,
  },
});
