import { z } from 'zod';
import { isFault } from '../text/fault.js';
import { nearest } from '../text/nearest.js';
import { listFix, mappingFix, singleFix } from './collection-fix.js';
import type { FileDraft } from './draft.js';
import { leafFault } from './leaf-fault.js';
import type { Report } from './problem-report.js';
import { fileSchema } from './schema.js';
import type { Entry, Mapping, Path, Scalar, Tree } from './tree.js';

/**
 * Reads a whole tree by the schema: errors go into the report, everything else into the draft.
 *
 * zod stops at the first level that has an error; here every leaf is validated on its own.
 */
export const readTree = (tree: Tree, report: Report): FileDraft =>
  new TreeReader(report).read(fileSchema, tree, []) as FileDraft;

class TreeReader {
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  read(schema: z.core.$ZodType, tree: Tree, path: Path): unknown {
    const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
    if (inner instanceof z.ZodObject) return this.#readObject(inner, tree, path);
    if (inner instanceof z.ZodRecord) return this.#readRecord(inner, tree, path);
    if (inner instanceof z.ZodArray) return this.#readArray(inner, tree, path);
    if (inner instanceof z.ZodUnion) return this.read(optionFor(tree, inner), tree, path);
    return this.#readLeaf(inner, tree, path);
  }

  #readObject(schema: z.ZodObject, tree: Tree, path: Path): unknown {
    const known: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
    if (tree.kind !== 'mapping') return this.#refuseKind('a mapping', mappingFix(known, tree), tree, path);
    const read: Record<string, unknown> = {};
    for (const [key, entry] of tree.entries) {
      const inner = Object.hasOwn(known, key) ? known[key] : undefined;
      if (inner === undefined) this.#refuseKey(key, Object.keys(known), entry, [...path, key]);
      else read[key] = this.read(inner, entry.value, [...path, key]);
    }
    for (const [key, inner] of Object.entries(known))
      if (!(inner instanceof z.ZodOptional) && !tree.entries.has(key))
        this.#refuseMissing(key, inner, tree, path);
    return read;
  }

  #readRecord(schema: z.ZodRecord, tree: Tree, path: Path): unknown {
    if (tree.kind !== 'mapping')
      return this.#refuseKind('a mapping of names', 'write names, each with its own keys', tree, path);
    const read = new Map<string, unknown>();
    for (const [key, { value }] of tree.entries) {
      const inside = [...path, key];
      const fault = leafFault(schema.keyType, key);
      if (isFault(fault))
        this.#report.errorAtKey(
          fault.fault === 'E-TYPE' ? 'E-KEY' : fault.fault,
          inside,
          fault.message,
          fault.fix,
        );
      read.set(key, this.read(schema.valueType, value, inside));
    }
    return read;
  }

  #readArray(schema: z.ZodArray, tree: Tree, path: Path): unknown {
    if (tree.kind !== 'sequence')
      return this.#refuseKind('a list', listFix(schema.element, tree), tree, path);
    const wanted = lengthWanted(schema, tree.items.length);
    if (wanted !== undefined) {
      this.#report.error('E-RANGE', path, `the list has ${tree.items.length} entries`, `write ${wanted}`);
      return undefined;
    }
    return tree.items.map((item, at) => this.read(schema.element, item, [...path, at]));
  }

  #readLeaf(schema: z.core.$ZodType, tree: Tree, path: Path): unknown {
    if (tree.kind !== 'scalar')
      return this.#refuseKind('a single value', singleFix(schema, tree), tree, path);
    const read = leafFault(schema, inputOf(schema, tree));
    if (!isFault(read)) return read;
    const key = path.findLast((step) => typeof step === 'string') ?? 'the file';
    const isAbout = read.fault === 'E-TYPE' || read.fault === 'E-MTU' || read.fault === 'E-RANGE';
    const isEmpty = tree.value === null && tree.source === '';
    const message = isEmpty ? `\`${key}\` is empty` : `${isAbout ? `\`${key}\`: ` : ''}${read.message}`;
    this.#report.error(read.fault, path, message, read.fix);
    return undefined;
  }

  #refuseKey(key: string, known: readonly string[], { place }: Entry, path: Path): void {
    const meant = this.#report.nearest(key, known);
    this.#report.at(
      place,
      'E-KEY',
      path,
      `unknown key \`${key.slice(0, 80)}\``,
      meant === undefined ? `remove it; known keys: ${known.join(', ')}` : `did you mean \`${meant}\`?`,
    );
  }

  #refuseMissing(key: string, schema: z.core.$ZodType, tree: Mapping, path: Path): void {
    // A misspelt key has already been reported, with the right spelling.
    for (const found of tree.entries.keys())
      if (nearest(found, [key]) === key && this.#report.isFaulty(...path, found)) return;
    const [only, ...others] = schema instanceof z.ZodLiteral ? [...schema.values] : [];
    const isOnly = only !== undefined && others.length === 0;
    this.#report.errorAtKey(
      'E-KEY',
      [...path, key],
      `\`${key}\` is missing`,
      isOnly ? `add \`${key}: ${only}\`` : `add the key \`${key}\``,
    );
  }

  #refuseKind(wanted: string, fix: string, tree: Tree, path: Path): undefined {
    const key = path.findLast((step) => typeof step === 'string') ?? 'the file';
    const found =
      tree.kind === 'mapping'
        ? 'a mapping'
        : tree.kind === 'sequence'
          ? 'a list'
          : tree.value === null
            ? 'empty'
            : `\`${tree.source.slice(0, 40)}\``;
    const about = typeof path.at(-1) === 'number' ? `an entry of \`${key}\`` : `\`${key}\``;
    this.#report.error('E-TYPE', path, `${about} is ${found}, not ${wanted}`, fix);
    return undefined;
  }
}

/** The option of a union that a tree was meant for: a list, a section, or else a single value, which comes first. */
const optionFor = (tree: Tree, { options }: z.ZodUnion): z.core.$ZodType => {
  const isMeant = (option: z.core.$ZodType): boolean =>
    (tree.kind === 'sequence' && option instanceof z.ZodArray) ||
    (tree.kind === 'mapping' && option instanceof z.ZodObject);
  return options.find(isMeant) ?? options[0]!;
};

/** A text with its own grammar gets numbers as written; everything else gets the value that YAML reads. */
const inputOf = (schema: z.core.$ZodType, { value, source }: Scalar): unknown =>
  schema instanceof z.ZodPipe && typeof value === 'number' ? source : value;

/** How many items a list should have, if it has too few or too many. */
const lengthWanted = (schema: z.ZodArray, length: number): string | undefined => {
  for (const check of schema.def.checks ?? []) {
    if (check instanceof z.core.$ZodCheckMinLength && length < check._zod.def.minimum)
      return `at least ${check._zod.def.minimum}`;
    if (check instanceof z.core.$ZodCheckMaxLength && length > check._zod.def.maximum)
      return `at most ${check._zod.def.maximum}`;
  }
  return undefined;
};
