import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  parseAllDocuments,
} from 'yaml';
import type { Report } from './problem-report.js';
import type { Entry, Path, Place, Tree } from './tree.js';

const LONGEST_TEXT = 1_000_000;
/** How deeply brackets, or indicators on one line, may nest. */
const DEEPEST_NESTING = 50;
const DEEPEST_INDENT = 200;
/** How many values a file may contain once aliases are expanded. */
const MOST_VALUES = 100_000;

/**
 * Reads YAML 1.2 into a tree; undefined if the file cannot be read, for reasons given in the report.
 *
 * One document, plain values, no tags, and a bound on everything that could make a small file large.
 */
export const parseYaml = (text: string, report: Report): Tree | undefined => {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.max(0, offset));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const refuse = (place: Place, message: string, fix: string): undefined => {
    report.at(place, 'E-YAML', [], message, fix);
    return undefined;
  };

  const tooMuch = excessOf(text);
  if (tooMuch !== undefined)
    return refuse(
      { line: 1, column: 1 },
      tooMuch,
      'shorten it; a long list of routes may stand in a file of its own',
    );
  // Keys are compared here, in linear time, for the sake of the message and of long files.
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    version: '1.2',
    uniqueKeys: false,
  });
  const [document, second] = documents;
  for (const each of documents)
    for (const { pos, message } of [...each.errors, ...each.warnings])
      refuse(placeAt(pos[0]), `not valid YAML: ${lowerFirst(message)}`, 'correct the text at the marker');
  if (report.hasErrors) return undefined;
  if (document === undefined)
    return refuse(
      { line: 1, column: 1 },
      'the file is empty',
      'write a configuration, or create one with `tunpike init`',
    );
  if (second !== undefined)
    return refuse(
      placeAt(second.range[0]),
      'a second document in one file',
      'remove the second one: each lab needs its own file',
    );
  const { yaml } = document.directives;
  if (yaml.explicit === true && yaml.version !== '1.2')
    return refuse(
      { line: 1, column: 1 },
      `YAML version ${yaml.version} is not supported`,
      'remove the line that begins with %YAML',
    );

  const tree = new TreeBuilder(document, placeAt, report).build();
  if (tree === undefined) return undefined;
  if (tree.kind === 'mapping') return tree;
  return refuse(
    tree.place,
    'the file is not a mapping',
    'write keys and values, or create a configuration with `tunpike init`',
  );
};

class TreeBuilder {
  readonly #document: Document.Parsed;
  readonly #placeAt: (offset: number) => Place;
  readonly #report: Report;
  /** The collections that are being read. */
  readonly #open = new Set<unknown>();
  /** Filled in file order, so that an alias finds the nearest anchor before it. */
  readonly #anchors = new Map<string, unknown>();
  #values = 0;
  /** The tree is incomplete, so further checks would only mislead. */
  #isBroken = false;

  constructor(document: Document.Parsed, placeAt: (offset: number) => Place, report: Report) {
    this.#document = document;
    this.#placeAt = placeAt;
    this.#report = report;
  }

  build(): Tree | undefined {
    const tree = this.#treeOf(this.#document.contents, [], 0);
    return this.#isBroken ? undefined : tree;
  }

  #treeOf(node: unknown, path: Path, offset: number): Tree {
    const start = rangeStart(node) ?? offset;
    const place = this.#placeAt(start);
    const nothing: Tree = { kind: 'scalar', place, value: null, source: '' };
    this.#values += 1;
    if (this.#values > MOST_VALUES) {
      if (this.#values === MOST_VALUES + 1)
        this.#refuse(
          place,
          [],
          `the file has more than ${MOST_VALUES} values, those of aliases included`,
          'use fewer aliases, or a file of routes: `routes: [{ file: table.txt }]`',
        );
      this.#isBroken = true;
      return nothing;
    }
    if (isAlias(node)) {
      const anchored = this.#anchors.get(node.source);
      if (anchored !== undefined && !this.#open.has(anchored)) return this.#treeOf(anchored, path, start);
      const message = anchored === undefined ? 'has no anchor before it' : 'is inside its own anchor';
      this.#isBroken = true;
      this.#refuse(place, path, `the alias \`*${node.source}\` ${message}`, 'write the value itself');
      return nothing;
    }
    if (isNode(node) && 'anchor' in node && node.anchor !== undefined)
      this.#anchors.set(String(node.anchor), node);
    if (isScalar(node)) return { kind: 'scalar', place, ...plainOf(node.value, node.source) };
    this.#open.add(node);
    try {
      if (isSeq(node)) {
        const items = node.items.map((item, at) => this.#treeOf(item, [...path, at], start));
        return { kind: 'sequence', place, items };
      }
      if (!isMap(node)) return nothing;
      const entries = new Map<string, Entry>();
      for (const { key, value } of node.items) this.#addEntry(entries, key, value, path, start);
      return { kind: 'mapping', place, entries };
    } finally {
      this.#open.delete(node);
    }
  }

  #addEntry(entries: Map<string, Entry>, key: unknown, value: unknown, path: Path, offset: number): void {
    const start = rangeStart(key) ?? offset;
    const place = this.#placeAt(start);
    if (!isScalar(key) || key.value === null)
      return this.#refuse(place, path, 'the key is not plain text', 'write keys as NAME: VALUE');
    const name = key.source ?? String(key.value);
    const known = entries.get(name);
    if (known !== undefined)
      return this.#refuse(
        place,
        [...path, name],
        `the key \`${name}\` is repeated; it first appears on line ${known.place.line}`,
        'remove one of them',
      );
    entries.set(name, { place, value: this.#treeOf(value, [...path, name], start) });
  }

  #refuse(place: Place, path: Path, message: string, fix: string): void {
    this.#report.at(place, 'E-YAML', path, message, fix);
  }
}

const plainOf = (
  value: unknown,
  source: string | undefined,
): { value: string | number | boolean | null; source: string } => {
  if (value === null || typeof value === 'number' || typeof value === 'boolean')
    return { value, source: source ?? '' };
  const text = String(value);
  return { value: text, source: source ?? text };
};

const rangeStart = (node: unknown): number | undefined =>
  typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? Number(node.range[0])
    : undefined;

/** What in a text exceeds what the parser can handle, far beyond what any lab needs. */
const excessOf = (text: string): string | undefined => {
  if (text.length > LONGEST_TEXT) return `the file is longer than ${LONGEST_TEXT} characters`;
  let brackets = 0;
  let indicators = 0;
  let isLineStart = true;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') brackets += 1;
    else if (token === ']' || token === '}') brackets = Math.max(0, brackets - 1);
    else if (token === '-' || token === '?') indicators += 1;
    else if (/^[\r\n]/.test(token)) indicators = 0;
    else if (isLineStart && /^ {2}/.test(token) && token.trim() === '' && token.length > DEEPEST_INDENT)
      return `the file is indented by more than ${DEEPEST_INDENT} spaces`;
    isLineStart = /^[\r\n]/.test(token);
    if (brackets > DEEPEST_NESTING || indicators > DEEPEST_NESTING) return 'the file is nested too deeply';
  }
  return undefined;
};

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
