import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** What is to be another text in one file: `{ file, start, end, text }`; nothing where the tests run as they are. */
const mutant = JSON.parse(process.env.TUNPIKE_MUTANT ?? '{}');

const mutation = {
  name: 'mutation',
  enforce: 'pre',
  transform: (code, id) =>
    id === mutant.file ? code.slice(0, mutant.start) + mutant.text + code.slice(mutant.end) : undefined,
};

export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  plugins: [mutation],
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    bail: 1,
    // What the core's tests import has no state of its own, and importing it anew takes longer than they do.
    isolate: false,
    pool: 'threads',
    maxWorkers: 1,
    reporters: [['default', { summary: false }]],
  },
});
