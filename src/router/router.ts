import {
  type Address,
  isLinkLocalMulticast,
  isMulticast,
  LIMITED_BROADCAST,
  UNSPECIFIED,
} from '../address.js';
import { countDrop, type Ledger } from '../counters.js';
import type { DropReason } from '../drop-reason.js';
import { NOBODY, type Observer } from '../event.js';
import { Answers, type Departure } from '../icmp/answer.js';
import { type DropDetail, errorFor, NO_DETAIL } from '../icmp/error.js';
import { type IcmpCounters, icmpCounters, type Suppression } from '../icmp/message.js';
import type { PingOutcome, PingRequest } from '../icmp/ping.js';
import { reportSent } from '../icmp/report.js';
import type { Surroundings } from '../icmp/surroundings.js';
import type { Interface } from '../interface.js';
import { decideBroadcast } from '../ip/broadcast.js';
import { isAttached } from '../ip/exit.js';
import { type FibEntry, wayFor } from '../ip/fib.js';
import { decide, egressFault, sourceFault } from '../ip/forward.js';
import * as ipv4 from '../ip/header.js';
import { sendToGroup } from '../ip/multicast-send.js';
import { DEFAULT_MULTICAST } from '../ip/multicast-settings.js';
import { finishRoute, type OptionPlan, planOptions, reasonFor, rewriteOptions } from '../ip/option-plan.js';
import { Routing } from '../ip/routing.js';
import { send } from '../ip/send.js';
import { validate } from '../ip/validate.js';
import type { RouterSettings } from '../settings.js';
import { earliest, type Instant } from '../time.js';
import { LocalDelivery } from './local-delivery.js';
import { MulticastPlane } from './multicast-plane.js';
import { type RouterParts, surroundingsOf } from './parts.js';

/**
 * One virtual router: datagrams come in by an interface and each of them ends in exactly one way.
 *
 * It waits for nothing and owns no clock: only `receive`, `poll` and `nextDeadline` drive it. It may change octets it is given.
 */
export class Router {
  readonly name: string;
  readonly interfaces: readonly Interface[];
  readonly settings: RouterSettings;
  readonly #book = { received: 0, forwarded: 0, delivered: 0, dropped: 0, originated: 0 };
  readonly icmp: IcmpCounters = icmpCounters();
  readonly routing: Routing;
  readonly #answers: Answers;
  readonly #multicast: MulticastPlane;
  readonly #delivery: LocalDelivery;
  readonly #around: Surroundings;
  readonly #observer: Observer;

