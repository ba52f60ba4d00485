import { defineConfig } from 'vitest/config';

/** The tests that build, push and start images: `pnpm run test:images`. */
export default defineConfig({
  test: {
    include: ['tests/images/**/*.test.ts'],
    // Each image holds a Node: two of them take minutes on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 180_000,
  },
});
