import type { Address } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import { type Event, NOBODY, type Observer } from '../event.js';
import type { Instant } from '../time.js';
import { dropReasonOf, type IgmpCounters, type Refusal } from './refusal.js';
import { type IgmpWarning, WarningPace } from './warnings.js';

type IgmpEvent = Extract<Event, { type: 'igmp' }>;

/** What observers are told of IGMP on one interface; counts what is refused. */
export class Telling {
  readonly #name: string;
  /** Undefined without observers. */
  readonly #observer: Observer | undefined;
  readonly #counters: IgmpCounters;
  readonly #pace = new WarningPace();

  /** `name` is that of the interface. */
  constructor(name: string, observer: Observer, counters: IgmpCounters) {
    this.#name = name;
    this.#observer = observer === NOBODY ? undefined : observer;
    this.#counters = counters;
  }

  refuse(refusal: Refusal, from: Address, group: Address | null, now: Instant, times = 1): DropReason {
    this.#counters.refused[refusal] += times;
    this.warn(refusal, from, group, now);
    return dropReasonOf(refusal);
  }

  warn(why: IgmpWarning, from: Address, group: Address | null, now: Instant): void {
    if (this.#pace.allows(why, now)) this.notify('warning', group, null, from, now, why);
  }

  notify(
    event: IgmpEvent['event'],
    group: Address | null,
    source: Address | null,
    reporter: Address | null,
    now: Instant,
    why?: IgmpWarning,
  ): void {
    if (!this.#observer?.wants('igmp')) return;
    const happened = {
      type: 'igmp',
      time: now,
      interface: this.#name,
      event,
      group,
      source,
      reporter,
    } as const;
    this.#observer.notify(why === undefined ? happened : { ...happened, why });
  }
}
