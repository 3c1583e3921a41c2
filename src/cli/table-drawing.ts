import { type Column, drawn, formatTable, type Layout, layoutFor, type TableStyle, titles } from './table.js';

/** So many rows say how wide the columns are. */
const FIRST_ROWS = 1000;

/** A table whose rows come some at a time: as one of {@link formatTable}, but the first rows give all their widths. */
export class TableDrawing<Row> {
  readonly #columns: readonly Column<Row>[];
  readonly #style: TableStyle;
  readonly #wanted: (rows: readonly Row[]) => readonly Row[];
  #first: Row[] = [];
  #layout: Layout<Row> | undefined;

  /** `wanted` leaves out the rows that are not to be seen. */
  constructor(
    columns: readonly Column<Row>[],
    style: TableStyle,
    wanted: (rows: readonly Row[]) => readonly Row[] = (rows) => rows,
  ) {
    this.#columns = columns;
    this.#style = style;
    this.#wanted = wanted;
  }

  /** The lines that some more rows give, each with its newline. */
  piece(rows: readonly Row[]): string {
    const wanted = this.#wanted(rows);
    if (this.#layout !== undefined) return this.#linesOf(this.#layout, wanted);
    for (const row of wanted) this.#first.push(row);
    if (this.#first.length < FIRST_ROWS) return '';
    this.#layout = layoutFor(this.#columns, this.#first, this.#style);
    const lines = `${titles(this.#layout)}\n${this.#linesOf(this.#layout, this.#first)}`;
    this.#first = [];
    return lines;
  }

  /** The same of what is left when all rows have come. */
  end(): string {
    return this.#layout === undefined ? `${formatTable(this.#columns, this.#first, this.#style)}\n` : '';
  }

  #linesOf(layout: Layout<Row>, rows: readonly Row[]): string {
    let lines = '';
    for (const row of rows) lines += `${drawn(layout, row, this.#style)}\n`;
    return lines;
  }
}
