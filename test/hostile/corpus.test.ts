import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCorpus } from './corpus.js';
import { TARGETS } from './target.js';

const ROOT = join(import.meta.dirname, '../..');

describe('what searches have found', () => {
  it.each(TARGETS.map((target) => [target.name, target] as const))(
    '%s keeps its promises',
    (name, target) => {
      const corpus = readCorpus(ROOT, name);
      expect(corpus.length, 'a target has a corpus').toBeGreaterThan(0);
      for (const input of [...target.seeds, ...corpus]) target.run(input.slice());
    },
  );
});
