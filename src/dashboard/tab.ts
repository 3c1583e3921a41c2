import { count } from './format.js';
import type { Cell, Column } from './table.js';
import type { View } from './view.js';

/** One of the tables about what is selected. */
export interface Tab {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly empty: string;
  /** Its rows now; a promise where the server must be asked. */
  readonly rows: (view: View) => readonly Row[] | Promise<readonly Row[]>;
}

/** The cells of a row, one a column. */
export type Row = readonly Cell[];

/** Columns of words. */
export const text = (...titles: readonly string[]): Column[] =>
  titles.map((title) => ({ title, isWhole: true }));

/** Columns of numbers. */
export const numbers = (...titles: readonly string[]): Column[] =>
  titles.map((title) => ({ title, isNumber: true }));

/** Whether something is up. */
export const stateOf = (isUp: boolean): Cell => (isUp ? 'up' : { text: 'down', class: 'warn' });

/** A count that should be zero. */
export const lossCell = (lost: number): Cell => ({ text: count(lost), class: lost > 0 ? 'warn' : '' });
