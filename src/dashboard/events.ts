import { byId, make, setText } from './element.js';
import { eventText } from './event-text.js';
import { clock, count } from './format.js';
import { follow, type StreamedEvent } from './stream.js';

const TYPES = ['drop', 'icmp', 'igmp', 'route', 'link', 'config'] as const;
/** Lines that are kept; older ones go. */
const MOST_LINES = 200;
/** Lines appear together, so that a flood of events is still read. In milliseconds. */
const PACE = 250;

/** The events of the lab as they happen, the newest first. */
export class Events {
  readonly #list = byId('events');
  readonly #state = byId('events-state');
  readonly #pause = byId('events-pause');
  readonly #boxes: readonly HTMLInputElement[];
  readonly #onEvent: (event: StreamedEvent) => void;
  #waiting: StreamedEvent[] = [];
  #following = new AbortController();
  #isPaused = false;

  /** `onEvent` is told of each event, also while the list is paused. */
  constructor(onEvent: (event: StreamedEvent) => void) {
    this.#onEvent = onEvent;
    this.#boxes = TYPES.map((type) => {
      const box = make('input', { attributes: { type: 'checkbox', id: `type-${type}`, value: type } });
      box.checked = true;
      box.addEventListener('change', () => this.begin());
      byId('events-types').append(
        make('span', { class: 'check' }, box, make('label', { text: type, attributes: { for: box.id } })),
      );
      return box;
    });
    this.#pause.addEventListener('click', () => {
      this.#isPaused = !this.#isPaused;
      this.#pause.setAttribute('aria-pressed', String(this.#isPaused));
      this.#tell('');
    });
    setInterval(() => this.#write(), PACE);
  }

  /** Follows the events whose types are chosen, from now on. */
  begin(): void {
    this.end();
    const types = this.#boxes.filter(({ checked }) => checked).map(({ value }) => value);
    if (types.length === 0) return this.#tell('no type is chosen');
    this.#following = new AbortController();
    const listener = {
      event: (event: StreamedEvent) => {
        this.#onEvent(event);
        this.#waiting.push(event);
        if (this.#waiting.length > MOST_LINES) this.#waiting.shift();
      },
      state: (text: string) => this.#tell(text),
    };
    void follow(types, listener, this.#following.signal);
  }

  end(): void {
    this.#following.abort();
  }

  #tell(text: string): void {
    setText(this.#state, text === '' && this.#isPaused ? 'paused' : text);
  }

  #write(): void {
    if (this.#isPaused || this.#waiting.length === 0) return;
    const lines = this.#waiting.map(lineOf).reverse();
    this.#waiting = [];
    this.#list.prepend(...lines);
    while (this.#list.childElementCount > MOST_LINES) this.#list.lastElementChild?.remove();
  }
}

const lineOf = (event: StreamedEvent): HTMLElement => {
  const isMissed = event.type === 'missed';
  return make(
    'p',
    { class: `event ${event.type}` },
    make('time', { text: clock(event.time), attributes: { datetime: event.time } }),
    make('span', { class: 'type', text: event.type }),
    make('span', {
      class: 'said',
      text: isMissed ? `${count(Number(event.events))} events came too fast to be told` : eventText(event),
    }),
  );
};
