import type { DropReason } from '../drop-reason.js';
import type { Departure } from '../icmp/answer.js';
import { receiveIcmp, SOLICITED } from '../icmp/input.js';
import type { IcmpCounters } from '../icmp/message.js';
import { type PingOutcome, type PingRequest, Pings } from '../icmp/ping.js';
import { RouterDiscovery } from '../icmp/router-discovery.js';
import type { Surroundings } from '../icmp/surroundings.js';
import type { Interface } from '../interface.js';
import * as ipv4 from '../ip/header.js';
import { type GivenUp, Reassembly } from '../ip/reassemble.js';
import { udpFault } from '../ip/udp.js';
import type { Random } from '../random.js';
import { earliest, type Instant } from '../time.js';

/** How a delivery reports what became of datagrams, each exactly once. */
export interface Fates {
  delivered(packets: number): void;
  /** `datagram` is the one that an error would quote; undefined where none may be sent. */
  dropped(
    reason: DropReason,
    datagram: Uint8Array | undefined,
    ingress: Interface,
    now: Instant,
    packets: number,
    octets: number,
  ): void;
  /** An answer leaves. */
  answered(departure: Departure, now: Instant): void;
}

/** Who takes IGMP datagrams; a reason where nothing of one was heeded. */
export interface IgmpInput {
  receive(datagram: Uint8Array, ingress: Interface, now: Instant): DropReason | undefined;
  stop(now: Instant): void;
}

/**
 * What a router does with datagrams for itself: puts fragments together and hands the whole to its protocol.
 *
 * Source: RFC 1812 §5.2.1.3, §4.2.2.8.
 */
export class LocalDelivery {
  readonly #reassembly = new Reassembly<Interface>();
  readonly #discovery: RouterDiscovery;
  readonly #pings: Pings;
  readonly #around: Surroundings;
  readonly #icmp: IcmpCounters;
  readonly #fates: Fates;
  readonly #igmp: IgmpInput;

  constructor(
    around: Surroundings,
    icmp: IcmpCounters,
    igmp: IgmpInput,
    start: { readonly random: Random; readonly now: Instant },
    fates: Fates,
  ) {
    this.#around = around;
    this.#icmp = icmp;
    this.#igmp = igmp;
    this.#fates = fates;
    this.#discovery = new RouterDiscovery(around, start.random, start.now);
    this.#pings = new Pings(around);
  }

  /** How many fragments wait for the rest. */
  get held(): number {
    return this.#reassembly.held;
  }

  accept(datagram: Uint8Array, ingress: Interface, now: Instant): void {
    // Nobody sends IGMP in fragments: those are refused there, not put together here. Source: RFC 9776 §4.
    if (!ipv4.isFragment(datagram) || ipv4.protocol(datagram) === ipv4.PROTOCOL_IGMP)
      return this.#handUp(datagram, ingress, now, 1, datagram.length);
    const outcome = this.#reassembly.accept(datagram, ingress, now, (evicted) => this.#giveUp(evicted, now));
    if (outcome.fate === 'held') return;
    const { fragments, octets } = outcome;
    if (outcome.fate === 'dropped')
      return this.#fates.dropped(outcome.reason, undefined, ingress, now, fragments, octets);
    this.#handUp(outcome.datagram, outcome.tag, now, fragments, octets);
  }

  poll(now: Instant): void {
    this.#reassembly.poll(now, (expired) => this.#giveUp(expired, now));
    this.#discovery.poll(now, (advertisement) => this.#advertise(advertisement, now));
    this.#pings.poll(now);
  }

  nextDeadline(): Instant {
    const own = earliest(this.#discovery.nextDeadline(), this.#pings.nextDeadline());
    return earliest(this.#reassembly.nextDeadline(), own);
  }

  /** Sends an echo request of our own; `done` is told once what became of it. */
  ping(request: PingRequest, now: Instant, done: (outcome: PingOutcome) => void): void {
    const departure = this.#pings.begin(request, now, done);
    if (departure === undefined) return;
    this.#icmp.sent['echo-request'] += 1;
    this.#fates.answered(departure, now);
  }

  /** Tells hosts and switches that this router goes away. */
  stop(now: Instant): void {
    this.#discovery.stop((advertisement) => this.#advertise(advertisement, now));
    this.#igmp.stop(now);
  }

  #advertise(advertisement: Departure, now: Instant): void {
    this.#icmp.sent['router-advertisement'] += 1;
    this.#fates.answered(advertisement, now);
  }

  #giveUp({ reason, first, tag, fragments, octets }: GivenUp<Interface>, now: Instant): void {
    this.#fates.dropped(reason, first, tag, now, fragments, octets);
  }

  #handUp(whole: Uint8Array, ingress: Interface, now: Instant, packets: number, octets: number): void {
    const reason = this.#process(whole, ingress, now);
    if (reason === undefined) this.#fates.delivered(packets);
    else this.#fates.dropped(reason, whole, ingress, now, packets, octets);
  }

  /** What the protocol above makes of a datagram to us; a reason where it makes nothing of it. */
  #process(whole: Uint8Array, ingress: Interface, now: Instant): DropReason | undefined {
    switch (ipv4.protocol(whole)) {
      case ipv4.PROTOCOL_ICMP:
        return this.#processIcmp(whole, ingress, now);
      case ipv4.PROTOCOL_IGMP:
        return this.#igmp.receive(whole, ingress, now);
      case ipv4.PROTOCOL_UDP:
        return udpFault(whole) ?? 'port-unreachable';
      default:
        return 'protocol-unreachable';
    }
  }

  #processIcmp(whole: Uint8Array, ingress: Interface, now: Instant): DropReason | undefined {
    const answer = receiveIcmp(whole, ingress, this.#around, this.#icmp, now);
    if (answer === SOLICITED) {
      this.#discovery.solicited(ingress, now);
      return undefined;
    }
    if (answer === 'icmp-ignored' && this.#pings.received(whole, now)) return undefined;
    if (typeof answer === 'string') return answer;
    const { datagram, message } = answer;
    const exit = answer.exit ?? this.#around.exitTo(ipv4.destination(datagram), whole);
    if (exit === undefined) this.#icmp.suppressed['no-route'] += 1;
    else {
      this.#icmp.sent[message] += 1;
      this.#fates.answered({ datagram, exit }, now);
    }
    return undefined;
  }
}
