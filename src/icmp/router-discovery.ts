import { ALL_ROUTERS, ALL_SYSTEMS, contains, LIMITED_BROADCAST, UNSPECIFIED } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { Interface } from '../interface.js';
import * as ipv4 from '../ip/header.js';
import { writeUint16, writeUint32 } from '../ip/octets.js';
import type { Random } from '../random.js';
import { after, type Duration, earliest, type Instant, milliseconds, NEVER, seconds } from '../time.js';
import type { IcmpEnvironment } from './environment.js';
import { ICMP_HEADER_LENGTH, ROUTER_ADVERTISEMENT } from './message.js';
import { finishReply, startReply } from './reply.js';

/** The interval between unsolicited advertisements. Source: RFC 1256 §4.1. */
const SHORTEST_INTERVAL = seconds(450);
const LONGEST_INTERVAL = seconds(600);
/** How long an advertisement is valid. */
const LIFETIME = seconds(1800);
/** The first few are sent faster, so that hosts find a new router soon. Source: RFC 1256 §5.1. */
const INITIAL_ADVERTISEMENTS = 3;
const LONGEST_INITIAL_INTERVAL = seconds(16);
const LONGEST_RESPONSE_DELAY = seconds(2);

/** The progress of one interface. */
interface Advertising {
  readonly interface: Interface;
  /** How many of the initial advertisements have been sent since it came up. */
  sent: number;
  nextAt: Instant;
}

/**
 * Advertises the router to the hosts on each link, periodically and on request.
 *
 * Answers go to everybody and restart the interval, so that simultaneous solicitations get one answer. An interface
 * without an address has nothing to advertise, and one that is down is silent.
 *
 * Source: RFC 1256 §4.3.
 */
export class RouterDiscovery {
  readonly #environment: IcmpEnvironment;
  readonly #random: Random;
  #advertising: readonly Advertising[] = [];

  constructor(environment: IcmpEnvironment, random: Random, now: Instant) {
    this.#environment = environment;
    this.#random = random;
    this.interfacesChanged(now);
  }

  /** Starts on new interfaces, and continues on the others. */
  interfacesChanged(now: Instant): void {
    const known = new Map(this.#advertising.map((each) => [each.interface, each]));
    this.#advertising = this.#environment.interfaces
      .filter((each) => each.addresses.length > 0)
      .map((each) => known.get(each) ?? { interface: each, sent: 0, nextAt: now });
  }

  /** Takes back what was advertised on an interface that is going away. Source: RFC 1256 §4.3. */
  leave(egress: Interface, now: Instant): void {
    for (const each of this.#advertising)
      if (each.interface === egress && this.#mayAdvertise(each) && each.sent > 0)
        this.#advertise(egress, seconds(0), now);
    this.#advertising = this.#advertising.filter((each) => each.interface !== egress);
  }

  /** A host on the link of `ingress` sent a valid solicitation. */
  solicited(ingress: Interface, now: Instant): void {
    const each = this.#advertising.find((one) => one.interface === ingress);
    if (each === undefined) return;
    const delay = milliseconds(this.#random() * LONGEST_RESPONSE_DELAY);
    each.nextAt = earliest(each.nextAt, after(now, delay));
  }

  /** Sends what has become due. */
  poll(now: Instant): void {
    for (const each of this.#advertising) {
      if (!this.#mayAdvertise(each)) {
        if (each.sent > 0) each.nextAt = now;
        each.sent = 0;
      } else if (each.nextAt <= now) {
        this.#advertise(each.interface, LIFETIME, now);
        each.sent = Math.min(each.sent + 1, INITIAL_ADVERTISEMENTS);
        each.nextAt = after(now, this.#interval(each.sent));
      }
    }
  }

  nextDeadline(): Instant {
    let next = NEVER;
    for (const each of this.#advertising) if (this.#mayAdvertise(each)) next = earliest(next, each.nextAt);
    return next;
  }

  /** Takes back what was advertised, and sends no more. */
  stop(now: Instant): void {
    for (const each of this.#advertising) this.leave(each.interface, now);
  }

  #mayAdvertise(each: Advertising): boolean {
    return this.#environment.settings.icmp.routerDiscovery && each.interface.up;
  }

  #interval(sent: number): Duration {
    const spread = LONGEST_INTERVAL - SHORTEST_INTERVAL;
    const interval = milliseconds(SHORTEST_INTERVAL + this.#random() * spread);
    return sent < INITIAL_ADVERTISEMENTS && interval > LONGEST_INITIAL_INTERVAL
      ? LONGEST_INITIAL_INTERVAL
      : interval;
  }

  #advertise(egress: Interface, lifetime: Duration, now: Instant): void {
    const environment = this.#environment;
    const identification = environment.nextIdentification();
    const datagram = writeAdvertisement(egress, lifetime, identification, environment.allocate);
    environment.counters.sent['router-advertisement'] += 1;
    environment.send({ datagram, exit: { egress, nextHop: ALL_SYSTEMS } }, now);
  }
}

/**
 * Why a router solicitation is ignored, or undefined if it is valid.
 *
 * Its checksum and minimum length have been checked. Source: RFC 1256 §4.2, §5.1.
 */
export const solicitationFault = (
  datagram: Uint8Array,
  ingress: Interface,
  environment: IcmpEnvironment,
): DropReason | undefined => {
  if (!environment.settings.icmp.routerDiscovery) return 'icmp-ignored';
  if (datagram[ipv4.headerLength(datagram) + 1] !== 0) return 'icmp-malformed';
  const destination = ipv4.destination(datagram);
  const isToUs =
    destination === ALL_ROUTERS || destination === LIMITED_BROADCAST || environment.isOurs(destination);
  const source = ipv4.source(datagram);
  const isFromNeighbor =
    source === UNSPECIFIED || ingress.addresses.some(({ prefix }) => contains(prefix, source));
  return isToUs && isFromNeighbor ? undefined : 'icmp-ignored';
};

/** Two words for each address: the address and its preference level. */
const ENTRY_WORDS = 2;
const PREFERENCE = 0;
/** The number of addresses is one octet. */
const MOST_ADDRESSES = 255;

/** An advertisement of all addresses of an interface, to everybody on its link. Source: RFC 1256 §3. */
export const writeAdvertisement = (
  egress: Interface,
  lifetime: Duration,
  identification: number,
  allocate: (length: number) => Uint8Array,
): Uint8Array => {
  const addresses = egress.addresses.slice(0, MOST_ADDRESSES);
  const addressing = {
    source: addresses[0]!.address,
    destination: ALL_SYSTEMS,
    identification,
    options: new Uint8Array(0),
  };
  const header = { tos: ipv4.INTERNETWORK_CONTROL, flags: 0, ttl: 1 };
  const length = ICMP_HEADER_LENGTH + 4 * ENTRY_WORDS * addresses.length;
  const datagram = startReply(header, addressing, length, allocate);
  const icmp = datagram.length - length;
  datagram.set([ROUTER_ADVERTISEMENT, 0, 0, 0, addresses.length, ENTRY_WORDS], icmp);
  writeUint16(datagram, icmp + 6, lifetime / 1000);
  for (const [at, { address }] of addresses.entries()) {
    writeUint32(datagram, icmp + ICMP_HEADER_LENGTH + 8 * at, address);
    writeUint32(datagram, icmp + ICMP_HEADER_LENGTH + 8 * at + 4, PREFERENCE);
  }
  return finishReply(datagram, icmp);
};
