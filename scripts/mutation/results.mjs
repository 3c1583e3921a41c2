import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PASSES } from './plan.mjs';
import { distancesFrom } from './tests.mjs';

const hashOf = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);
const key = (hash, { start, end, text }) => `${hash} ${start} ${end} ${text}`;

/**
 * What became of mutants, line by line in a file, so that a run can go on where another one ended.
 *
 * What was noticed stays noticed while the mutated file is the same. What was not has yet to meet those tests that
 * have changed: which they were is kept beside the file, in a folder.
 */
export class Results {
  #path;
  #folder;
  #tests;
  #id;
  #known = new Map();
  #hashes = new Map();
  #changed = new Map();

  constructor(path, root, tests, fresh) {
    this.#path = path;
    this.#folder = path.replace(/\.jsonl$/, '-tests');
    this.#tests = Object.fromEntries(tests.map((test) => [test, hashOfTest(root, test)]));
    const text = JSON.stringify(this.#tests);
    this.#id = hashOf(text);
    mkdirSync(dirname(path), { recursive: true });
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(join(this.#folder, `${this.#id}.json`), text);
    if (fresh || !existsSync(path)) return;
    for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
      const each = JSON.parse(line);
      this.#known.set(key(each.source, each), each);
    }
  }

  /** `failed`, `late`, `passed`, or `open` where it has yet to meet tests; however the tests have changed since. */
  outcome(text, mutant) {
    return this.#find(text, mutant)?.outcome;
  }

  /**
   * The pass that a mutant comes to next, or undefined where it has been noticed, or has gone through all.
   *
   * One that was not noticed, while tests have changed since, first meets these: they are in `changed`, and it is as far
   * afterwards as before.
   */
  due(text, mutant) {
    const known = this.#find(text, mutant);
    if (known === undefined) return { pass: 0, gone: 1 };
    if (known.outcome !== 'open' && known.outcome !== 'passed') return undefined;
    const gone = known.gone ?? (known.outcome === 'open' ? 1 : PASSES);
    const changed = this.#changedSince(known.tests);
    if (changed === undefined) return { pass: 0, gone: 1 };
    if (changed.size > 0) return { pass: gone - 1, gone, changed };
    return gone < PASSES ? { pass: gone, gone: gone + 1 } : undefined;
  }

  /** What came of one, after so many passes. */
  add(file, text, { start, end, text: becomes }, { outcome, by, milliseconds }, gone) {
    const place = { file, source: this.#hash(text), tests: this.#id, start, end, text: becomes };
    const came = outcome === 'passed' && gone < PASSES ? 'open' : outcome;
    const line = {
      ...place,
      outcome: came,
      gone,
      by: by?.slice(0, 200),
      milliseconds: Math.round(milliseconds),
    };
    this.#known.set(key(place.source, place), line);
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }

  #find(text, mutant) {
    return this.#known.get(key(this.#hash(text), mutant));
  }

  /** The tests that are not as they were at a time; undefined where that is not known. */
  #changedSince(id) {
    if (!this.#changed.has(id)) {
      const path = join(this.#folder, `${id}.json`);
      const then = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
      const isOther = ([test, hash]) => then[test] !== hash;
      const others = then && Object.entries(this.#tests).filter(isOther);
      this.#changed.set(id, others && new Set(others.map(([test]) => test)));
    }
    return this.#changed.get(id);
  }

  #hash(text) {
    const known = this.#hashes.get(text) ?? hashOf(text);
    this.#hashes.set(text, known);
    return known;
  }
}

/** A test is another one when a file of the tests that it imports is. */
const hashOfTest = (root, test) =>
  hashOf(
    [...distancesFrom(root, test).keys()]
      .filter((file) => file.startsWith('test/'))
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join('\0'),
  );
