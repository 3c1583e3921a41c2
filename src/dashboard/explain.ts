import type { Explanation } from '../explanation.js';
import { asked, Refused } from './ask.js';
import { meaningOf } from './drops.js';
import { byId, make, setText } from './element.js';
import type { View } from './view.js';
import { type Way, wayOf } from './way.js';

/** The form that asks what would happen to a datagram; the map shows its way, and a list its steps. */
export class Explain {
  readonly #form = byId<HTMLFormElement>('explain-form');
  readonly #verdict = byId('explain-verdict');
  readonly #steps = byId('explain-steps');
  readonly #light: (way: Way | undefined) => void;
  #view: View | undefined;
  #explained: { readonly explanation: Explanation; readonly source: string } | undefined;
  #turn = 0;

  constructor(light: (way: Way | undefined) => void) {
    this.#light = light;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#ask();
    });
    byId('explain-clear').addEventListener('click', () => this.#clear());
  }

  /** Takes somebody as the source, and asks for the destination. */
  from(source: string): void {
    byId<HTMLInputElement>('explain-source').value = source;
    byId('explain-destination').focus();
  }

  /** The lab has changed: other names can be chosen, and the way may be drawn elsewhere. */
  update(view: View): void {
    const isNew = this.#view?.drawing !== view.drawing;
    this.#view = view;
    if (!isNew) return;
    const ends = view.topology.flatMap(({ link, ends: on }) =>
      on.map(({ name }) => [name, `${name}.${link}`] as const),
    );
    const options = (texts: Iterable<string>): HTMLOptionElement[] =>
      [...texts].map((value) => make('option', { attributes: { value } }));
    byId('places').replaceChildren(...options(new Set(ends.map(([name]) => name))));
    byId('ends').replaceChildren(...options(ends.map(([, end]) => end)));
    this.#show();
  }

  async #ask(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(this.#form))
      if (typeof value === 'string' && value.trim() !== '') query.set(name, value.trim());
    try {
      const explanation = (await (await asked(`/api/explain?${query}`)).json()) as Explanation;
      if (turn !== this.#turn) return;
      this.#explained = { explanation, source: query.get('in') ?? query.get('source') ?? '' };
      this.#tell(explanation);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#clear();
      this.#verdict.className = 'verdict problem';
      const fix = error instanceof Refused && error.fix !== undefined ? ` Try: ${error.fix}` : '';
      setText(this.#verdict, error instanceof Refused ? `${error.message}.${fix}` : 'No answer.');
    }
    this.#show();
  }

  #clear(): void {
    this.#turn += 1;
    this.#explained = undefined;
    this.#verdict.className = 'verdict';
    this.#verdict.textContent = '';
    this.#steps.replaceChildren();
    this.#show();
  }

  #tell({ verdict, reason, steps, icmp, delivered }: Explanation): void {
    const to = typeof delivered === 'string' ? delivered : (delivered ?? []).join(', ');
    const told = [
      verdict === 'dropped'
        ? `Dropped: ${reason ?? ''}, ${meaningOf(reason ?? '')}.`
        : `${VERDICTS[verdict]} ${to}.`,
      icmp === null ? '' : `ICMP ${icmp.type}/${icmp.code} goes from ${icmp.from} to ${icmp.to}.`,
    ];
    this.#verdict.className = `verdict ${verdict === 'dropped' ? 'problem' : 'good'}`;
    setText(this.#verdict, told.filter((each) => each !== '').join(' '));
    this.#steps.replaceChildren(
      ...steps.map(({ at, what, detail, source }) =>
        make(
          'li',
          { class: what === 'drop' ? 'problem' : '' },
          make('span', { class: 'at', text: at }),
          make('span', { class: 'what', text: what }),
          make('span', { class: 'said', text: detail }),
          make('span', { class: 'rule', text: source }),
        ),
      ),
    );
  }

  #show(): void {
    const [explained, view] = [this.#explained, this.#view];
    this.#light(
      explained === undefined || view === undefined
        ? undefined
        : wayOf(explained.explanation, explained.source, view.topology, view.drawing),
    );
  }
}

const VERDICTS = { forwarded: 'Forwarded to', delivered: 'Delivered to', dropped: 'Dropped by' } as const;
