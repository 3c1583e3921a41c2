import { Failure } from '../failure.js';

/** A query with nothing but parameters that something is done with; throws a `Failure` (2) about any other. */
export const withOnly = <Name extends string>(
  known: readonly Name[],
  query: Readonly<Record<string, string>>,
): Readonly<Partial<Record<Name, string>>> => {
  const unknown = Object.keys(query).find((name) => !(known as readonly string[]).includes(name));
  if (unknown === undefined) return query as Partial<Record<Name, string>>;
  const fix = known.length === 0 ? 'leave it out: there is none' : `one of ${known.join(' ')}`;
  throw new Failure(2, `unknown parameter ${unknown}`, fix);
};
