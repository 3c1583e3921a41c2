import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Far more than any test takes: others may need the machine, too.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // For 2 cores: the long ones wait for timers more than they compute.
    maxWorkers: 3,
    maxConcurrency: 4,
    // What is imported is then imported once a worker, not once a file: a sixth of the time of all tests.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // The last line is `N passed, N failed`: the one that other programs read.
    reporters: ['default', './test/support/closing-line.ts'],
  },
});
