import type { Address } from './address.js';
import * as count from './counters.js';
import type { DropReason } from './drop-reason.js';
import type { Observer } from './event.js';
import type { DropDetail, Interface } from './interface.js';
import type { Parcel } from './parcel.js';
import type { Instant } from './time.js';

/** A link as the book sees it, where datagrams end that never reached a router. */
export interface LinkPlace {
  readonly name: string;
  readonly drops: count.DropCounts;
}

/** What a host has sent on a link. Octets are IPv4 total lengths. */
export interface Sent {
  packets: number;
  octets: number;
}

/** Sees each datagram as it begins its way, before anything is done with it. */
export interface Tap {
  /** A host sent it on a link; `attachment` is HOST.LINK. It may be anything. */
  fromHost(attachment: string, parcel: Parcel, now: Instant): void;
  /** A router made it, for a next hop beyond one of its interfaces. */
  fromRouter(egress: Interface, nextHop: Address, parcel: Parcel, now: Instant): void;
}

/** Several datagrams that end together: fragments of one datagram. */
export interface Several {
  readonly packets: number;
  readonly octets: number;
}

/**
 * Records the fate of every datagram: counts it, tells observers, and has a drop answered.
 *
 * Every datagram that a router receives is forwarded, delivered, held or dropped, exactly once. What happens to
 * a copy on its way out (withheld from one egress, refused by a link or a device) is counted at its egress,
 * and does not change the fate of the datagram that arrived.
 */
export class Book {
  readonly #observer: Observer;
  #lastId = 0;
  /** Undefined while nobody looks, which then costs nothing. */
  tap: Tap | undefined;

  constructor(observer: Observer) {
    this.#observer = observer;
  }

  /** A host sent a datagram. */
  sent(host: { readonly name: string; readonly sent?: Sent }, parcel: Parcel, now: Instant): void {
    if (host.sent !== undefined) {
      host.sent.packets += parcel.datagrams;
      host.sent.octets += parcel.octets.length;
    }
    this.#number(parcel);
    this.tap?.fromHost(host.name, parcel, now);
  }

  /** A router received a datagram, or arbitrary octets. */
  received(ingress: Interface, parcel: Parcel): void {
    const { values } = ingress.counters;
    values[count.IN_PACKETS]! += parcel.datagrams;
    values[count.IN_OCTETS]! += parcel.octets.length;
    ingress.totals[count.RECEIVED]! += parcel.datagrams;
  }

  receivedForGroup(ingress: Interface, parcel: Parcel): void {
    ingress.counters.values[count.IN_MULTICAST_PACKETS]! += parcel.datagrams;
  }

  forwarded(ingress: Interface, parcel: Parcel): void {
    ingress.totals[count.FORWARDED]! += parcel.datagrams;
  }

  /** `packets` received datagrams were for the router itself, and accepted. */
  delivered(ingress: Interface, packets: number): void {
    ingress.totals[count.DELIVERED]! += packets;
  }

  /** A router made a datagram of its own. */
  originated(egress: Interface, nextHop: Address, parcel: Parcel, now: Instant): void {
    egress.totals[count.ORIGINATED]! += parcel.datagrams;
    this.#number(parcel);
    this.tap?.fromRouter(egress, nextHop, parcel, now);
  }

  /** A router hands a datagram to the link of an interface. */
  handed(egress: Interface, parcel: Parcel, isToGroup: boolean): void {
    const { values } = egress.counters;
    values[count.HANDED_PACKETS]! += parcel.datagrams;
    values[count.HANDED_OCTETS]! += parcel.octets.length;
    if (isToGroup) values[count.OUT_MULTICAST_PACKETS]! += parcel.datagrams;
  }

  /**
   * A received datagram goes no further. `original` is the datagram as it arrived, which an ICMP error would
   * quote; undefined if none may be sent.
   */
  ended(
    ingress: Interface,
    reason: DropReason,
    original: Uint8Array | undefined,
    now: Instant,
    detail: DropDetail = NO_DETAIL,
    several?: Several,
  ): void {
    const packets = several?.packets ?? 1;
    ingress.totals[count.DROPPED]! += packets;
    ingress.counters.values[count.IN_DISCARDS]! += packets;
    ingress.drops.add(reason, packets, several?.octets ?? original?.length ?? 0, now);
    this.#tell(ingress.router, ingress.name, ingress.link, reason, original ?? NOTHING, now);
    if (original !== undefined) ingress.answer?.(reason, detail, original, ingress, now);
  }

  /** One of several copies of a datagram is not sent. This is never answered with an error. */
  withheld(egress: Interface, reason: DropReason, parcel: Parcel, now: Instant): void {
    egress.drops.add(reason, parcel.datagrams, parcel.octets.length, now);
    this.#tell(egress.router, egress.name, egress.link, reason, parcel.octets, now);
  }

  /** The link of an interface, or a device on it, refused a datagram that it was handed. */
  refused(egress: Interface, reason: DropReason, parcel: Parcel, now: Instant): void {
    const { values } = egress.counters;
    values[count.REFUSED_PACKETS]! += parcel.datagrams;
    values[count.REFUSED_OCTETS]! += parcel.octets.length;
    egress.refusals.add(reason, parcel.datagrams, parcel.octets.length, now);
    this.#tell(egress.router, egress.name, egress.link, reason, parcel.octets, now);
  }

  /** A datagram, or a copy of it, ended on a link, outside any router. */
  lost(link: LinkPlace, reason: DropReason, parcel: Parcel, now: Instant): void {
    link.drops.add(reason, parcel.datagrams, parcel.octets.length, now);
    this.#tell(null, null, link.name, reason, parcel.octets, now);
  }

  #number(parcel: Parcel): void {
    this.#lastId += 1;
    parcel.id = this.#lastId;
  }

  #tell(
    router: string | null,
    at: string | null,
    link: string,
    reason: DropReason,
    datagram: Uint8Array,
    time: Instant,
  ): void {
    if (!this.#observer.wants('drop')) return;
    this.#observer.notify({ type: 'drop', time, router, interface: at, link, reason, datagram });
  }
}

const NO_DETAIL: DropDetail = {};
const NOTHING = new Uint8Array(0);
