import type { Book } from '../book.js';
import type { DropReason } from '../drop-reason.js';
import { NOBODY } from '../event.js';
import type { IcmpEnvironment } from '../icmp/environment.js';
import { receiveIcmp, SOLICITED } from '../icmp/input.js';
import { icmpCounters } from '../icmp/message.js';
import { type PingOutcome, type PingRequest, Pings } from '../icmp/ping.js';
import { RouterDiscovery } from '../icmp/router-discovery.js';
import type { Interface } from '../interface.js';
import * as ipv4 from '../ip/header.js';
import { finishedRoute } from '../ip/option-rewrite.js';
import { type GivenUp, Reassembly } from '../ip/reassemble.js';
import { udpFault } from '../ip/udp.js';
import type { Random } from '../random.js';
import { earliest, type Instant } from '../time.js';

/** What local delivery is given. */
export interface DeliveryEnvironment {
  readonly icmp: IcmpEnvironment;
  readonly book: Book;
  readonly random: Random;
  readonly now: Instant;
}

/**
 * Takes the datagrams for the router itself, other than IGMP: reassembles fragments and hands the whole to its protocol.
 *
 * Source: RFC 1812 §5.2.1.3, §4.2.2.8.
 */
export class LocalDelivery {
  readonly #environment: DeliveryEnvironment;
  readonly #reassembly = new Reassembly<Interface>();
  readonly #discovery: RouterDiscovery;
  readonly #pings: Pings;

  constructor(environment: DeliveryEnvironment) {
    this.#environment = environment;
    this.#discovery = new RouterDiscovery(environment.icmp, environment.random, environment.now);
    this.#pings = new Pings(environment.icmp);
  }

  /** How many fragments are waiting for the rest. */
  get held(): number {
    return this.#reassembly.held;
  }

  accept(datagram: Uint8Array, ingress: Interface, now: Instant): void {
    const outcome = this.#reassembly.accept(datagram, ingress, now, (evicted) => this.#giveUp(evicted, now));
    if (outcome.fate === 'held') return;
    const { fragments: packets, octets } = outcome;
    if (outcome.fate === 'dropped')
      this.#environment.book.ended(ingress, outcome.reason, undefined, now, undefined, { packets, octets });
    else this.#handUp(outcome.datagram, outcome.tag, now, packets, octets);
  }

  /** Why `accept` would drop a whole datagram; undefined if it would take it. Sends and counts nothing. */
  foresee(whole: Uint8Array, ingress: Interface, now: Instant): DropReason | undefined {
    if (ipv4.protocol(whole) !== ipv4.PROTOCOL_ICMP) return faultOf(whole);
    const icmp = unnoticed(this.#environment.icmp);
    const finished = finishedRoute(whole, icmp.settings.ip.options, icmp.isOurs, icmp.allocate);
    const answer = receiveIcmp(finished, ingress, icmp, now);
    if (answer === 'icmp-ignored' && this.#pings.awaits(finished, now)) return undefined;
    return typeof answer === 'string' && answer !== SOLICITED ? answer : undefined;
  }

  poll(now: Instant): void {
    this.#reassembly.poll(now, (expired) => this.#giveUp(expired, now));
    this.#discovery.poll(now);
    this.#pings.poll(now);
  }

  nextDeadline(): Instant {
    const own = earliest(this.#discovery.nextDeadline(), this.#pings.nextDeadline());
    return earliest(this.#reassembly.nextDeadline(), own);
  }

  /** Sends an echo request of our own; `done` is called once with the outcome. */
  ping(request: PingRequest, now: Instant, done: (outcome: PingOutcome) => void): void {
    const departure = this.#pings.begin(request, now, done);
    if (departure === undefined) return;
    const { icmp } = this.#environment;
    icmp.counters.sent['echo-request'] += 1;
    icmp.send(departure, now);
  }

  /** The router's interfaces have changed. */
  interfacesChanged(now: Instant): void {
    this.#discovery.interfacesChanged(now);
  }

  /** An interface is about to be removed. */
  leave(egress: Interface, now: Instant): void {
    this.#discovery.leave(egress, now);
  }

  /** Tells hosts that this router is going away. */
  stop(now: Instant): void {
    this.#discovery.stop(now);
  }

  #giveUp({ reason, first, tag, fragments, octets }: GivenUp<Interface>, now: Instant): void {
    const several = { packets: fragments, octets, cameBefore: true } as const;
    this.#environment.book.ended(tag, reason, first, now, undefined, several);
  }

  #handUp(whole: Uint8Array, ingress: Interface, now: Instant, packets: number, octets: number): void {
    const { book } = this.#environment;
    const reason = this.#process(whole, ingress, now);
    if (reason === undefined) book.delivered(ingress, packets);
    else book.ended(ingress, reason, whole, now, undefined, { packets, octets });
  }

  /** Hands a datagram to its protocol; returns why it is dropped, if it is. */
  #process(whole: Uint8Array, ingress: Interface, now: Instant): DropReason | undefined {
    return ipv4.protocol(whole) === ipv4.PROTOCOL_ICMP
      ? this.#processIcmp(whole, ingress, now)
      : faultOf(whole);
  }

  #processIcmp(original: Uint8Array, ingress: Interface, now: Instant): DropReason | undefined {
    const { icmp } = this.#environment;
    // An answer goes back along the source route that ended here. What an error would quote stays as it came.
    const whole = finishedRoute(original, icmp.settings.ip.options, icmp.isOurs, icmp.allocate);
    const answer = receiveIcmp(whole, ingress, icmp, now);
    if (answer === SOLICITED) {
      this.#discovery.solicited(ingress, now);
      return undefined;
    }
    if (answer === 'icmp-ignored' && this.#pings.received(whole, now)) return undefined;
    if (typeof answer === 'string') return answer;
    const { datagram, message } = answer;
    const exit = answer.exit ?? icmp.exitTo(ipv4.destination(datagram), whole);
    if (exit === undefined) icmp.counters.suppressed['no-route'] += 1;
    else {
      icmp.counters.sent[message] += 1;
      icmp.send({ datagram, exit }, now);
    }
    return undefined;
  }
}

/** Why a datagram of another protocol than ICMP is dropped: nothing listens here. */
const faultOf = (whole: Uint8Array): DropReason =>
  ipv4.protocol(whole) === ipv4.PROTOCOL_UDP
    ? (udpFault(whole) ?? 'port-unreachable')
    : 'protocol-unreachable';

/** The environment of ICMP for a question: what is counted or numbered there leaves no trace. */
const unnoticed = (icmp: IcmpEnvironment): IcmpEnvironment => ({
  ...icmp,
  observer: NOBODY,
  counters: icmpCounters(),
  nextIdentification: () => 0,
  allocate: (length) => new Uint8Array(length),
});
