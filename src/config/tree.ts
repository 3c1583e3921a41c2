/** A place in a file; both count from 1, columns in UTF-16 units as editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The content of a YAML file with aliases resolved; every key and value has its place. */
export type Tree = Mapping | Sequence | Scalar;

export interface Mapping {
  readonly kind: 'mapping';
  readonly place: Place;
  /** In the order of the file. */
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  /** Where the key is. */
  readonly place: Place;
  readonly value: Tree;
}

interface Sequence {
  readonly kind: 'sequence';
  readonly place: Place;
  readonly items: readonly Tree[];
}

export interface Scalar {
  readonly kind: 'scalar';
  readonly place: Place;
  readonly value: string | number | boolean | null;
  /** As written, without quotes: `0660`, `0x10`. */
  readonly source: string;
}

/** The path from the top of a file to one of its values. */
export type Path = readonly (string | number)[];

/** A path as people write it: `routers.r1.routes[0].via`. */
export const formatPath = (path: Path): string =>
  path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');

/**
 * The place of the key or of the value at a path.
 *
 * If there is nothing at the path, the key of the nearest enclosing value; for an empty value, its key.
 */
export const placeIn = (tree: Tree, path: Path, at: 'key' | 'value'): Place => {
  let here: Tree = tree;
  let key: Place = firstPlace(tree);
  for (const step of path) {
    const entry: Entry | undefined = stepInto(here, step);
    if (entry === undefined) return key;
    key = entry.place;
    here = entry.value;
  }
  const isEmpty = here.kind === 'scalar' && here.value === null && here.source === '';
  return at === 'key' || isEmpty ? key : here.place;
};

const stepInto = (tree: Tree, step: string | number): Entry | undefined => {
  if (typeof step === 'string') return tree.kind === 'mapping' ? tree.entries.get(step) : undefined;
  const item = tree.kind === 'sequence' ? tree.items[step] : undefined;
  return item === undefined ? undefined : { place: item.place, value: item };
};

const firstPlace = (tree: Tree): Place => {
  if (tree.kind !== 'mapping') return tree.place;
  for (const { place } of tree.entries.values()) return place;
  return tree.place;
};
