/** One column of a table for a person. */
export interface Column<Row> {
  readonly title: string;
  /** A list stands below each other, on lines of their own. */
  readonly cell: (row: Row) => string | number | readonly string[];
  /** Numbers are aligned right. */
  readonly align?: 'left' | 'right';
}

const GAP = '  ';

/** Aligned columns without borders, titles first; `none` if there are no rows. */
export const formatTable = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string => {
  if (rows.length === 0) return 'none';
  const lines = [
    columns.map(({ title }) => title.toUpperCase()),
    ...rows.flatMap((row) => linesOf(columns.map(({ cell }) => cell(row)))),
  ];
  const widths = columns.map((_, at) =>
    lines.reduce((widest, cells) => Math.max(widest, cells[at]!.length), 0),
  );
  const padded = (text: string, at: number): string =>
    columns[at]!.align === 'right' ? text.padStart(widths[at]!) : text.padEnd(widths[at]!);
  return lines.map((cells) => cells.map(padded).join(GAP).trimEnd()).join('\n');
};

/** One line, and one more for each further item of a cell that is a list. */
const linesOf = (cells: readonly (string | number | readonly string[])[]): string[][] => {
  const lists = cells.map((cell) => (typeof cell === 'object' ? cell : [String(cell)]));
  const height = Math.max(1, ...lists.map(({ length }) => length));
  return Array.from({ length: height }, (_, at) => lists.map((list) => list[at] ?? ''));
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
