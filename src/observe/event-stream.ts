import type { Event, EventType, Observer } from '../event.js';

/**
 * One observer that stands for any number of others, who come and go.
 *
 * Each is asked for itself what it wants; as long as nobody wants a type, no event of it is built.
 */
export class EventStream implements Observer {
  readonly #observers: Set<Observer>;

  constructor(...observers: readonly Observer[]) {
    this.#observers = new Set(observers);
  }

  /** From now on an observer hears events, too; what comes back ends that. */
  add(observer: Observer): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  wants(type: EventType): boolean {
    for (const observer of this.#observers) if (observer.wants(type)) return true;
    return false;
  }

  notify(event: Event): void {
    for (const observer of this.#observers) if (observer.wants(event.type)) observer.notify(event);
  }
}
