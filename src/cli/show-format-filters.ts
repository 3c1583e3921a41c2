import type { FilterRow } from '../observe/shown.js';
import { type Column, formatSeconds } from './table.js';

/** The filters as a table, the conditions in the words of `filter add`. */
export const FILTERS: readonly Column<FilterRow>[] = [
  { title: 'router', cell: (row) => row.router },
  { title: 'name', cell: (row) => row.name },
  { title: 'in', cell: (row) => row.in ?? '-', short: (row) => linkOf(row.in), yields: 1 },
  { title: 'out', cell: (row) => row.out ?? '-', short: (row) => linkOf(row.out), yields: 1 },
  { title: 'match', cell: (row) => matchOf(row), short: (row) => briefly(matchOf(row)) },
  {
    title: 'action',
    cell: (row) => (row.with === null ? row.action : `${row.action} ${row.with}`),
    short: (row) => row.with ?? row.action,
  },
  {
    title: 'matched',
    cell: (row) => (row.limit === null ? row.matched : `${row.matched} of ${row.limit}`),
    align: 'right',
  },
  {
    title: 'expires',
    cell: (row) => (row.expiresSeconds === null ? '-' : formatSeconds(row.expiresSeconds)),
    align: 'right',
    yields: 2,
  },
  { title: 'origin', cell: (row) => row.origin, yields: 3 },
];

/** The interface of a router that is named beside it. */
const linkOf = (name: string | null): string => (name === null ? '-' : (name.split('.').at(-1) ?? name));

/** As tcpdump's users say it. */
const briefly = (match: string): string =>
  match
    .replace('protocol ', '')
    .replaceAll('destination', 'dst')
    .replaceAll('source', 'src')
    .replaceAll('-port', ' port');

const matchOf = ({ match, probability }: FilterRow): string => {
  const words = Object.entries(match).map(
    ([name, value]) => `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${value}`,
  );
  if (probability < 1) words.push(`probability ${Number((probability * 100).toPrecision(9))}%`);
  return words.join(' ') || 'everything';
};
