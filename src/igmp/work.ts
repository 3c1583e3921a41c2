import { after, type Duration, duration, type Instant, latest, milliseconds, NEVER, PAST } from '../time.js';

/**
 * What may be spent in a millisecond. A record of a report that changes nothing, or a copy of a query, is one unit: about
 * 2 µs with TUN devices (measured), so this is half of a processor. Where the processor is shared it was 4 to 6 µs.
 */
const UNITS_IN_MILLISECOND = 256;
/** Where nothing was spent for a while, as much as this gives is done at once: half a millisecond of work. */
const AT_ONCE = milliseconds(1);
/** Who waits goes on when there is this much again, and not for each record by itself; and then no further than this. */
const SHARE = milliseconds(0.25);
/** What is done at an instant ends when it has taken this long: units cost much more where code is new, or memory is full. */
const LONG = milliseconds(0.5);

/** How a lab’s work is limited. */
export interface WorkSettings {
  readonly atOnce?: Duration;
  readonly share?: Duration;
  readonly clock?: (() => number) | undefined;
}

/** Messages of an interface that wait. */
export interface Waiting {
  /** Takes the next one, or a part of it; returns whether there are more. */
  goOn(now: Instant): boolean;
}

/**
 * How much IGMP a lab does at a time, so that no peer keeps it from forwarding, however much it sends.
 *
 * It polices what goes to the control plane, as routers do, by a token bucket: work is counted in units when it is done,
 * and what finds nothing left waits. Those who wait take turns, a message or a part of one each.
 */
export class Work {
  readonly #atOnce: Duration;
  readonly #share: Duration;
  readonly #clock: (() => number) | undefined;
  /** When all that was done is paid for. */
  #paidUntil: Instant = PAST;
  /** In the order of their turns. */
  readonly #line: Waiting[] = [];
  /** When the last of them came. */
  #joinedAt: Instant = PAST;
  /** The instant at which something was last done, and by the clock when that began. */
  #doneAt: Instant = PAST;
  #begunAt = 0;

  /** `clock`: milliseconds, which pass while something is done; left out where time stands still meanwhile. */
  constructor({ atOnce = AT_ONCE, share = SHARE, clock }: WorkSettings = {}) {
    this.#atOnce = atOnce;
    this.#share = share;
    this.#clock = clock;
  }

  /** Whether something may be done now. */
  isLeft(now: Instant): boolean {
    return this.#paidUntil <= now;
  }

  /** Something was done, or is about to be: it may cost more than there is left. */
  spend(units: number, now: Instant): void {
    const free = after(now, duration(-this.#atOnce));
    this.#paidUntil = after(latest(this.#paidUntil, free), duration(units / UNITS_IN_MILLISECOND));
    if (this.#clock !== undefined) this.#look(this.#clock(), now);
  }

  /** Leaves nothing for this instant where what was done takes long. */
  #look(at: number, now: Instant): void {
    if (now !== this.#doneAt) {
      this.#doneAt = now;
      this.#begunAt = at;
    } else if (at - this.#begunAt > LONG) this.#paidUntil = latest(this.#paidUntil, after(now, SHARE));
  }

  /** When something is done that is due at an instant. */
  postponed(due: Instant): Instant {
    return due >= this.#paidUntil ? due : this.#nextShare;
  }

  /** Gives somebody turns until nothing of theirs waits any more. */
  wait(waiting: Waiting, now: Instant): void {
    this.#line.push(waiting);
    this.#joinedAt = now;
  }

  /**
   * Leaves no more than a share, for what has waited or is due: nothing of that is saved up.
   *
   * A turn of the event loop has several instants, and on a busy machine much time passes from one to the next: a share
   * in each of them is what it can bear.
   */
  limit(now: Instant): void {
    this.#paidUntil = latest(this.#paidUntil, after(now, duration(-this.#share)));
  }

  /** To be called no later than `nextDeadline()`. */
  poll(now: Instant): void {
    if (this.#line.length > 0) this.limit(now);
    while (this.#line.length > 0 && this.isLeft(now)) {
      const next = this.#line.shift()!;
      if (next.goOn(now)) this.#line.push(next);
    }
  }

  nextDeadline(): Instant {
    return this.#line.length === 0 ? NEVER : latest(this.#nextShare, this.#joinedAt);
  }

  get #nextShare(): Instant {
    return after(this.#paidUntil, SHARE);
  }
}
