import { type Colors, colors } from '../text/colors.js';
import { printable } from '../text/printable.js';

/** How a cell stands out: something is wrong, or lacks, or is beside the point. */
export type Tone = 'bad' | 'odd' | 'good' | 'dim';

/** One column of a table for a person. */
export interface Column<Row> {
  readonly title: string;
  /** A list stands below each other, on lines of their own: for tables of sentences. */
  readonly cell: (row: Row) => string | number | readonly string[];
  /** The same in fewer letters, where the table would be too wide. */
  readonly short?: (row: Row) => string | number;
  /** A table that is too wide even so goes without this column: the highest number first. Without one it stays. */
  readonly yields?: number;
  /** Numbers are aligned right. */
  readonly align?: 'left' | 'right';
  readonly tone?: (row: Row) => Tone | undefined;
}

/** What a table is drawn on. */
export interface TableStyle {
  /** In columns of the terminal; undefined where lines may have any length. */
  readonly width?: number | undefined;
  readonly colors?: Colors;
}

const GAP = '  ';
/** A cell is never cut shorter than this. */
const SHORTEST_CELL = 4;
const PLAIN = colors(false);

/** Aligned columns without borders, titles first, one row a line; `none` if there are no rows. */
export const formatTable = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  style: TableStyle = {},
): string => {
  if (rows.length === 0) return 'none';
  const layout = layoutFor(columns, rows, style);
  return [titles(layout), ...rows.map((row) => drawn(layout, row, style))].join('\n');
};

/** A column as it is drawn. */
interface Drawn<Row> {
  readonly column: Column<Row>;
  readonly cell: Column<Row>['cell'];
  widest: number;
  /** Whether there is no room for its longest cell. */
  isCut: boolean;
}

/** The columns of a table as they are drawn. */
export type Layout<Row> = readonly Drawn<Row>[];

/** The line of titles. */
export const titles = <Row>(layout: Layout<Row>): string =>
  layout
    .map(({ column, widest }) => aligned(column, cut(column.title.toUpperCase(), widest), widest))
    .join(GAP)
    .trimEnd();

/** The lines of a row. A cell longer than those that the layout was made for is cut only where these are, too. */
export const drawn = <Row>(layout: Layout<Row>, row: Row, { colors: paint = PLAIN }: TableStyle): string => {
  const texts = layout.map(({ cell }) => linesIn(cell(row)));
  const height = texts.reduce((most, { length }) => Math.max(most, length), 1);
  const lines: string[] = [];
  for (let line = 0; line < height; line += 1)
    lines.push(
      layout
        .map(({ column, widest, isCut }, at) => {
          const whole = texts[at]![line] ?? '';
          const text = isCut ? cut(whole, widest) : whole;
          const tone = column.tone?.(row);
          return aligned(column, text, widest, tone === undefined ? text : painted(text, tone, paint));
        })
        .join(GAP)
        .trimEnd(),
    );
  return lines.join('\n');
};

/** A text in its column, and blanks; `shown` is the text with its color. */
const aligned = <Row>({ align }: Column<Row>, text: string, widest: number, shown = text): string => {
  const blanks = ' '.repeat(Math.max(0, widest - text.length));
  return align === 'right' ? blanks + shown : shown + blanks;
};

const painted = (text: string, tone: Tone, paint: Colors): string => {
  const style = { bad: paint.red, odd: paint.yellow, good: paint.green, dim: paint.dim } as const;
  return style[tone](text);
};

/** Shortens what can be said shorter, then leaves out what is least important, then cuts what is longest. */
export const layoutFor = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { width = Number.POSITIVE_INFINITY }: TableStyle,
): Layout<Row> => {
  const draw = (column: Column<Row>, cell: Column<Row>['cell']): Drawn<Row> => {
    let widest = column.title.length;
    for (const row of rows) for (const { length } of linesIn(cell(row))) widest = Math.max(widest, length);
    return { column, cell, widest, isCut: false };
  };
  let layout = columns.map((column) => draw(column, column.cell));
  if (widthOf(layout) > width) layout = columns.map((column) => draw(column, column.short ?? column.cell));
  while (widthOf(layout) > width) {
    const least = Math.max(...layout.map(({ column }) => column.yields ?? 0));
    if (least === 0) break;
    layout = layout.filter(({ column }) => column.yields !== least);
  }
  for (let over = widthOf(layout) - width; over > 0; over -= 1) {
    const longest = layout.reduce((most, each) => (each.widest > most.widest ? each : most));
    if (longest.widest <= SHORTEST_CELL) break;
    longest.widest -= 1;
    longest.isCut = true;
  }
  return layout;
};

/** Safe to print, whoever has chosen the text: the name of a file may be what a client of the lab said. */
const linesIn = (cell: string | number | readonly string[]): readonly string[] =>
  typeof cell === 'object'
    ? cell.map(printable)
    : [typeof cell === 'number' ? String(cell) : printable(cell)];

const widthOf = (drawn: readonly { readonly widest: number }[]): number =>
  drawn.reduce((sum, { widest }) => sum + widest, GAP.length * (drawn.length - 1));

/** A text of at most so many letters; the end of one that is longer is an ellipsis. */
export const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/**
 * Breaks a line at blanks, so that none is longer, and indents what follows; a word that is too long is cut. The line is
 * safe to print afterwards, and so has no colors before.
 */
export const folded = (raw: string, width: number | undefined, indent = '  '): string => {
  const line = printable(raw);
  if (width === undefined || line.length <= width) return line;
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current.trim() !== '' && current.length + 1 + word.length > width) {
      lines.push(current);
      current = `${indent}${word}`;
    } else current = lines.length === 0 && current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current].map((each) => cut(each, width)).join('\n');
};

/** 1234567 octets are `1.2 MB`. */
export const formatOctets = (octets: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
  let value = octets;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
};

/** 3725 seconds are `1h 2m 5s`. */
export const formatSeconds = (seconds: number): string => {
  if (seconds < 60) return `${seconds.toFixed(1)}s`;
  const whole = Math.floor(seconds);
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ');
};