  constructor(parts: RouterParts) {
    this.name = parts.name;
    this.interfaces = parts.interfaces;
    this.settings = parts.settings;
    this.#observer = parts.observer ?? NOBODY;
    const flowSeed = Math.floor(parts.random() * 2 ** 32);
    this.routing = new Routing(parts.interfaces, parts.routes, parts.settings, flowSeed);
    this.#around = surroundingsOf(parts, this.routing);
    this.#answers = new Answers(this.#around, this.icmp, parts.random, parts.now);
    this.#multicast = new MulticastPlane(
      { igmp: new Map(), multicast: DEFAULT_MULTICAST, ...parts },
      {
        random: parts.random,
        observer: this.#observer,
        routing: this.routing,
        send: (datagram, egress, nextHop, now) => this.#depart({ datagram, exit: { egress, nextHop } }, now),
      },
    );
    this.#delivery = new LocalDelivery(this.#around, this.icmp, this.#multicast, parts, {
      delivered: (packets) => {
        this.#book.delivered += packets;
      },
      dropped: (reason, datagram, ingress, now, packets, octets) =>
        this.#drop(reason, datagram ?? NOTHING, ingress, now, NO_DETAIL, packets, octets),
      answered: (departure, now) => this.#depart(departure, now),
    });
  }

  /** Takes one datagram, or whatever octets came instead of one, from an interface. */
  receive(ingress: Interface, octets: Uint8Array, now: Instant): void {
    this.#book.received += 1;
    ingress.counters.inPackets += 1;
    ingress.counters.inOctets += octets.length;
    const fault = validate(octets);
    if (fault !== undefined) return this.#drop(fault, octets, ingress, now);
    const length = ipv4.totalLength(octets);
    const datagram = length === octets.length ? octets : octets.subarray(0, length);
    const plan = ipv4.hasOptions(datagram)
      ? planOptions(datagram, this.settings.ip.options, this.routing.isOurs)
      : undefined;
    const destination = plan?.destination ?? ipv4.destination(datagram);
    const isToGroup = isMulticast(destination);
    if (isToGroup) ingress.counters.inMulticastPackets += 1;

    const distrust = this.#sourceFault(datagram, destination, isToGroup, ingress);
    if (distrust !== undefined) return this.#drop(distrust, datagram, ingress, now);
    if (plan?.fault !== undefined) return this.#drop(plan.fault.reason, datagram, ingress, now, plan.fault);

    if (isToGroup) return this.#receiveMulticast(datagram, plan, ingress, now);
    if (destination === LIMITED_BROADCAST) return this.#delivery.accept(datagram, ingress, now);
    const entry = this.routing.lookup(destination);
    if (entry === undefined || entry.kind === 'route')
      return this.#forward(datagram, destination, entry, plan, ingress, now);
    if (entry.kind === 'local') {
      if (plan !== undefined && plan.advances > 0) finishRoute(datagram, plan);
      return this.#delivery.accept(datagram, ingress, now);
    }
    if (plan !== undefined && plan.advances > 0) return this.#drop('source-route', datagram, ingress, now);
    if (entry.kind === 'broadcast')
      return this.#receiveBroadcast(datagram, entry.interface!, plan, ingress, now);
    this.#drop('broadcast', datagram, ingress, now);
  }

  /** Does what has become due; call it no later than `nextDeadline()` says. */
  poll(now: Instant): void {
    this.#delivery.poll(now);
    this.#multicast.poll(now);
  }

  nextDeadline(): Instant {
    return earliest(this.#delivery.nextDeadline(), this.#multicast.nextDeadline());
  }

  /** Sends an echo request of the router's own; `done` is told once what became of it. */
  ping(request: PingRequest, now: Instant, done: (outcome: PingOutcome) => void): void {
    this.#delivery.ping(request, now, done);
  }

  /** Says goodbye to whom it told that it is there. */
  stop(now: Instant): void {
    this.#delivery.stop(now);
  }

  /** The book: received = forwarded + delivered + dropped + held, at every moment. */
  get ledger(): Ledger {
    return { ...this.#book, held: this.#delivery.held };
  }

  /** Call it when routes, or the state of an interface or of a neighbor, have changed. */
  routesChanged(now: Instant): void {
    this.routing.changed();
    this.#multicast.interfacesChanged(now);
  }

  get igmp(): MulticastPlane['igmp'] {
    return this.#multicast.igmp;
  }

  get multicast(): MulticastPlane['forwarding'] {
    return this.#multicast.forwarding;
  }

  #sourceFault(
    datagram: Uint8Array,
    destination: Address,
    isToGroup: boolean,
    ingress: Interface,
  ): DropReason | undefined {
    const source = ipv4.source(datagram);
    // A host without an address yet may ask everybody. Source: RFC 1122 §3.2.1.3 (a).
    if (source === UNSPECIFIED && (isToGroup || destination === LIMITED_BROADCAST)) return undefined;
    return sourceFault(source, this.routing.lookup(source), ingress, this.settings.ip);
  }

  #forward(
    datagram: Uint8Array,
    destination: Address,
    entry: FibEntry | undefined,
    plan: OptionPlan | undefined,
    ingress: Interface,
    now: Instant,
  ): void {
    const hop = decide(datagram, destination, entry, ingress, this.settings.ip, this.routing.flows);
    if (typeof hop === 'string')
      return this.#drop(reasonFor(hop, plan), datagram, ingress, now, {
        isAttached: isAttached(destination, this.interfaces),
      });
    const nextHop = hop.via === 0 ? destination : hop.via;
    if (plan?.isStrict && nextHop !== destination) return this.#drop('source-route', datagram, ingress, now);
    const fault = egressFault(datagram, hop.interface, nextHop);
    if (fault !== undefined)
      return this.#drop(reasonFor(fault, plan), datagram, ingress, now, { egress: hop.interface, nextHop });

    if (hop.interface === ingress) this.#redirect(datagram, nextHop, plan, entry!, ingress, now);
    this.#passOn(datagram, hop.interface, nextHop, plan, now);
  }

  /** Rewrites a datagram that goes on, and hands it over. Source: RFC 1812 §5.2.1.2 (7) to (11). */
  #passOn(
    datagram: Uint8Array,
    egress: Interface,
    nextHop: Address,
    plan: OptionPlan | undefined,
    now: Instant,
  ): void {
    ipv4.decrementTtl(datagram);
    if (plan !== undefined) this.#rewriteOptions(datagram, plan, egress, nextHop, now);
    this.#book.forwarded += 1;
    send(datagram, egress, nextHop, this.#around.allocate, now);
  }

  #rewriteOptions(
    datagram: Uint8Array,
    plan: OptionPlan,
    egress: Interface,
    nextHop: Address,
    now: Instant,
  ): void {
    const address = this.#around.addressOn(egress, nextHop) ?? UNSPECIFIED;
    const time = this.#around.utcMilliseconds(now);
    rewriteOptions(datagram, plan, this.settings.ip.options, address, this.routing.isOurs, time);
  }

  #receiveBroadcast(
    datagram: Uint8Array,
    egress: Interface,
    plan: OptionPlan | undefined,
    ingress: Interface,
    now: Instant,
  ): void {
    const verdict = decideBroadcast(datagram, egress, ingress, this.settings);
    if (verdict === 'deliver') return this.#delivery.accept(datagram, ingress, now);
    if (verdict !== 'forward') return this.#drop(verdict, datagram, ingress, now, { egress });
    this.#passOn(datagram, egress, ipv4.destination(datagram), plan, now);
  }

  /** Source: RFC 1812 §5.2.1.3. */
  #receiveMulticast(
    datagram: Uint8Array,
    plan: OptionPlan | undefined,
    ingress: Interface,
    now: Instant,
  ): void {
    const group = ipv4.destination(datagram);
    const protocol = ipv4.protocol(datagram);
    const isForUs = protocol === ipv4.PROTOCOL_ICMP && this.#multicast.isForUs(group, ingress);
    if (protocol === ipv4.PROTOCOL_IGMP || (isForUs && isLinkLocalMulticast(group)))
      return this.#delivery.accept(datagram, ingress, now);
    if (isLinkLocalMulticast(group)) return this.#drop('multicast-link-local', datagram, ingress, now);
    const way = this.multicast.wayOf(datagram, ingress, now);
    if (typeof way === 'string' && isForUs) return this.#delivery.accept(datagram, ingress, now);
    if (typeof way === 'string') return this.#drop(way, datagram, ingress, now);
    this.#book.forwarded += 1;
    sendToGroup(datagram, way, this.#around.allocate, now, plan && this.#recorder(plan, group, now));
  }

  #recorder(plan: OptionPlan, group: Address, now: Instant) {
    return (copy: Uint8Array, egress: Interface) => this.#rewriteOptions(copy, plan, egress, group, now);
  }

  /** The one place where a datagram ends without having gone anywhere. */
  #drop(
    reason: DropReason,
    datagram: Uint8Array,
    ingress: Interface,
    now: Instant,
    detail: DropDetail = NO_DETAIL,
    packets = 1,
    octets = datagram.length,
  ): void {
    this.#book.dropped += packets;
    ingress.counters.inDiscards += packets;
    countDrop(ingress.drops, reason, packets, octets, now);
    if (this.#observer.wants('drop')) {
      const place = { router: this.name, interface: ingress.name };
      this.#observer.notify({ type: 'drop', time: now, ...place, reason, datagram });
    }
    const error = datagram.length === 0 ? undefined : errorFor(reason, detail);
    if (error === undefined) return;
    this.#depart(this.#answers.error(error, datagram, ingress, now), now);
  }

  #redirect(
    datagram: Uint8Array,
    nextHop: Address,
    plan: OptionPlan | undefined,
    entry: FibEntry,
    ingress: Interface,
    now: Instant,
  ): void {
    const how = {
      hasSourceRoute: plan?.hasSourceRoute ?? false,
      isByTos: wayFor(entry, ipv4.tos(datagram))?.tos !== undefined,
    };
    const told = this.#answers.redirect(datagram, ingress, nextHop, how, now);
    if (told !== undefined) this.#depart(told, now);
  }

  #depart(departure: Departure | Suppression, now: Instant): void {
    if (typeof departure === 'string') return;
    this.#book.originated += 1;
    const { egress, nextHop } = departure.exit;
    reportSent(this.#around, departure.datagram, egress, now);
    send(departure.datagram, egress, nextHop, this.#around.allocate, now);
  }
}

const NOTHING = new Uint8Array(0);
