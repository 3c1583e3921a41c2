import type { Selection } from '../control/rows.js';
import { Failure } from '../failure.js';

/** What of a subject is asked for: `?router=r1&prefix=10.0.0.0/8&limit=100`. */
export interface Asked extends Selection {
  readonly prefix: string | undefined;
}

/** Reads what of a subject is asked for; throws a `Failure` (2) about what means nothing, or does not fit. */
export const selectionOf = (subject: string, query: Readonly<Record<string, string>>): Asked => {
  const { router, prefix, limit, ...rest } = query;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined)
    throw new Failure(2, `unknown parameter ${unknown}`, 'one of router prefix limit');
  if (limit !== undefined && !/^\d{1,9}$/.test(limit))
    throw new Failure(2, `limit=${limit}`, 'write a whole number, such as limit=100');
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
