import { type Colors, colors } from '../text/colors.js';

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
  { width = Number.POSITIVE_INFINITY, colors: paint = PLAIN }: TableStyle = {},
): string => {
  if (rows.length === 0) return 'none';
  const drawn = fitted(columns, rows, width);
  const cellOf = ({ column, widest }: Drawn<Row>, line: string, row: Row | undefined): string => {
    const text = cut(line, widest);
    const blanks = ' '.repeat(widest - text.length);
    const tone = row === undefined ? undefined : column.tone?.(row);
    const shown = tone === undefined ? text : painted(text, tone, paint);
    return column.align === 'right' ? blanks + shown : shown + blanks;
  };
  const linesOf = (row: Row | undefined, at: number): string[] => {
    const height = drawn.reduce((most, { texts }) => Math.max(most, texts[at]!.length), 1);
    return Array.from({ length: height }, (_, line) =>
      drawn
        .map((each) => cellOf(each, each.texts[at]![line] ?? '', row))
        .join(GAP)
        .trimEnd(),
    );
  };
  return [undefined, ...rows].flatMap(linesOf).join('\n');
};

const painted = (text: string, tone: Tone, paint: Colors): string => {
  const style = { bad: paint.red, odd: paint.yellow, good: paint.green, dim: paint.dim } as const;
  return style[tone](text);
};

/** A column as it is drawn: its title and its cells. */
interface Drawn<Row> {
  readonly column: Column<Row>;
  /** Each a list of lines; the first is of the title. */
  readonly texts: readonly (readonly string[])[];
  widest: number;
}

/** Shortens what can be said shorter, then leaves out what is least important, then cuts what is longest. */
const fitted = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): readonly Drawn<Row>[] => {
  const draw = (column: Column<Row>, cell: Column<Row>['cell']): Drawn<Row> => {
    const texts = [[column.title.toUpperCase()], ...rows.map((row) => linesIn(cell(row)))];
    let widest = 0;
    for (const lines of texts) for (const { length } of lines) widest = Math.max(widest, length);
    return { column, texts, widest };
  };
  let drawn = columns.map((column) => draw(column, column.cell));
  if (widthOf(drawn) > width) drawn = columns.map((column) => draw(column, column.short ?? column.cell));
  while (widthOf(drawn) > width) {
    const least = Math.max(...drawn.map(({ column }) => column.yields ?? 0));
    if (least === 0) break;
    drawn = drawn.filter(({ column }) => column.yields !== least);
  }
  for (let over = widthOf(drawn) - width; over > 0; over -= 1) {
    const longest = drawn.reduce((most, each) => (each.widest > most.widest ? each : most));
    if (longest.widest <= SHORTEST_CELL) break;
    longest.widest -= 1;
  }
  return drawn;
};

const linesIn = (cell: string | number | readonly string[]): readonly string[] =>
  typeof cell === 'object' ? cell : [String(cell)];

const widthOf = (drawn: readonly { readonly widest: number }[]): number =>
  drawn.reduce((sum, { widest }) => sum + widest, GAP.length * (drawn.length - 1));

/** A text of at most so many letters; the end of one that is longer is an ellipsis. */
export const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/** Breaks a line at blanks, so that none is longer, and indents what follows; a word that is too long is cut. */
export const folded = (line: string, width: number | undefined, indent = '  '): string => {
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
