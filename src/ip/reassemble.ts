import type { Address } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import { after, type Duration, type Instant, NEVER, seconds } from '../time.js';
import { isPossibleFragment } from './fragment.js';
import { reassemblyKey } from './fragment-key.js';
import { FragmentPieces } from './fragment-pieces.js';
import * as ipv4 from './header.js';
import { writeUint16 } from './octets.js';

/** The limits of reassembly. */
export interface ReassemblyLimits {
  /** Octets of all waiting fragments of a router, plus `FRAGMENT_COST` for each piece and each datagram. */
  readonly totalOctets: number;
  /** Incomplete datagrams of one source. */
  readonly datagramsPerSource: number;
}

export const DEFAULT_LIMITS: ReassemblyLimits = { totalOctets: 4 * 1024 * 1024, datagramsPerSource: 64 };

/** How long to wait for the rest of a datagram, from its first fragment on. Source: RFC 1122 §3.3.2. */
export const REASSEMBLY_TIMEOUT: Duration = seconds(60);

/** The approximate overhead of keeping a fragment, in octets: an array and its place in the order. */
export const FRAGMENT_COST = 256;

/** The fate of one fragment; `fragments` and `octets` count it and those that share its fate. */
export type Reassembled<Tag> =
  | { readonly fate: 'held' }
  | {
      readonly fate: 'complete';
      /** New octets: the header of fragment 0 and all payloads, no longer a fragment. */
      readonly datagram: Uint8Array;
      /** The tag of fragment 0. */
      readonly tag: Tag;
      readonly fragments: number;
      readonly octets: number;
    }
  | {
      readonly fate: 'dropped';
      readonly reason: DropReason;
      readonly fragments: number;
      readonly octets: number;
    };

/** Held fragments that are given up. */
export interface GivenUp<Tag> {
  readonly reason: 'reassembly-timeout' | 'reassembly-limit';
  /** Fragment 0 as it arrived; undefined if it did not. */
  readonly first: Uint8Array | undefined;
  /** The tag of fragment 0, or else of the first to arrive. */
  readonly tag: Tag;
  readonly fragments: number;
  readonly octets: number;
}

/** One incomplete datagram. */
interface Pending<Tag> {
  readonly key: string;
  readonly source: Address;
  readonly deadline: Instant;
  /** Undefined if its fragments conflicted; later ones are then dropped, too. */
  pieces: FragmentPieces | undefined;
  first: Uint8Array | undefined;
  tag: Tag;
  /** Octets of all fragments, duplicates included. */
  fragments: number;
  octets: number;
  /** Its share of `totalOctets`. */
  cost: number;
  /** The ECN codepoints that have occurred, one bit each. */
  codepoints: number;
}

/**
 * The fragments of one router that are waiting for the rest of their datagrams.
 *
 * The fate of each fragment is reported exactly once: by `accept` for the one at hand and those that waited for it, or
 * by a callback for those that are given up; `held` counts the others. A duplicate shares the fate of its datagram.
 * `Tag` is what the caller needs to know about a fragment later, such as its ingress. Octets are copied, so the caller
 * may reuse its room.
 *
 * Source: RFC 791 §3.2, RFC 1122 §3.3.2, RFC 1812 §4.2.2.8.
 */
export class Reassembly<Tag> {
  readonly #limits: ReassemblyLimits;
  readonly #timeout: Duration;
  /** In order of their first fragments, and so of their deadlines. */
  readonly #pending = new Map<string, Pending<Tag>>();
  readonly #bySource = new Map<Address, Set<Pending<Tag>>>();
  #cost = 0;
  #held = 0;

  constructor(limits: ReassemblyLimits = DEFAULT_LIMITS, timeout: Duration = REASSEMBLY_TIMEOUT) {
    this.#limits = limits;
    this.#timeout = timeout;
  }

  /** How many fragments are waiting. */
  get held(): number {
    return this.#held;
  }

  /** How much of `totalOctets` is in use. */
  get cost(): number {
    return this.#cost;
  }

