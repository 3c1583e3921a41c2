import type { ProblemCode } from '../text/fault.js';
import { nearest } from '../text/nearest.js';
import { printable } from '../text/printable.js';
import type { Problem } from './configuration.js';
import { formatPath, type Path, type Place, placeIn, type Tree } from './tree.js';

/** How many problems of each severity are kept; the others are only counted. */
const MOST_KEPT = 10_000;
/** How many words a misspelt one is compared with, in a whole file: enough for every file that a person reads. */
const MOST_COMPARED = 200_000;
/** Longer messages and paths are cut: only names that nobody can read are that long. */
const LONGEST_TEXT = 500;

/** A part of the file in which there is an error; its parts, by key or position. */
type Faulty = Map<string | number, Faulty>;

/** A place in another file than the configuration, and the line there. */
export interface ElsewherePlace extends Place {
  readonly file: string;
  readonly excerpt: string;
}

/** The problems found in one file so far, and the parts of it that are therefore unreliable. */
export class Report {
  readonly #file: string;
  #tree: Tree | undefined;
  readonly #kept = { error: new Map<string, Problem>(), warning: new Map<string, Problem>() };
  readonly #excerpts = new Map<Problem, string>();
  #faulty: Faulty | undefined;
  #omitted = 0;
  #compared = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Finds the places of paths in a tree from now on; before, only `at` reports a place. */
  locateIn(tree: Tree): void {
    this.#tree = tree;
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

  /** Adds an error, or a warning, at a known place, perhaps in another file that the path refers to. */
  at(
    place: Place | ElsewherePlace,
    code: ProblemCode,
    path: Path,
    message: string,
    fix: string,
    severity: Problem['severity'] = 'error',
  ): void {
    this.#add(place, severity, code, path, message, fix);
    if (severity === 'warning') return;
    this.#faulty ??= new Map();
    let here = this.#faulty;
    for (const step of path) {
      const inner = here.get(step) ?? new Map();
      here.set(step, inner);
      here = inner;
    }
  }

  /** Counts problems of which no more is known. */
  omit(count: number): void {
    this.#omitted += count;
  }

  /** Whether there is an error at a path or anywhere below it; consequences of it are not reported. */
  isFaulty(...path: Path): boolean {
    let here = this.#faulty;
    for (const step of path) here = here?.get(step);
    return here !== undefined;
  }

  get hasErrors(): boolean {
    return this.#faulty !== undefined;
  }

  /** The problems that were kept, in file order, those in other files behind, file by file. */
  get problems(): readonly Problem[] {
    const { error, warning } = this.#kept;
    const isElsewhere = ({ file }: Problem): number => (file === this.#file ? 0 : 1);
    return [...error.values(), ...warning.values()].sort(
      (a, b) =>
        isElsewhere(a) - isElsewhere(b) ||
        a.file.localeCompare(b.file) ||
        a.line - b.line ||
        a.column - b.column,
    );
  }

  /** How many problems there are besides. */
  get omitted(): number {
    return this.#omitted;
  }

  /** The lines that problems in other files are about. */
  get excerpts(): ReadonlyMap<Problem, string> {
    return this.#excerpts;
  }

  /** The candidate that a misspelt word most likely means; undefined if none is close, or too many were compared. */
  nearest(word: string, candidates: Iterable<string>): string | undefined {
    if (this.#compared >= MOST_COMPARED) return undefined;
    const known = [...candidates];
    this.#compared += known.length;
    return nearest(word, known);
  }

  #placeOf(path: Path, at: 'key' | 'value'): Place {
    return this.#tree === undefined ? { line: 1, column: 1 } : placeIn(this.#tree, path, at);
  }

  /** The same mistake at the same place is reported once, however often an alias repeats it. */
  #add(
    place: Place | ElsewherePlace,
    severity: Problem['severity'],
    code: ProblemCode,
    path: Path,
    message: string,
    fix: string,
  ): void {
    const kept = this.#kept[severity];
    if (kept.size >= MOST_KEPT) {
      this.#omitted += 1;
      return;
    }
    const { line, column } = place;
    const file = 'file' in place ? place.file : this.#file;
    const text = shortened(message);
    const key = `${file}:${line}:${column} ${code} ${text}`;
    if (kept.has(key)) return;
    const problem = {
      file,
      line,
      column,
      severity,
      code,
      path: shortened(formatPath(path)),
      message: text,
      fix: shortened(fix),
    };
    kept.set(key, problem);
    if ('excerpt' in place) this.#excerpts.set(problem, place.excerpt);
  }
}

const shortened = (text: string): string =>
  printable(text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text);
