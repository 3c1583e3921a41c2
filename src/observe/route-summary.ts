import type { Event } from '../event.js';

type RouteEvent = Extract<Event, { type: 'route' }>;

/** What is said of a route. */
const WORDS: Readonly<Record<RouteEvent['event'], string>> = {
  add: 'added',
  replace: 'replaced',
  del: 'deleted',
  withdrawn: 'withdrawn',
  restored: 'restored',
};

/** Up to so many changes at once are named one by one. */
const MOST_NAMED = 3;
/** Changes come in parts if they are many: they are over when none has come for so long. In milliseconds. */
const QUIET = 50;

/**
 * Sums up the changes of routes that come at once, as an interface that goes down causes them: a few are named
 * one by one, many are one line a router and kind of change.
 */
export class RouteSummary {
  readonly #write: (line: string, router: string) => void;
  readonly #changes = new Map<
    string,
    { readonly event: RouteEvent; readonly named: string[]; count: number }
  >();
  #isGrowing = false;

  constructor(write: (line: string, router: string) => void) {
    this.#write = write;
  }

  add(event: RouteEvent): void {
    if (this.#changes.size === 0) this.#wait();
    this.#isGrowing = true;
    const key = `${event.router} ${event.event}`;
    const change = this.#changes.get(key) ?? { event, named: [], count: 0 };
    change.count += 1;
    if (change.named.length < MOST_NAMED) change.named.push(event.prefix);
    this.#changes.set(key, change);
  }

  #wait(): void {
    this.#isGrowing = false;
    setTimeout(() => (this.#isGrowing ? this.#wait() : this.#report()), QUIET).unref();
  }

  #report(): void {
    const changes = [...this.#changes.values()];
    this.#changes.clear();
    for (const { event, named, count } of changes) {
      if (count > MOST_NAMED)
        this.#write(`${count} routes ${WORDS[event.event]}: ${named[0]} …`, event.router);
      else for (const prefix of named) this.#write(`route ${prefix} ${WORDS[event.event]}`, event.router);
    }
  }
}