  /**
   * Takes a fragment for us whose header and options have been checked.
   *
   * Older datagrams that must make room are passed to `evicted` before it returns. A whole datagram is complete by
   * itself, and fragments with the same identification keep waiting: in a whole datagram, the identification has no
   * meaning. Source: RFC 6864 §4.1.
   */
  accept(
    datagram: Uint8Array,
    tag: Tag,
    now: Instant,
    evicted: (givenUp: GivenUp<Tag>) => void,
  ): Reassembled<Tag> {
    if (!ipv4.isFragment(datagram))
      return { fate: 'complete', datagram, tag, fragments: 1, octets: datagram.length };
    if (!isPossibleFragment(datagram)) return dropped('reassembly-overlap', 1, datagram.length);
    const start = ipv4.fragmentOffset(datagram);
    const end = start + ipv4.payloadLength(datagram);
    const isLast = !ipv4.hasMoreFragments(datagram);

    const key = reassemblyKey(datagram);
    const known = this.#pending.get(key);
    if (known !== undefined && known.pieces === undefined)
      return dropped('reassembly-overlap', 1, datagram.length);
    const fit = known?.pieces?.fit(start, end, isLast) ?? 'new';
    if (known !== undefined && fit === 'conflict') return this.#kill(known, datagram);

    if (fit === 'new') {
      const needed = costOf(datagram) + (known === undefined ? FRAGMENT_COST : 0);
      if (known === undefined) this.#makeRoomFrom(ipv4.source(datagram), evicted);
      this.#makeRoom(needed, evicted);
      const isGone = known !== undefined && !this.#pending.has(key);
      if (isGone || this.#cost + needed > this.#limits.totalOctets)
        return dropped('reassembly-limit', 1, datagram.length);
    }

    const pending = known ?? this.#begin(key, datagram, tag, now);
    if (fit === 'new') this.#add(pending, datagram, tag, start, end);
    if (isLast) pending.pieces!.endsAt(end);
    pending.fragments += 1;
    pending.octets += datagram.length;
    pending.codepoints |= 1 << (ipv4.tos(datagram) & 3);
    this.#held += 1;
    const length = pending.pieces!.wholeLength;
    return length === undefined ? HELD : this.#complete(pending, length);
  }

  /** Gives up the datagrams whose time has run out. Source: RFC 1122 §3.3.2. */
  poll(now: Instant, expired: (givenUp: GivenUp<Tag>) => void): void {
    for (const pending of this.#pending.values()) {
      if (pending.deadline > now) return;
      this.#giveUp(pending, 'reassembly-timeout', expired);
    }
  }

  nextDeadline(): Instant {
    for (const pending of this.#pending.values()) return pending.deadline;
    return NEVER;
  }

  #begin(key: string, datagram: Uint8Array, tag: Tag, now: Instant): Pending<Tag> {
    const pending: Pending<Tag> = {
      key,
      source: ipv4.source(datagram),
      deadline: after(now, this.#timeout),
      pieces: new FragmentPieces(),
      first: undefined,
      tag,
      fragments: 0,
      octets: 0,
      cost: 0,
      codepoints: 0,
    };
    this.#pending.set(key, pending);
    const siblings = this.#bySource.get(pending.source);
    if (siblings === undefined) this.#bySource.set(pending.source, new Set([pending]));
    else siblings.add(pending);
    this.#charge(pending, FRAGMENT_COST);
    return pending;
  }

  #add(pending: Pending<Tag>, datagram: Uint8Array, tag: Tag, start: number, end: number): void {
    const header = ipv4.headerLength(datagram);
    // A copy, whose octets nobody else has: `slice` of a Buffer would be a view.
    const kept = new Uint8Array(start === 0 ? datagram : datagram.subarray(header));
    const octets = start === 0 ? kept.subarray(header) : kept;
    if (start === 0) {
      pending.first = kept;
      pending.tag = tag;
    }
    pending.pieces!.add({ start, end, octets });
    this.#charge(pending, costOf(datagram));
  }

  #complete(pending: Pending<Tag>, length: number): Reassembled<Tag> {
    this.#forget(pending);
    const { fragments, octets, tag, codepoints } = pending;
    const first = pending.first!;
    const header = ipv4.headerLength(first);
    const isMixed = (codepoints & NOT_ECT) !== 0 && (codepoints & CE) !== 0;
    if (isMixed || header + length > ipv4.MAXIMUM_DATAGRAM_LENGTH)
      return dropped('reassembly-overlap', fragments, octets);
    const datagram = new Uint8Array(header + length);
    datagram.set(first.subarray(0, header));
    pending.pieces!.writeTo(datagram, header);
    if ((codepoints & CE) !== 0) datagram[1]! |= 3;
    writeUint16(datagram, 2, datagram.length);
    writeUint16(datagram, 6, 0);
    ipv4.writeChecksum(datagram);
    return { fate: 'complete', datagram, tag, fragments, octets };
  }

  /** Drops a datagram with the fragment that conflicts with it, and remembers it until its time runs out. */
  #kill(pending: Pending<Tag>, datagram: Uint8Array): Reassembled<Tag> {
    const { fragments, octets } = pending;
    this.#held -= fragments;
    this.#charge(pending, FRAGMENT_COST - pending.cost);
    pending.pieces = undefined;
    pending.first = undefined;
    pending.fragments = 0;
    return dropped('reassembly-overlap', fragments + 1, octets + datagram.length);
  }

  /** Gives up the oldest until there is room for `needed`, possibly even the one that needs it. */
  #makeRoom(needed: number, evicted: (givenUp: GivenUp<Tag>) => void): void {
    for (const oldest of this.#pending.values()) {
      if (this.#cost + needed <= this.#limits.totalOctets) return;
      this.#giveUp(oldest, 'reassembly-limit', evicted);
    }
  }

  /** Gives up the oldest of one source until it may start another. */
  #makeRoomFrom(source: Address, evicted: (givenUp: GivenUp<Tag>) => void): void {
    const siblings = this.#bySource.get(source);
    if (siblings === undefined) return;
    for (const oldest of siblings) {
      if (siblings.size < this.#limits.datagramsPerSource) return;
      this.#giveUp(oldest, 'reassembly-limit', evicted);
    }
  }

  #giveUp(
    pending: Pending<Tag>,
    reason: GivenUp<Tag>['reason'],
    tell: (givenUp: GivenUp<Tag>) => void,
  ): void {
    this.#forget(pending);
    const { first, tag, fragments, octets } = pending;
    if (fragments > 0) tell({ reason, first, tag, fragments, octets });
  }

  #forget(pending: Pending<Tag>): void {
    this.#pending.delete(pending.key);
    const siblings = this.#bySource.get(pending.source)!;
    siblings.delete(pending);
    if (siblings.size === 0) this.#bySource.delete(pending.source);
    this.#charge(pending, -pending.cost);
    this.#held -= pending.fragments;
  }

  #charge(pending: Pending<Tag>, cost: number): void {
    pending.cost += cost;
    this.#cost += cost;
  }
}

const HELD = { fate: 'held' } as const;

/** As bits of `codepoints`. Source: RFC 3168 §5. */
const NOT_ECT = 0b0001;
const CE = 0b1000;

const dropped = (reason: DropReason, fragments: number, octets: number): Reassembled<never> => ({
  fate: 'dropped',
  reason,
  fragments,
  octets,
});

const costOf = (datagram: Uint8Array): number => datagram.length + FRAGMENT_COST;
