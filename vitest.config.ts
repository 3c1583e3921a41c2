import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Labs of the kernel tests share one machine with 2 cores: more workers only make them wait for each other.
    maxWorkers: 2,
    // The last line is `N passed, N failed`: the one that other programs read.
    reporters: ['default', './test/support/closing-line.ts'],
  },
});
