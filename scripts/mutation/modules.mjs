import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile } from './compile.mjs';

/**
 * The files of the project, compiled once and loaded as often as somebody wants them as new.
 *
 * `outside` says what stands for a package: `vitest` has to be given, all others are imported.
 */
export class Modules {
  #compiled = new Map();
  #outside;
  #marked;

  /** Files in `marked` are compiled with marks. */
  constructor(outside, marked = new Set()) {
    this.#outside = new Map(Object.entries(outside));
    this.#marked = marked;
  }

  /** Compiles a file and all that it imports, and imports the packages. */
  async prepare(path) {
    if (this.#compiled.has(path)) return;
    const made = compile(readFileSync(path, 'utf8'), path, {
      marked: this.#marked.has(path),
      kept: true,
    });
    this.#compiled.set(path, made);
    for (const specifier of made.imports) {
      if (specifier.startsWith('.')) await this.prepare(pathOf(path, specifier));
      else if (!this.#outside.has(specifier)) this.#outside.set(specifier, await import(specifier));
    }
  }

  /** Files that were prepared, as nobody has loaded them yet; `mutant` is what `compile` made for one of them. */
  fresh(budget, { mutant, file, marks = new Map() } = {}) {
    const loaded = new Map();
    const load = (path) => {
      const known = loaded.get(path);
      if (known !== undefined) return known;
      const exports = {};
      loaded.set(path, exports);
      const { run } = path === file ? mutant : this.#compiled.get(path);
      const require = (specifier) =>
        specifier.startsWith('.') ? load(pathOf(path, specifier)) : this.#outside.get(specifier);
      run(exports, require, budget, marks.get(path), {
        dirname: dirname(path),
        filename: path,
        url: pathToFileURL(path).href,
      });
      return exports;
    };
    return load;
  }
}

const paths = new Map();
const pathOf = (from, specifier) => {
  const path = join(dirname(from), specifier);
  const known = paths.get(path);
  if (known !== undefined) return known;
  const source = path.replace(/\.js$/, '.ts');
  const found = existsSync(source) ? source : path;
  paths.set(path, found);
  return found;
};
