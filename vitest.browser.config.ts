import { defineConfig } from 'vitest/config';

/** The tests that drive the page in a real browser: `pnpm run test:browser`. */
export default defineConfig({
  test: {
    include: ['tests/browser/**/*.test.ts'],
    testTimeout: 90_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
