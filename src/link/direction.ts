import type { Hop } from '../hop.js';
import { type ImpairmentSettings, UNIMPAIRED } from '../impairments.js';
import { copyOf, type Parcel, type Refused } from '../parcel.js';
import { after, earliest, type Instant, instant, latest, milliseconds, NEVER, PAST } from '../time.js';
import type { Copies } from './copies.js';
import { Dice } from './dice.js';
import { retimed } from './retime.js';
import type { Transit } from './transit.js';
import { Waiting } from './waiting.js';

/** What has happened in one direction of a link since the start, in datagrams. */
export interface DirectionCounts {
  lost: number;
  /** The queue was full, or the link went down. */
  dropped: number;
  duplicated: number;
  corrupted: number;
}

/** What a direction is given. */
export interface DirectionEnvironment {
  readonly link: string;
  readonly sender: string;
  readonly transit: Transit;
  allocate(length: number): Uint8Array;
  /** Told of what no sender counts: copies that the link made itself. */
  readonly refused: Refused;
}

/** What a direction holds where no `queue` says how many datagrams. */
const MOST_OCTETS = 64 * 1024 * 1024;
/** How long a datagram waits for another to change places with. */
const PATIENCE = milliseconds(250);
/** How much is let go at once, before others have their turn: what the octets of one burst have room for. */
const RELEASED_DATAGRAMS = 1024;
const RELEASED_OCTETS = 512 * 1024;
const DROPPED_DATAGRAMS = 4096;

/**
 * One direction of a link, with impairments: everything that one sender sends on it.
 *
 * A datagram is lost, or flipped, or doubled; then it passes the rate, one after the other, and then it is on its way
 * for the delay. What needs neither goes on at once. Both times are known when it comes, so it waits once, and nothing
 * is ever done for a datagram that only waits.
 */
export class Direction {
  readonly counts: DirectionCounts = { lost: 0, dropped: 0, duplicated: 0, corrupted: 0 };
  readonly #environment: DirectionEnvironment;
  readonly #copies: Copies;
  #settings: ImpairmentSettings = UNIMPAIRED;
  #dice: Dice | undefined;
  /** In order, each until it has passed the rate and been on its way for the delay. */
  #delayed: Waiting;
  /** Those that only pass the rate, and leave without the delay. */
  #hurried: Waiting;
  /** One that is to change places with the next. */
  #swapped: Waiting;
  /** What the link held when it was cut, as far as it has not been dropped yet. */
  #lost: Waiting[] = [];
  /** When the rate has passed all that came so far. */
  #passed: Instant = PAST;
  #armedFor: Instant = NEVER;

  constructor(environment: DirectionEnvironment) {
    this.#environment = environment;
    const { storage } = environment.transit;
    this.#copies = environment.transit.newCopies();
    this.#delayed = new Waiting(storage);
    this.#hurried = new Waiting(storage);
    this.#swapped = new Waiting(storage);
  }

  get settings(): ImpairmentSettings {
    return this.#settings;
  }

  /** How many datagrams it holds; until it is dropped, also what was lost when the link was cut. */
  get queued(): number {
    return this.#lost.reduce((sum, { datagrams }) => sum + datagrams, this.#waiting);
  }

  get queuedOctets(): number {
    return this.#lost.reduce((sum, { octets }) => sum + octets, this.#waitingOctets);
  }

  /** Adopts other settings. What is held waits no longer than it would have to now; another seed starts again. */
  apply(settings: ImpairmentSettings, now: Instant): void {
    const before = this.#settings;
    this.#settings = settings;
    if (before.seed !== settings.seed) this.restart();
    const { rate, delay, jitter } = settings;
    if (before.rate === rate && before.delay === delay && before.jitter === jitter) return;
    this.#passed = retimed(this.#delayed, this.#hurried, before, settings, now);
    this.#arm(this.#due);
  }

  /** Has the draws begin again, as if nothing had been sent yet. */
  restart(): void {
    this.#dice = undefined;
  }

  /** Takes what the sender sends; `to` is where it goes on to. */
  take(parcel: Parcel, to: Hop, now: Instant): void {
    const { allocate, refused } = this.#environment;
    const dice = this.#rolled();
    if (dice.isLost) {
      this.counts.lost += parcel.datagrams;
      parcel.refused?.('link-loss', parcel, now);
    } else {
      const copy = dice.isDuplicated ? { ...copyOf(parcel, allocate), refused } : undefined;
      const sent = dice.corruptAt < 0 ? parcel : this.#corrupted(parcel, dice.corruptAt);
      if (copy !== undefined) this.counts.duplicated += copy.datagrams;
      // What is sent may come back here at once, and roll the dice again.
      const { offset, isReordered } = dice;
      const isSwapped = isReordered && !this.#hasDelay && this.#swapped.count === 0;
      const isInTurn = copy !== undefined || isSwapped || this.#copies.held > 0;
      const onward = isInTurn ? this.#inTurn(to) : to;
      if (isSwapped) this.#hold(this.#swapped, sent, onward, now, now, after(now, PATIENCE));
      else {
        this.#send(sent, onward, isReordered, offset, now);
        this.#swap(now);
      }
      if (copy !== undefined) this.#send(copy, onward, isReordered, offset, now);
    }
  }

