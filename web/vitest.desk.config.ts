import { defineConfig } from 'vitest/config';

// The page in a real browser against a running `clinlink serve` (CLINLINK_DESK); tests/browser.rs starts both.
export default defineConfig({
  test: {
    include: ['tests/desk/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
    sequence: { concurrent: false },
    // Ample, for a machine that has other work: what a scenario expects of the page may still be drawn.
    expect: { poll: { timeout: 30_000 } },
    // A browser itself may stumble; a fault of the page fails every time, since each try has an episode of its own.
    retry: 2,
  },
});
