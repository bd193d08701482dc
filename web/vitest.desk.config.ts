import { defineConfig } from 'vitest/config';

// The page in a real browser against a running `clinlink serve` (CLINLINK_DESK); tests/browser.rs starts both.
export default defineConfig({
  test: {
    include: ['tests/desk/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    sequence: { concurrent: false },
    // A browser on a busy machine may be looked at while it still draws; a fault of the page fails every time.
    retry: 2,
  },
});
