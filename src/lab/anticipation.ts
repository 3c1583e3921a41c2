import { type Duration, duration, type Instant, instant, milliseconds, NEVER, since } from '../time.js';

/** No wake-up is expected to take longer, and nobody waits longer. */
const LONGEST = milliseconds(0.15);
const SHORTEST = milliseconds(0.005);
/** Until something is known. */
const FIRST = milliseconds(0.06);
/** How much a wake-up that came in time takes off; one that was late adds as much as leaves one in a hundred late. */
const LESS = 0.0003;
const MORE = 99 * LESS;
/** The share of the time that may be spent waiting, and how much of it may be saved. */
const SHARE = 1 / 8;
const SAVED = milliseconds(2);

/**
 * When to wake up for a delayed datagram, so that it leaves on time: a process that sleeps is woken late.
 *
 * The alarm is early by what a wake-up takes here, which is learned so that one in a hundred is late; what is then left
 * until the datagram is due is waited for actively. That is less than 0.15 ms at a time, and an eighth of the time in
 * all: where datagrams are due so close together that it would be more, the alarm is not early.
 */
export class Anticipation {
  #lead = FIRST;
  #savings: number = SAVED;
  #savedAt: Instant;

  constructor(now: Instant) {
    this.#savedAt = now;
  }

  /** How long before its time a datagram's alarm is to ring. */
  get lead(): Duration {
    return this.#lead;
  }

  /** When the alarm for what is due at an instant is to ring. */
  alarmFor(due: Instant, now: Instant): Instant {
    if (due === NEVER || due - now <= this.#lead) return due;
    this.#save(now);
    return this.#savings > 0 ? instant(due - this.#lead) : due;
  }

  /** An alarm rang so long after the time that it was armed for. */
  rang(lateness: Duration): void {
    const lead = this.#lead + (lateness > this.#lead ? MORE : -LESS);
    this.#lead = duration(Math.min(Math.max(lead, SHORTEST), LONGEST));
  }

  /** Whether something is due too soon to sleep until then. */
  isNear(due: Instant, now: Instant): boolean {
    return due > now && due - now <= LONGEST;
  }

  /** Somebody has waited actively. */
  waited(time: Duration): void {
    this.#savings -= time;
  }

  #save(now: Instant): void {
    this.#savings = Math.min(SAVED, this.#savings + since(this.#savedAt, now) * SHARE);
    this.#savedAt = now;
  }
}
