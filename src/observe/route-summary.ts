import type { Event } from '../event.js';

type RouteEvent = Extract<Event, { type: 'route' }>;

/** Up to so many changes at once are named one by one. */
const MOST_NAMED = 3;

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

  constructor(write: (line: string, router: string) => void) {
    this.#write = write;
  }

  add(event: RouteEvent): void {
    if (this.#changes.size === 0) setImmediate(() => this.#report());
    const key = `${event.router} ${event.event}`;
    const change = this.#changes.get(key) ?? { event, named: [], count: 0 };
    change.count += 1;
    if (change.named.length < MOST_NAMED) change.named.push(event.prefix);
    this.#changes.set(key, change);
  }

  #report(): void {
    const changes = [...this.#changes.values()];
    this.#changes.clear();
    for (const { event, named, count } of changes) {
      if (count > MOST_NAMED) this.#write(`${count} routes ${event.event}: ${named[0]} …`, event.router);
      else for (const prefix of named) this.#write(`route ${prefix} ${event.event}`, event.router);
    }
  }
}
