import type { Address } from './address.js';
import * as count from './counters.js';
import type { DropReason } from './drop-reason.js';
import type { Observer } from './event.js';
import type { DropDetail, Interface } from './interface.js';
import { octetsOnWire, type Parcel } from './parcel.js';
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

/** Sees every passage of an interface, and how each datagram ends, at the moment it is written down. */
export interface Recorder {
  /** A datagram, or arbitrary octets, came in; unless more is told of it, the router keeps it. */
  entered(ingress: Interface, parcel: Parcel, now: Instant): void;
  /** What came in last is forwarded. */
  goesOn(): void;
  left(egress: Interface, parcel: Parcel, now: Instant): void;
  /** What came in last ends, or, with `several.cameBefore`, what had come in before. */
  ended(
    ingress: Interface,
    reason: DropReason,
    original: Uint8Array | undefined,
    now: Instant,
    several?: Several,
  ): void;
  withheld(egress: Interface, reason: DropReason, parcel: Parcel, now: Instant): void;
  /** What has left an interface went no further. */
  refused(egress: Interface, reason: DropReason, parcel: Parcel, now: Instant): void;
  lost(link: LinkPlace, reason: DropReason, parcel: Parcel, now: Instant): void;
}
/** Hands on the datagrams that a parcel represents, one by one, and complete. */
export type TakeApart = (parcel: Parcel, take: (datagram: Parcel) => void) => void;

/** Several datagrams that end together: fragments of one datagram. */
export interface Several {
  readonly packets: number;
  readonly octets: number;
  /** They had been waiting, and whatever comes in now is not among them. */
  readonly cameBefore?: true;
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
  readonly #takeApart: TakeApart;
  /** Even; what routers make has the odd number behind it. */
  #lastId = 0;
  /** Undefined while nobody looks, which then costs nothing. */
  tap: Tap | undefined;
  /** Undefined while nobody captures, which then costs a comparison a passage. */
  recorder: Recorder | undefined;

  /** Whether observers are told of what is forwarded, too; false costs a comparison a datagram. */
  tellsForwarded = false;

  /** Who looks sees datagrams as they are on a wire; without `takeApart` there are no others. */
  constructor(observer: Observer, takeApart: TakeApart = (parcel, take) => take(parcel)) {
    this.#observer = observer;
    this.#takeApart = takeApart;
  }

  /** A host sent a datagram. */
  sent(host: { readonly name: string; readonly sent?: Sent }, parcel: Parcel, now: Instant): void {
    if (host.sent !== undefined) {
      host.sent.packets += parcel.datagrams;
      host.sent.octets += wireLength(parcel);
    }
    parcel.id = this.#numberOf(parcel);
    if (this.tap !== undefined) this.#showSent(this.tap, host.name, parcel, now);
  }

  /** A router received a datagram, or arbitrary octets. */
  received(ingress: Interface, parcel: Parcel, now: Instant): void {
    const { values } = ingress.counters;
    values[count.IN_PACKETS]! += parcel.datagrams;
    values[count.IN_OCTETS]! += wireLength(parcel);
    ingress.totals[count.RECEIVED]! += parcel.datagrams;
    if (this.recorder !== undefined) this.recorder.entered(ingress, parcel, now);
  }

  receivedForGroup(ingress: Interface, parcel: Parcel): void {
    ingress.counters.values[count.IN_MULTICAST_PACKETS]! += parcel.datagrams;
  }

  forwarded(ingress: Interface, parcel: Parcel, now: Instant): void {
    ingress.totals[count.FORWARDED]! += parcel.datagrams;
    if (this.recorder !== undefined) this.recorder.goesOn();
    if (this.tellsForwarded) this.#tellForwarded(ingress, parcel, now);
  }

  /** `packets` received datagrams were for the router itself, and accepted. */
  delivered(ingress: Interface, packets: number): void {
    ingress.totals[count.DELIVERED]! += packets;
  }

  /** A router made a datagram of its own. */
  originated(egress: Interface, nextHop: Address, parcel: Parcel, now: Instant): void {
    egress.totals[count.ORIGINATED]! += parcel.datagrams;
    parcel.id = this.#numberOf(parcel) + 1;
    const { tap } = this;
    if (tap !== undefined)
      this.#takeApart(parcel, (datagram) => tap.fromRouter(egress, nextHop, datagram, now));
  }

