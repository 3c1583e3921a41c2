import { RouteTable, type SharedTable } from './route-table.js';

type Key = string | number;
type Entry = readonly [key: Key, value: unknown];
type Kind = 'map' | 'list' | 'record' | 'table';

/** A part of a value on its way to another thread, small enough to be taken in at once. */
export type Piece =
  | { readonly is: 'entries'; readonly entries: readonly Entry[] }
  | { readonly is: 'begin'; readonly kind: Kind; readonly key: Key }
  | { readonly is: 'end' }
  | { readonly is: 'table'; readonly at: number; readonly key: Key };

/** So many values are taken in at once: a quarter of a millisecond. */
const MOST_VALUES = 256;
/** So many characters of a text count as one value. */
const CHARACTERS = 64;

/**
 * Plain data in pieces, which `Arrival` puts together again.
 *
 * A table of routes keeps its arrays, which threads share; one that is among `known` is only named. Those that are not
 * are added there.
 */
export function* piecesOf(value: unknown, known: RouteTable[]): Generator<Piece, void> {
  yield* piecesOfEntries([['value', value]], known);
}

/** Puts data together that comes in pieces; `known` are the tables that its sender knows, too. */
export class Arrival {
  readonly #known: RouteTable[];
  /** What is not complete yet, the innermost last. */
  readonly #open: Unfinished[] = [{ kind: 'record', key: '', entries: {} }];

  constructor(known: readonly RouteTable[]) {
    this.#known = [...known];
  }

  /** The value, once the last piece was taken. */
  get value(): unknown {
    const [whole] = this.#open;
    return whole?.kind === 'record' ? whole.entries.value : undefined;
  }

  take(piece: Piece): void {
    if (piece.is === 'entries') for (const [key, value] of piece.entries) this.#put(key, value);
    else if (piece.is === 'begin') this.#open.push(emptyOf(piece.kind, piece.key));
    else if (piece.is === 'table') this.#put(piece.key, this.#known[piece.at]);
    else this.#end();
  }

  #put(key: Key, value: unknown): void {
    const into = this.#open.at(-1)!;
    if (into.kind === 'map') into.entries.set(key, value);
    else if (into.kind === 'list') into.entries.push(value);
    else into.entries[key] = value;
  }

  #end(): void {
    const { kind, key, entries } = this.#open.pop()!;
    if (kind !== 'table') return this.#put(key, entries);
    const table = RouteTable.of(entries as unknown as SharedTable);
    this.#known.push(table);
    this.#put(key, table);
  }
}

type Unfinished = { readonly key: Key } & (
  | { readonly kind: 'map'; readonly entries: Map<Key, unknown> }
  | { readonly kind: 'list'; readonly entries: unknown[] }
  | { readonly kind: 'record' | 'table'; readonly entries: Record<Key, unknown> }
);

const emptyOf = (kind: Kind, key: Key): Unfinished =>
  kind === 'map'
    ? { kind, key, entries: new Map() }
    : kind === 'list'
      ? { kind, key, entries: [] }
      : { kind, key, entries: {} };

function* piecesOfEntries(all: Iterable<Entry>, known: RouteTable[]): Generator<Piece, void> {
  let entries: Entry[] = [];
  let weight = 0;
  for (const entry of all) {
    const more = weightOf(entry[1], MOST_VALUES + 1);
    if (weight + more > MOST_VALUES && entries.length > 0) {
      yield { is: 'entries', entries };
      entries = [];
      weight = 0;
    }
    const parts = more > MOST_VALUES ? partsOf(entry[1]) : undefined;
    if (parts !== undefined) yield* piecesOfOne(entry, parts, known);
    else {
      entries.push(entry);
      weight += more;
    }
  }
  if (entries.length > 0) yield { is: 'entries', entries };
}

function* piecesOfOne(
  [key, value]: Entry,
  [kind, parts]: Parts,
  known: RouteTable[],
): Generator<Piece, void> {
  const at = known.indexOf(value as RouteTable);
  if (at >= 0) return yield { is: 'table', at, key };
  yield { is: 'begin', kind, key };
  yield* piecesOfEntries(parts, known);
  yield { is: 'end' };
  if (value instanceof RouteTable) known.push(value);
}

type Parts = readonly [Kind, Iterable<Entry>];

/** What something consists of; undefined for a single value. */
const partsOf = (value: unknown): Parts | undefined => {
  if (value instanceof RouteTable) return ['table', Object.entries(value.shared)];
  if (value instanceof Map) return ['map', value];
  if (Array.isArray(value)) return ['list', value.entries()];
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined;
  return ['record', Object.entries(value)];
};

/** How many values something is, counted up to `most`. A table always counts for too many: it is no plain data. */
const weightOf = (value: unknown, most: number): number => {
  if (value instanceof RouteTable) return most;
  if (typeof value === 'string') return 1 + Math.floor(value.length / CHARACTERS);
  let weight = 1;
  for (const [, each] of partsOf(value)?.[1] ?? []) {
    if (weight >= most) return most;
    weight += weightOf(each, most - weight);
  }
  return weight;
};
