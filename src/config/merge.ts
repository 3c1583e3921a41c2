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
    if (!base.has(key)) result.set(key, value);
    else if (current.has(key)) result.set(key, merged(was, value, current.get(key)));
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

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value));
