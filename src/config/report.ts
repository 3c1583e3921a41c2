import type { ProblemCode } from '../text/fault.js';
import type { Problem } from './configuration.js';
import { formatPath, type Path, type Place, placeIn, type Tree } from './tree.js';

/** The problems found in one file so far, and the parts of it that are therefore unreliable. */
export class Report {
  readonly #file: string;
  readonly #tree: Tree | undefined;
  readonly #problems = new Map<string, Problem>();
  readonly #faulty = new Set<string>();

  /** Without a tree, only `at` reports a place. `before` are errors found earlier in the same file. */
  constructor(file: string, tree?: Tree, before: readonly Problem[] = []) {
    this.#file = file;
    this.#tree = tree;
    for (const problem of before) this.#problems.set(`${this.#problems.size}`, problem);
    if (before.length > 0) this.#faulty.add(keyOf([]));
  }

  /** Adds an error about the value at a path. */
  error(code: ProblemCode, path: Path, message: string, fix: string): void {
    this.at(this.#placeOf(path, 'value'), code, path, message, fix);
  }

  /** Adds an error about the key at a path, or about something missing below it. */
  errorAtKey(code: ProblemCode, path: Path, message: string, fix: string): void {
    this.at(this.#placeOf(path, 'key'), code, path, message, fix);
  }

  /** Adds a warning about the key or the value at a path. */
  warning(code: ProblemCode, path: Path, message: string, fix: string, at: 'key' | 'value' = 'key'): void {
    this.#add(this.#placeOf(path, at), 'warning', code, path, message, fix);
  }

  /** Adds an error at a known place. */
  at(place: Place, code: ProblemCode, path: Path, message: string, fix: string): void {
    this.#add(place, 'error', code, path, message, fix);
    for (let length = 0; length <= path.length; length += 1) this.#faulty.add(keyOf(path.slice(0, length)));
  }

  /** Whether there is an error at a path or anywhere below it; consequences of it are not reported. */
  isFaulty(...path: Path): boolean {
    return this.#faulty.has(keyOf(path));
  }

  get hasErrors(): boolean {
    return this.#faulty.size > 0;
  }

  /** All problems, in file order. */
  get problems(): readonly Problem[] {
    return [...this.#problems.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  #placeOf(path: Path, at: 'key' | 'value'): Place {
    return this.#tree === undefined ? { line: 1, column: 1 } : placeIn(this.#tree, path, at);
  }

  /** The same mistake at the same place is reported once, however often an alias repeats it. */
  #add(
    { line, column }: Place,
    severity: Problem['severity'],
    code: ProblemCode,
    path: Path,
    message: string,
    fix: string,
  ): void {
    const key = `${line}:${column} ${code} ${message}`;
    if (this.#problems.has(key)) return;
    const file = this.#file;
    this.#problems.set(key, { file, line, column, severity, code, path: formatPath(path), message, fix });
  }
}

const keyOf = (path: Path): string => JSON.stringify(path);
