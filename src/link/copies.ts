import type { Hop } from '../hop.js';
import { eachDatagram } from '../offload/segmentation.js';
import type { Parcel } from '../parcel.js';
import { after, type Instant, milliseconds } from '../time.js';
import type { Storage } from './storage.js';
import { type Waited, Waiting } from './waiting.js';

/** How many copies may be made of one datagram at once, and in how many octets. */
const MOST = 4096;
const MOST_OCTETS = 8 * 1024 * 1024;
/** How many while others wait, already. */
const MOST_MEANWHILE = 64;
/** How many may be made of those that have waited, in a moment, of all senders together. */
const MOST_IN_MOMENT = 1000;
const MOST_OCTETS_IN_MOMENT = 1024 * 1024;
const MOMENT = milliseconds(1);
/** How many of one sender on one link wait for the next moment, and in how many octets; and of all senders together. */
const MOST_HELD = 8192;
const MOST_HELD_OCTETS = 8 * 1024 * 1024;
const MOST_HELD_BY_ALL = 16_384;
const MOST_HELD_OCTETS_BY_ALL = 16 * 1024 * 1024;

/** What copies are given. */
export interface CopiesEnvironment {
  readonly turns: Turns;
  readonly storage: Storage;
  allocate(length: number): Uint8Array;
  /** Has `release` called at an instant. */
  arm(copies: Copies, deadline: Instant): void;
}

/** A copy, whose it is, and where it goes on to. */
interface Next {
  readonly of: Copies;
  readonly parcel: Parcel;
  readonly to: Hop;
}

/** What all copies of a lab share: whose turn it is, and what waits. */
export class Turns {
  /** Whether a copy is under way. */
  isBusy = false;
  /** Those that were made meanwhile, and how many octets they are. */
  readonly next: Next[] = [];
  made = 0;
  madeOctets = 0;
  /** How many senders' copies wait for the next moment. */
  waiting = 0;
  held = 0;
  heldOctets = 0;
}

/**
 * Passes on the copies that are made of what one sender sends on a link: those to each router of a group, and those of a
 * datagram that is doubled.
 *
 * What a link does not delay goes on at once, call within call, down to the last host. Were copies to do so, those that
 * go in a circle, or by several ways to the same place, or are doubled again and again, would become more with each hop,
 * 2^64 and more, before anything else could happen. So a copy that is made while another one is under way goes on after
 * it. What becomes of one datagram beyond thousands of them waits for the next moment, in the order in which it was sent,
 * and is dropped where too many wait: like what a real link has no room for.
 */
export class Copies {
  readonly #environment: CopiesEnvironment;
  readonly #held: Waiting;
  /** Whether `release` is to be called. */
  #isWaiting = false;

  constructor(environment: CopiesEnvironment) {
    this.#environment = environment;
    this.#held = new Waiting(environment.storage);
  }

  /** How many wait. */
  get held(): number {
    return this.#held.count;
  }

  /** Passes on a copy, of which nobody else holds the octets. */
  pass(parcel: Parcel, to: Hop, now: Instant): void {
    const { turns } = this.#environment;
    if (turns.isBusy) {
      turns.made += 1;
      turns.madeOctets += parcel.octets.length;
      turns.next.push({ of: this, parcel, to });
    } else if (this.#isWaiting) this.#hold(parcel, to, now);
    else
      this.#whileBusy(now, () => {
        to.take(parcel, now);
        this.#passNext(now);
      });
  }

  /** Passes on a share of what has waited; what becomes of it waits in turn. */
  release(now: Instant): void {
    const { turns, allocate, arm } = this.#environment;
    const share = 1 / turns.waiting;
    try {
      this.#whileBusy(now, () => {
        let [count, octets] = [0, 0];
        while (
          this.#held.due <= now &&
          count + turns.made < MOST_IN_MOMENT * share &&
          octets + turns.madeOctets < MOST_OCTETS_IN_MOMENT * share
        ) {
          const { parcel, to } = this.#shift(allocate);
          count += 1;
          octets += parcel.octets.length;
          to.take(parcel, now);
        }
      });
    } finally {
      this.#isWaiting = this.#held.count > 0;
      if (this.#isWaiting) arm(this, after(now, MOMENT));
      else turns.waiting -= 1;
    }
  }

  /** The link is cut: all that waits ends. */
  cut(drop: (parcel: Parcel) => void): void {
    while (this.#held.count > 0) drop(this.#shift((length) => new Uint8Array(length)).parcel);
  }

  #shift(allocate: (length: number) => Uint8Array): Waited {
    const { turns } = this.#environment;
    const waited = this.#held.shift(allocate);
    turns.held -= 1;
    turns.heldOctets -= waited.parcel.octets.length;
    return waited;
  }

  /** What is left of those that were made meanwhile waits. */
  #whileBusy(now: Instant, act: () => void): void {
    const { turns } = this.#environment;
    turns.isBusy = true;
    turns.made = 0;
    turns.madeOctets = 0;
    try {
      act();
    } finally {
      turns.isBusy = false;
      for (const { of, parcel, to } of turns.next.splice(0)) of.#hold(parcel, to, now);
    }
  }

  /** They may make more. */
  #passNext(now: Instant): void {
    const { turns } = this.#environment;
    const most = turns.waiting > 0 ? MOST_MEANWHILE : MOST;
    let count = 0;
    try {
      while (count < turns.next.length && turns.made <= most && turns.madeOctets <= MOST_OCTETS) {
        const { of, parcel, to } = turns.next[count]!;
        count += 1;
        if (of.#isWaiting) of.#hold(parcel, to, now);
        else to.take(parcel, now);
      }
    } finally {
      turns.next.splice(0, count);
    }
  }

  /** Keeps a copy for the next moment, or drops it. */
  #hold(parcel: Parcel, to: Hop, now: Instant): void {
    const { turns, storage, allocate, arm } = this.#environment;
    if (parcel.isPartial) return eachDatagram(parcel, allocate, (each) => this.#hold(each, to, now));
    const { length } = parcel.octets;
    if (!this.#hasRoom(length) || !storage.hasRoom(length))
      return parcel.refused?.('link-queue', parcel, now);
    const due = after(now, MOMENT);
    this.#held.push(parcel, to, due, due);
    turns.held += 1;
    turns.heldOctets += length;
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    turns.waiting += 1;
    arm(this, due);
  }

  #hasRoom(length: number): boolean {
    const { turns } = this.#environment;
    return (
      this.#held.count < MOST_HELD &&
      this.#held.octets + length <= MOST_HELD_OCTETS &&
      turns.held < MOST_HELD_BY_ALL &&
      turns.heldOctets + length <= MOST_HELD_OCTETS_BY_ALL
    );
  }
}
