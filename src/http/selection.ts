import { Failure } from '../failure.js';
import { OF_WHOLE_LAB, type ShowWhat } from '../observe/shown.js';
import { withOnly } from './known-parameters.js';

/** What of a subject is asked for: `?router=r1&prefix=10.0.0.0/8&limit=100`. */
export interface Selection {
  readonly keeps: (row: unknown) => boolean;
  readonly limit: number;
  readonly prefix: string | undefined;
}

/** Reads what of a subject is asked for; throws a `Failure` (2) about what means nothing, or does not fit. */
export const selectionOf = (
  subject: ShowWhat,
  query: Readonly<Record<string, string>>,
  routers: () => readonly string[],
): Selection => {
  const { router, prefix, limit } = withOnly(['router', 'prefix', 'limit'], query);
  if (limit !== undefined && !/^\d{1,9}$/.test(limit))
    throw new Failure(2, `limit=${limit}`, 'write a whole number, such as limit=100');
  if (limit !== undefined && (subject === 'status' || subject === 'config'))
    throw new Failure(2, `${subject} is no list, and has no limit`, `ask for /api/${subject}`);
  if (router !== undefined) {
    if (OF_WHOLE_LAB.has(subject))
      throw new Failure(2, `${subject} is of the whole lab, not of a router`, `ask for /api/${subject}`);
    const all = routers();
    if (!all.includes(router))
      throw new Failure(2, `there is no router '${router}'`, `the routers: ${all.join(' ')}`);
  }
  if (prefix !== undefined && subject !== 'routes')
    throw new Failure(2, `${subject} have no prefix`, 'only routes have: /api/routes?prefix=10.0.0.0/8');
  return {
    prefix,
    limit: limit === undefined ? Number.POSITIVE_INFINITY : Number(limit),
    keeps: router === undefined ? () => true : (row) => isOf(router, row as Row),
  };
};

interface Row {
  readonly router?: string | null;
  readonly interface?: string | null;
  readonly owner?: string;
}

const isOf = (router: string, row: Row): boolean =>
  row.router === router || row.owner === router || row.interface?.startsWith(`${router}.`) === true;
