import { byId, make, setAttribute, setText } from './element.js';
import { Table } from './table.js';
import { type Tab, tabsOf } from './tabs.js';
import type { View } from './view.js';

/** The tables about what is selected on the map; about all links where nothing is. */
export class Details {
  readonly #title = byId('details-title');
  readonly #kind = byId('details-kind');
  readonly #list = byId('details-tabs');
  readonly #panel = byId('details-panel');
  #id: string | undefined;
  #tabs: readonly Tab[] = [];
  #current: Tab | undefined;
  #table: Table | undefined;
  /** Grows with every change of the table, so that an answer that comes late is left alone. */
  #turn = 0;
  #view: View | undefined;

  /** `onClose` is told when somebody goes back to all links; `onExplain` who is to send. */
  constructor(onClose: () => void, onExplain: (source: string) => void) {
    byId('details-close').addEventListener('click', onClose);
    byId('details-explain').addEventListener('click', () => onExplain(nameOf(this.#id ?? '')));
    this.select(undefined);
  }

  /** Shows the tables of a node of the map. */
  select(id: string | undefined): void {
    this.#id = id;
    this.#tabs = tabsOf(id);
    const kind = id?.slice(0, id.indexOf(' '));
    setText(this.#title, id === undefined ? 'Links' : nameOf(id));
    setText(
      this.#kind,
      kind === undefined ? 'which is impaired, and how' : kind === 'hosts' ? 'hosts of this link' : kind,
    );
    byId('details-close').hidden = id === undefined;
    byId('details-explain').hidden = kind !== 'host' && kind !== 'router';
    const isOne = this.#tabs.length === 1;
    this.#list.hidden = isOne;
    this.#list.replaceChildren(...(isOne ? [] : this.#tabs.map((tab, index) => this.#button(tab, index))));
    this.#open(0);
  }

  update(view: View): void {
    this.#view = view;
    void this.#fill();
  }

  #button({ title }: Tab, index: number): HTMLButtonElement {
    const button = make('button', {
      text: title,
      attributes: { type: 'button', role: 'tab', id: `tab-${index}` },
    });
    setAttribute(button, 'aria-controls', 'details-panel');
    button.addEventListener('click', () => this.#open(index));
    button.addEventListener('keydown', (event) => {
      const step = STEPS[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const next = step(index, this.#tabs.length);
      this.#open(next);
      byId(`tab-${next}`).focus();
    });
    return button;
  }

  #open(index: number): void {
    const tab = this.#tabs[index];
    if (tab === undefined) return;
    this.#current = tab;
    for (const [place, button] of [...this.#list.children].entries()) {
      setAttribute(button, 'aria-selected', String(place === index));
      setAttribute(button, 'tabindex', place === index ? '0' : '-1');
    }
    setAttribute(this.#panel, 'aria-labelledby', this.#list.hidden ? 'details-title' : `tab-${index}`);
    this.#table = new Table(tab.columns, tab.empty, `${tab.title} of ${this.#title.textContent}`);
    this.#panel.replaceChildren(this.#table.element);
    this.#turn += 1;
    void this.#fill();
  }

  async #fill(): Promise<void> {
    const [turn, view, table] = [this.#turn, this.#view, this.#table];
    if (view === undefined || this.#current === undefined) return;
    try {
      const rows = await this.#current.rows(view);
      if (turn === this.#turn) table?.fill(rows);
    } catch {
      // The lab is gone, or wants a token: whoever reads it each second says so.
    }
  }
}

const nameOf = (id: string): string => id.slice(id.indexOf(' ') + 1);

/** Source: WAI-ARIA Authoring Practices, tabs. */
const STEPS: Readonly<Record<string, (index: number, length: number) => number>> = {
  ArrowRight: (index, length) => (index + 1) % length,
  ArrowLeft: (index, length) => (index + length - 1) % length,
  Home: () => 0,
  End: (_, length) => length - 1,
};
