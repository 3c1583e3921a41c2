import { sameItems } from '../same-items.js';

/**
 * A three-way merge of plain data: what differs between `base` and `next` becomes as in `next`, all else stays as in
 * `current`.
 *
 * Maps are merged by name and records by key, in the order of `next`; what only `current` has follows. Lists, and
 * objects of a class, are whole values, the latter the same only if they are one.
 */
export const merge = <Value>(base: Value, next: Value, current: Value): Value =>
  // What is merged has one shape; each step down is checked to have it, too.
  merged(base, next, current) as Value;

const merged = (base: unknown, next: unknown, current: unknown): unknown => {
  if (isEqual(base, next)) return current;
  if (isEqual(base, current)) return next;
  if (base instanceof Map && next instanceof Map && current instanceof Map)
    return mergedEntries(base, next, current);
  if (isRecord(base) && isRecord(next) && isRecord(current)) {
    const [was, is, now] = [base, next, current].map((each) => new Map(Object.entries(each)));
    return Object.fromEntries(mergedEntries(was!, is!, now!));
  }
  return next;
};

type Entries = ReadonlyMap<unknown, unknown>;

const mergedEntries = (base: Entries, next: Entries, current: Entries): Entries => {
  const result = new Map<unknown, unknown>();
  for (const [key, value] of next) {
    const was = base.get(key);
    if (current.has(key)) result.set(key, merged(was, value, current.get(key)));
    else if (!isEqual(was, value)) result.set(key, value);
  }
  for (const [key, value] of current) if (!base.has(key) && !next.has(key)) result.set(key, value);
  return result;
};

/** Whether two values say the same; the order of maps counts, since it is that of the file, that of records does not. */
export const isEqual = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each, at) => isEqual(each, b[at]));
  if (a instanceof Map && b instanceof Map) return isEqual([...a], [...b]);
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]))
  );
};

/** So many values, and items of lists, are compared at once: a quarter of a millisecond. */
const COMPARED_AT_ONCE = 128;

/**
 * A value with whatever says the same as in `before` taken from there, items of lists as a whole, so that whoever
 * compares the two is soon done; it yields again and again.
 */
export function* withKnownParts<Value>(before: Value, value: Value): Generator<void, Value> {
  // What is the same has one shape; what is not is made anew by the shape of `value`.
  return (yield* known(before, value, { compared: 0 })) as Value;
}

function* known(before: unknown, value: unknown, work: { compared: number }): Generator<void, unknown> {
  if (Object.is(before, value)) return before;
  work.compared += 1;
  if (work.compared % COMPARED_AT_ONCE === 0) yield;
  if (Array.isArray(before) && Array.isArray(value)) {
    const items: unknown[] = [];
    for (const [at, each] of value.entries()) {
      work.compared += 1;
      if (work.compared % COMPARED_AT_ONCE === 0) yield;
      items.push(isEqual(before[at], each) ? before[at] : each);
    }
    return sameItems(before, items) ? before : items;
  }
  if (before instanceof Map && value instanceof Map) {
    const entries = new Map<unknown, unknown>();
    for (const [key, each] of value) entries.set(key, yield* known(before.get(key), each, work));
    const isSame = sameItems([...before.keys()], [...entries.keys()]);
    return isSame && sameItems([...before.values()], [...entries.values()]) ? before : entries;
  }
  if (!isRecord(before) || !isRecord(value)) return value;
  const record: Record<string, unknown> = {};
  for (const key of Object.keys(value)) record[key] = yield* known(before[key], value[key], work);
  const keys = Object.keys(record);
  const isSame =
    keys.length === Object.keys(before).length && keys.every((key) => isSameIn(key, before, record));
  return isSame ? before : record;
}

const isSameIn = (
  key: string,
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): boolean => Object.hasOwn(a, key) && Object.is(a[key], b[key]);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value));
