import { make, setText } from './element.js';

/** A column: its title, and whether it holds numbers. */
export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
  /** Short text that is not broken. */
  readonly isWhole?: boolean;
}

/** A text, or a text with what it means. */
export type Cell =
  | string
  | {
      readonly text: string;
      /** `warn` for what is wrong, `good`, `dim` for what is not in use; `line0` … for the colour of a line. */
      readonly class?: string;
      readonly title?: string;
    };

/** A table that is filled again and again: what has not changed is not touched. */
export class Table {
  readonly element: HTMLElement;
  readonly #body: HTMLTableSectionElement;
  readonly #empty: HTMLParagraphElement;
  readonly #table: HTMLTableElement;
  readonly #columns: readonly Column[];

  /** `empty` is said where there are no rows. */
  constructor(columns: readonly Column[], empty: string, caption: string) {
    this.#columns = columns;
    this.#body = make('tbody');
    this.#empty = make('p', { class: 'empty', text: empty });
    const head = columns.map(({ title, isNumber }) =>
      make('th', { text: title, class: isNumber === true ? 'number' : '', attributes: { scope: 'col' } }),
    );
    this.#table = make(
      'table',
      {},
      make('caption', { class: 'unseen', text: caption }),
      make('thead', {}, make('tr', {}, ...head)),
      this.#body,
    );
    this.element = make('div', {}, this.#table, this.#empty);
  }

  fill(rows: readonly (readonly Cell[])[]): void {
    this.#table.hidden = rows.length === 0;
    this.#empty.hidden = rows.length > 0;
    while (this.#body.rows.length > rows.length) this.#body.deleteRow(-1);
    while (this.#body.rows.length < rows.length) {
      const row = this.#body.insertRow();
      for (const _ of this.#columns) row.insertCell();
    }
    for (const [index, cells] of rows.entries())
      for (const [place, cell] of cells.entries()) {
        const into = this.#body.rows[index]?.cells[place];
        if (into === undefined) continue;
        const { text, class: names = '', title = '' } = typeof cell === 'string' ? { text: cell } : cell;
        setText(into, text);
        const { isNumber, isWhole } = this.#columns[place] ?? {};
        const all = [isNumber === true ? 'number' : '', isWhole === true ? 'whole' : '', names]
          .join(' ')
          .trim();
        if (into.className !== all) into.className = all;
        if (into.title !== title) into.title = title;
      }
  }
}
