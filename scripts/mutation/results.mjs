import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const hashOf = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);
const key = (hash, { start, end, text }) => `${hash} ${start} ${end} ${text}`;

/**
 * What became of mutants, line by line in a file, so that a run can go on where another one ended.
 *
 * What was noticed stays noticed while the mutated file is the same; what survived, while the tests are, too.
 */
export class Results {
  #path;
  #tests;
  #known = new Map();
  #hashes = new Map();

  constructor(path, root, tests, fresh) {
    this.#path = path;
    this.#tests = hashOf(tests.map((file) => readFileSync(join(root, file))).join('\0'));
    mkdirSync(dirname(path), { recursive: true });
    if (fresh || !existsSync(path)) return;
    for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
      const each = JSON.parse(line);
      this.#known.set(key(each.source, each), each);
    }
  }

  /** `failed`, `late` or `passed`, where that is known. */
  outcome(text, mutant) {
    const known = this.#known.get(key(this.#hash(text), mutant));
    return known?.outcome === 'passed' && known.tests !== this.#tests ? undefined : known?.outcome;
  }

  add(file, text, { start, end, text: becomes }, { outcome, by, milliseconds }) {
    const place = { file, source: this.#hash(text), tests: this.#tests, start, end, text: becomes };
    const line = { ...place, outcome, by: by?.slice(0, 200), milliseconds: Math.round(milliseconds) };
    this.#known.set(key(place.source, place), line);
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }

  #hash(text) {
    const known = this.#hashes.get(text) ?? hashOf(text);
    this.#hashes.set(text, known);
    return known;
  }
}
