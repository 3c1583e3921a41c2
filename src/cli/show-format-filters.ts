import type { FilterRow } from '../observe/shown.js';
import { type Column, formatSeconds } from './table.js';

/** The filters as a table, the conditions in the words of `filter add`. */
export const FILTERS: readonly Column<FilterRow>[] = [
  { title: 'router', cell: (row) => row.router },
  { title: 'name', cell: (row) => row.name },
  { title: 'in', cell: (row) => row.in ?? '-' },
  { title: 'out', cell: (row) => row.out ?? '-' },
  { title: 'match', cell: (row) => matchOf(row) },
  { title: 'action', cell: (row) => (row.with === null ? row.action : `${row.action} ${row.with}`) },
  {
    title: 'matched',
    cell: (row) => (row.limit === null ? row.matched : `${row.matched} of ${row.limit}`),
    align: 'right',
  },
  {
    title: 'expires',
    cell: (row) => (row.expiresSeconds === null ? '-' : formatSeconds(row.expiresSeconds)),
    align: 'right',
  },
  { title: 'origin', cell: (row) => row.origin },
];

const matchOf = ({ match, probability }: FilterRow): string => {
  const words = Object.entries(match).map(
    ([name, value]) => `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${value}`,
  );
  if (probability < 1) words.push(`probability ${Number((probability * 100).toPrecision(9))}%`);
  return words.join(' ') || 'everything';
};