  /** A router hands a datagram to the link of an interface. */
  handed(egress: Interface, parcel: Parcel, isToGroup: boolean, now: Instant): void {
    const { values } = egress.counters;
    values[count.HANDED_PACKETS]! += parcel.datagrams;
    values[count.HANDED_OCTETS]! += wireLength(parcel);
    if (isToGroup) values[count.OUT_MULTICAST_PACKETS]! += parcel.datagrams;
    if (this.recorder !== undefined) this.recorder.left(egress, parcel, now);
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
    this.recorder?.ended(ingress, reason, original, now, several);
    this.#tell(ingress.router, ingress.name, ingress.link, reason, original ?? NOTHING, now);
    if (original !== undefined) ingress.answer?.(reason, detail, original, ingress, now);
  }

  /**
   * A received parcel goes no further, with all that it represents. `first` is the datagram, complete, that an ICMP
   * error quotes: one for all.
   */
  endedTogether(
    ingress: Interface,
    reason: DropReason,
    parcel: Parcel,
    first: Uint8Array,
    now: Instant,
    detail: DropDetail = NO_DETAIL,
  ): void {
    const { datagrams } = parcel;
    ingress.totals[count.DROPPED]! += datagrams;
    ingress.counters.values[count.IN_DISCARDS]! += datagrams;
    ingress.drops.add(reason, datagrams, wireLength(parcel), now);
    this.#tellAll(ingress.router, ingress.name, ingress.link, reason, parcel, now);
    ingress.answer?.(reason, detail, first, ingress, now);
  }

  /** One of several copies of a datagram is not sent. This is never answered with an error. */
  withheld(egress: Interface, reason: DropReason, parcel: Parcel, now: Instant): void {
    egress.drops.add(reason, parcel.datagrams, wireLength(parcel), now);
    this.recorder?.withheld(egress, reason, parcel, now);
    this.#tellAll(egress.router, egress.name, egress.link, reason, parcel, now);
  }

  /** The link of an interface, or a device on it, refused a datagram that it was handed. */
  refused(egress: Interface, reason: DropReason, parcel: Parcel, now: Instant): void {
    const { values } = egress.counters;
    values[count.REFUSED_PACKETS]! += parcel.datagrams;
    values[count.REFUSED_OCTETS]! += wireLength(parcel);
    egress.refusals.add(reason, parcel.datagrams, wireLength(parcel), now);
    this.recorder?.refused(egress, reason, parcel, now);
    this.#tellAll(egress.router, egress.name, egress.link, reason, parcel, now);
  }

  /** A datagram, or a copy of it, ended on a link, outside any router. */
  lost(link: LinkPlace, reason: DropReason, parcel: Parcel, now: Instant): void {
    link.drops.add(reason, parcel.datagrams, wireLength(parcel), now);
    const { recorder } = this;
    if (recorder !== undefined)
      this.#takeApart(parcel, (datagram) => recorder.lost(link, reason, datagram, now));
    this.#tellAll(null, null, link.name, reason, parcel, now);
  }

  /** Apart from `sent`, as V8 makes a context for a closure on each call, even where the closure is never made. */
  #showSent(tap: Tap, attachment: string, parcel: Parcel, now: Instant): void {
    this.#takeApart(parcel, (datagram) => tap.fromHost(attachment, datagram, now));
  }

  #tellForwarded({ router, name }: Interface, parcel: Parcel, time: Instant): void {
    this.#takeApart(parcel, ({ octets }) =>
      this.#observer.notify({ type: 'forward', time, router, interface: name, datagram: octets }),
    );
  }

  /** The number of the first datagram that a parcel represents; each of the others has two more. */
  #numberOf(parcel: Parcel): number {
    const first = this.#lastId + 2;
    this.#lastId += 2 * parcel.datagrams;
    return first;
  }

  #tellAll(
    router: string | null,
    at: string | null,
    link: string,
    reason: DropReason,
    parcel: Parcel,
    time: Instant,
  ): void {
    if (!this.#observer.wants('drop')) return;
    this.#takeApart(parcel, ({ octets }) => this.#tell(router, at, link, reason, octets, time));
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

/** Whether a router made the datagram with this id, and no host. */
export const isOfRouter = (id: number): boolean => (id & 1) === 1;

const NO_DETAIL: DropDetail = {};
const NOTHING = new Uint8Array(0);

/** What a parcel has on a wire, in octets. */
const wireLength = (parcel: Parcel): number =>
  parcel.segment > 0 ? octetsOnWire(parcel) : parcel.octets.length;