  /** Lets go of what is due, up to what one burst has room for. */
  release(now: Instant): void {
    const { allocate } = this.#environment;
    this.#armedFor = NEVER;
    this.#dropLost(now);
    if (this.#swapped.due <= now) this.#swap(now);
    let octets = 0;
    for (let count = 0; count < RELEASED_DATAGRAMS && octets < RELEASED_OCTETS; count += 1) {
      const next = this.#hurried.due < this.#delayed.due ? this.#hurried : this.#delayed;
      if (next.due > now) break;
      const { parcel, to } = next.shift(allocate);
      octets += parcel.octets.length;
      to.take(parcel, now);
    }
    this.#arm(this.#due);
  }

  /** The link is cut: all that is held ends here. */
  cut(now: Instant): void {
    const { transit } = this.#environment;
    transit.cancel(this);
    this.#armedFor = NEVER;
    this.#lost.push(...[this.#delayed, this.#hurried, this.#swapped].filter(({ count }) => count > 0));
    this.#delayed = new Waiting(transit.storage);
    this.#hurried = new Waiting(transit.storage);
    this.#swapped = new Waiting(transit.storage);
    this.#copies.cut((parcel) => this.#drop('link-down', parcel, now));
    this.#passed = PAST;
    this.#dropLost(now);
  }

  /** Hundreds of thousands may be lost at once: so many are dropped before others have their turn. */
  #dropLost(now: Instant): void {
    const copy = (length: number): Uint8Array => new Uint8Array(length);
    for (let count = 0; count < DROPPED_DATAGRAMS && this.#lost.length > 0; count += 1) {
      const [first] = this.#lost;
      this.#drop('link-down', first!.shift(copy).parcel, now);
      if (first!.count === 0) this.#lost.shift();
    }
    if (this.#lost.length > 0) this.#arm(now);
  }

  #rolled(): Dice {
    const { transit, link, sender } = this.#environment;
    this.#dice ??= new Dice(this.#settings.seed ?? transit.freshSeed(), link, sender);
    this.#dice.roll(this.#settings);
    return this.#dice;
  }

  /**
   * The hop to which copies go on, and those that let another pass: not while others are under way. What comes while they
   * wait goes there, too, so that all keep their order. The sender may hand the same parcel to others meanwhile.
   */
  #inTurn(to: Hop): Hop {
    return { take: (parcel, now) => this.#copies.pass({ ...parcel }, to, now) };
  }

  get #waiting(): number {
    const { datagrams } = this.#delayed;
    return datagrams + this.#hurried.datagrams + this.#swapped.datagrams + this.#copies.held;
  }

  get #waitingOctets(): number {
    return this.#delayed.octets + this.#hurried.octets + this.#swapped.octets;
  }

  get #hasDelay(): boolean {
    const { delay = 0, jitter = 0 } = this.#settings;
    return delay > 0 || jitter > 0;
  }

  get #due(): Instant {
    return earliest(this.#swapped.due, earliest(this.#hurried.due, this.#delayed.due));
  }

  /** What waits to change places follows the one that just went. */
  #swap(now: Instant): void {
    if (this.#swapped.count === 0) return;
    const { parcel, to } = this.#swapped.shift(this.#environment.allocate);
    this.#send(parcel, to, false, 0, now);
  }

  #send(parcel: Parcel, to: Hop, isHurried: boolean, offset: number, now: Instant): void {
    const { rate = 0, delay = 0, jitter = 0 } = this.#settings;
    const finish =
      rate > 0 ? after(latest(this.#passed, now), milliseconds((parcel.octets.length * 8000) / rate)) : now;
    const isInTurn = !isHurried || !this.#hasDelay;
    const wait = Math.max(0, delay + offset * jitter);
    const due = instant(isInTurn ? finish + wait : finish);
    const queue = isInTurn ? this.#delayed : this.#hurried;
    if (due <= now && queue.count === 0) return to.take(parcel, now);
    if (!this.#hold(queue, parcel, to, now, finish, due)) return;
    this.#passed = finish;
  }

  /** Keeps a datagram, or drops it at the tail: then false. */
  #hold(queue: Waiting, parcel: Parcel, to: Hop, now: Instant, finish: Instant, due: Instant): boolean {
    const { transit } = this.#environment;
    const { queue: most = 0 } = this.#settings;
    const { length } = parcel.octets;
    const isFull =
      most > 0 ? this.#waiting + parcel.datagrams > most : this.#waitingOctets + length > MOST_OCTETS;
    if (isFull || !transit.storage.hasRoom(length)) {
      this.#drop('link-queue', parcel, now);
      return false;
    }
    queue.push(parcel, to, finish, due);
    this.#arm(queue.due);
    return true;
  }

  #drop(reason: 'link-queue' | 'link-down', parcel: Parcel, now: Instant): void {
    this.counts.dropped += parcel.datagrams;
    parcel.refused?.(reason, parcel, now);
  }

  /** Others may hold the same octets, so a copy of them is flipped. */
  #corrupted(parcel: Parcel, at: number): Parcel {
    const { octets } = parcel;
    if (octets.length === 0) return parcel;
    this.counts.corrupted += parcel.datagrams;
    const copy = copyOf(parcel, this.#environment.allocate);
    const bit = Math.floor(at * octets.length * 8);
    copy.octets[bit >>> 3]! ^= 0x80 >>> (bit & 7);
    return copy;
  }

  #arm(deadline: Instant): void {
    if (deadline >= this.#armedFor) return;
    this.#armedFor = deadline;
    this.#environment.transit.arm(this, deadline);
  }
}
