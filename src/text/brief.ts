import { printable } from './printable.js';

/** So many characters of a text are shown. */
const MOST = 100;

/** What a stranger has sent, as a message names it: safe to print and short, of whatever kind, depth and length it is. */
export const brief = (value: unknown): string => {
  if (typeof value === 'string')
    return `'${printable(value.length > MOST ? `${value.slice(0, MOST)}…` : value)}'`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
};
