import type { Event, Observer } from '../../../src/event.js';
import type { Random } from '../../../src/random.js';
import type { Router } from '../../../src/router/router.js';
import { after, type Duration, type Instant, instant, START } from '../../../src/time.js';
import { insist } from '../visit.js';
import { insistOnGroups, insistOnViews } from './laws.js';
import { type Place, type PlaceOptions, routerWith, STREAM_SOURCE } from './place.js';

/** What all places of a flooded lab counted together. */
export interface FloodSums {
  /** By the flood, and by members. */
  readonly sent: number;
  readonly virtualSeconds: number;
  readonly received: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  readonly answered: Readonly<Record<string, number>>;
  readonly warnings: number;
}

/** The routers, and the one clock of all of them. */
export class FloodedLab {
  readonly routers: Router[] = [];
  readonly places: Place[] = [];
  now: Instant = START;
  warnings = 0;
  #looks = 0;
  readonly #every: number;

  /** After one of `every` messages all groups of an interface are looked at. */
  constructor(routers: readonly (readonly PlaceOptions[])[], random: Random, every = 8) {
    this.#every = every;
    for (const options of routers) {
      const { router, places } = routerWith(options, random, this.#observer);
      this.routers.push(router);
      this.places.push(...places);
    }
  }

  advance(wait: Duration): void {
    const end = after(this.now, wait);
    for (let next = this.#nextDeadline(); next <= end; next = this.#nextDeadline()) {
      insist(next >= this.now, 'no deadline is in the past');
      this.#setNow(next);
      for (const each of this.routers) each.poll(next);
      for (const each of this.routers) insist(each.nextDeadline() > next, 'what was due has been done');
      for (const each of this.places) each.member.poll(next);
      for (const each of this.places) each.insistOnStreams();
    }
    this.#setNow(end);
  }

  /** A link goes down and comes up again. */
  restart(place: Place): void {
    place.setUp(false);
    place.setUp(true);
  }

  /** After each message; all groups are looked at now and then. */
  insist(): void {
    for (const each of this.places) each.insistOnStreams();
    this.#looks += 1;
    if (this.#looks % this.#every > 0) return;
    const place = this.places[(this.#looks / this.#every) % this.places.length]!;
    insistOnGroups(place.igmp, this.now);
    place.insistOnCounters();
  }

  audit(): void {
    for (const each of this.places) {
      insistOnGroups(each.igmp, this.now);
      insistOnViews(each.igmp, this.now);
      each.insistOnCounters();
    }
    for (const { ledger } of this.routers) {
      const { received, forwarded, delivered, dropped, held } = ledger;
      insist(received === forwarded + delivered + dropped + held, 'the book adds up');
    }
    for (const router of this.routers) {
      const said = this.places.reduce(
        (total, { igmp: each, sent }) => total + ([...router.igmp.values()].includes(each) ? sent : 0),
        0,
      );
      const errors = Object.values(router.icmp.sent).reduce((total, count) => total + count, 0);
      insist(said + errors === router.ledger.originated, 'what was sent is in the book');
    }
    // A warning of each kind a minute.
    const most = 24 * this.places.length * (1 + this.now / 60_000);
    insist(this.warnings <= most, `${this.warnings} warnings in ${this.now / 1000} s`);
  }

  summary(): FloodSums {
    const add = (of: 'received' | 'refused' | 'sent'): Record<string, number> => {
      const sums: Record<string, number> = {};
      for (const { igmp: each } of this.places)
        for (const [name, count] of Object.entries(each.counters[of])) sums[name] = (sums[name] ?? 0) + count;
      return sums;
    };
    const sent = this.routers.reduce((total, { ledger }) => total + ledger.received, 0);
    return {
      sent,
      virtualSeconds: this.now / 1000,
      received: add('received'),
      refused: add('refused'),
      answered: add('sent'),
      warnings: this.warnings,
    };
  }

  #setNow(now: Instant): void {
    this.now = now;
    for (const each of this.places) each.now = now;
  }

  #nextDeadline(): Instant {
    const due = [
      ...this.routers.map((each) => each.nextDeadline()),
      ...this.places.map(({ member }) => member.nextAnswer()),
    ];
    return instant(Math.min(...due));
  }

  /** A stream that stops within one poll and goes on within the same is a gap, too. */
  readonly #observer: Observer = {
    wants: (type) => type === 'igmp',
    notify: (event: Event) => {
      if (event.type !== 'igmp') return;
      if (event.event.startsWith('warning')) this.warnings += 1;
      if (event.event !== 'expire') return;
      const place = this.places.find(({ name }) => name === event.interface);
      const wish = place?.member.wishes.find(({ group }) => group === event.group);
      if (wish === undefined) return;
      const isGap = wish.source === undefined ? event.source === null : event.source === wish.source;
      insist(
        !isGap || place!.igmp.forwards(wish.group, wish.source ?? STREAM_SOURCE),
        `${event.interface}: a wish has not expired`,
      );
    },
  };
}
