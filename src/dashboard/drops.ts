import { DROP_REASONS } from '../drop-reason.js';
import { DropChart } from './chart.js';
import { byId } from './element.js';
import { clock, count, rate } from './format.js';
import { DropHistory } from './history.js';
import { dropsByReason, type Rates, type Reading, rowOf } from './reading.js';
import { Table } from './table.js';

/** What a reason means; itself where it is not known here. */
export const meaningOf = (reason: string): string =>
  (DROP_REASONS as Readonly<Record<string, string>>)[reason] ?? reason;

/** What was dropped where and why: a chart of the last minutes, and a table of all. */
export class Drops {
  readonly #history = new DropHistory();
  readonly #chart = new DropChart(byId('drops-chart'));
  readonly #table = new Table(
    [
      { title: 'Reason', isWhole: true },
      { title: 'Where', isWhole: true },
      { title: 'Now /s', isNumber: true },
      { title: 'Datagrams', isNumber: true },
      { title: 'Last', isWhole: true },
      { title: 'Meaning' },
    ],
    'Nothing has been dropped.',
    'Dropped datagrams, by reason and place',
  );

  constructor() {
    byId('drops-table').replaceChildren(this.#table.element);
  }

  /** Begins anew: it is another run of the lab. */
  clear(): void {
    this.#history.clear();
  }

  update({ drops }: Reading, rates: Rates | undefined): void {
    if (rates !== undefined) this.#history.add(Date.now() / 1000, rates.drops);
    this.#chart.show(this.#history.lines);
    const totals = dropsByReason(drops);
    const rows = [...drops].sort(
      (a, b) => (totals.get(b.reason) ?? 0) - (totals.get(a.reason) ?? 0) || b.packets - a.packets,
    );
    this.#table.fill(
      rows.map((row) => {
        const now = rates?.rows.get(rowOf(row)) ?? 0;
        return [
          { text: row.reason, class: `line line${this.#history.lineOf(row.reason) ?? 'none'}` },
          row.interface ?? `link ${row.link}`,
          { text: now > 0 ? rate(now) : '–', class: now > 0 ? 'warn' : 'dim' },
          count(row.packets),
          clock(row.lastSeen),
          { text: meaningOf(row.reason), class: 'prose' },
        ];
      }),
    );
  }
}
