import { type DropReason, dropReasons } from './drop-reason.js';
import type { Instant } from './time.js';

/** The index of each number in `InterfaceCounters.values`. */
export const IN_PACKETS = 0;
export const IN_OCTETS = 1;
export const IN_MULTICAST_PACKETS = 2;
export const IN_DISCARDS = 3;
export const HANDED_PACKETS = 4;
export const HANDED_OCTETS = 5;
export const OUT_MULTICAST_PACKETS = 6;
export const REFUSED_PACKETS = 7;
export const REFUSED_OCTETS = 8;
const COUNTERS = 9;

/** The traffic of one interface since the start. Octets are IPv4 total lengths. Only the book writes them. */
export class InterfaceCounters {
  /** All numbers, in one block that another thread could share. */
  readonly values = new Float64Array(COUNTERS);

  get inPackets(): number {
    return this.values[IN_PACKETS]!;
  }

  get inOctets(): number {
    return this.values[IN_OCTETS]!;
  }

  get inMulticastPackets(): number {
    return this.values[IN_MULTICAST_PACKETS]!;
  }

  /** Datagrams received here and dropped. */
  get inDiscards(): number {
    return this.values[IN_DISCARDS]!;
  }

  /** Handed to the link; sent = handed - refused. */
  get handedPackets(): number {
    return this.values[HANDED_PACKETS]!;
  }

  get handedOctets(): number {
    return this.values[HANDED_OCTETS]!;
  }

  get outMulticastPackets(): number {
    return this.values[OUT_MULTICAST_PACKETS]!;
  }

  /** Handed to the link and refused by it or by the receiver's device. */
  get refusedPackets(): number {
    return this.values[REFUSED_PACKETS]!;
  }

  get refusedOctets(): number {
    return this.values[REFUSED_OCTETS]!;
  }
}

/** Drops of one reason at one place. */
export interface DropCount {
  readonly packets: number;
  readonly octets: number;
  readonly lastSeen: Instant;
}

const REASONS = dropReasons();
const PLACE_OF = Object.fromEntries(REASONS.map((reason, at) => [reason, at])) as Record<DropReason, number>;

/** The drops at one place by reason; reads like a map, in the order in which the reasons first occurred. */
export class DropCounts {
  readonly #packets = new Float64Array(REASONS.length);
  readonly #octets = new Float64Array(REASONS.length);
  readonly #lastSeen = new Float64Array(REASONS.length);
  readonly #seen: DropReason[] = [];

  add(reason: DropReason, packets: number, octets: number, now: Instant): void {
    const at = PLACE_OF[reason];
    if (this.#packets[at] === 0) this.#seen.push(reason);
    this.#packets[at]! += packets;
    this.#octets[at]! += octets;
    this.#lastSeen[at] = now;
  }

  get size(): number {
    return this.#seen.length;
  }

  has(reason: DropReason): boolean {
    return this.#packets[PLACE_OF[reason]]! > 0;
  }

  get(reason: DropReason): DropCount | undefined {
    const at = PLACE_OF[reason];
    if (this.#packets[at] === 0) return undefined;
    const lastSeen = this.#lastSeen[at] as Instant;
    return { packets: this.#packets[at]!, octets: this.#octets[at]!, lastSeen };
  }

  keys(): Iterable<DropReason> {
    return this.#seen;
  }

  values(): DropCount[] {
    return this.#seen.map((reason) => this.get(reason)!);
  }

  [Symbol.iterator](): Iterator<[DropReason, DropCount]> {
    return this.#seen
      .map((reason): [DropReason, DropCount] => [reason, this.get(reason)!])
      [Symbol.iterator]();
  }
}

/**
 * The ledger of one router: received = forwarded + delivered + dropped + held, at every moment.
 *
 * `held` counts fragments waiting for the rest. Datagrams that the router originates are counted separately.
 */
export interface Ledger {
  readonly received: number;
  readonly forwarded: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly held: number;
  readonly originated: number;
}

/** The index of each number in a router's `Totals`. */
export const RECEIVED = 0;
export const FORWARDED = 1;
export const DELIVERED = 2;
export const DROPPED = 3;
export const ORIGINATED = 4;

/** The numbers of a ledger that only increase. */
export type Totals = Float64Array;

export const totals = (): Totals => new Float64Array(5);

/** The ledger of a router with these totals that holds so many fragments. */
export const ledgerOf = (of: Totals, held: number): Ledger => ({
  received: of[RECEIVED]!,
  forwarded: of[FORWARDED]!,
  delivered: of[DELIVERED]!,
  dropped: of[DROPPED]!,
  held,
  originated: of[ORIGINATED]!,
});
