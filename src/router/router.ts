import { type Address, isMulticast, UNSPECIFIED } from '../address.js';
import * as count from '../counters.js';
import type { DropReason } from '../drop-reason.js';
import type { Hop } from '../hop.js';
import type { Departure } from '../icmp/environment.js';
import { ErrorSender } from '../icmp/error-sender.js';
import { type IcmpCounters, icmpCounters } from '../icmp/message.js';
import { notifySent } from '../icmp/notify.js';
import type { PingOutcome, PingRequest } from '../icmp/ping.js';
import { Work } from '../igmp/work.js';
import { type DropDetail, type Interface, numbered } from '../interface.js';
import { Filters } from '../ip/filters.js';
import * as ipv4 from '../ip/header.js';
import { rewriteOptions } from '../ip/option-rewrite.js';
import type { OptionPlan } from '../ip/options.js';
import { Routing } from '../ip/routing.js';
import { eachDatagram, firstDatagram } from '../offload/segmentation.js';
import { copyOf, datagramLength, type Parcel, parcelOf } from '../parcel.js';
import type { RouterSettings } from '../settings.js';
import { earliest, type Instant } from '../time.js';
import { decide, type Tables } from './decide.js';
import type { RouterEnvironment, RouterPlan } from './environment.js';
import { Forecast } from './forecast.js';
import { icmpEnvironment } from './icmp-environment.js';
import { LocalDelivery } from './local-delivery.js';
import { MulticastPlane } from './multicast-plane.js';
import { eachPiece, type Handover } from './pieces.js';
import { tablesOf } from './tables.js';
import { emptyVerdict, type Verdict } from './verdict.js';

/**
 * A virtual router: every datagram that arrives on an interface ends in exactly one way.
 *
 * It never waits and has no clock; `receive`, `poll` and `nextDeadline` drive it. `decide` determines the fate of a
 * datagram, and this class carries it out. It may change the octets that it is given.
 */
export class Router {
  readonly name: string;
  readonly icmp: IcmpCounters = icmpCounters();
  readonly routing: Routing;
  readonly filters: Filters;
  /** What it would do after a verdict, for predicting the fate of a datagram. */
  readonly forecast: Forecast;
  readonly #totals = count.totals();
  readonly #environment: RouterEnvironment;
  readonly #errors: ErrorSender;
  readonly #multicast: MulticastPlane;
  readonly #delivery: LocalDelivery;
  readonly #verdict: Verdict = emptyVerdict();
  #plan: RouterPlan;
  /** Made anew whenever the filters are. */
  #tables!: Tables;

  constructor(plan: RouterPlan, environment: RouterEnvironment) {
    this.name = plan.name;
    numbered(plan.interfaces);
    this.#plan = plan;
    this.#environment = environment;
    const { random, now, book, observer } = environment;
    const flowSeed = Math.floor(random() * 2 ** 32);
    this.routing = new Routing({ ...plan, ip: plan.settings.ip }, flowSeed, () => this.multicast.changed());
    const icmp = icmpEnvironment({
      router: this,
      given: environment,
      identification: Math.floor(random() * 0x10000),
      send: (departure, at) => this.#depart(departure, at),
    });
    this.#errors = new ErrorSender(icmp, random, now);
    this.#multicast = new MulticastPlane(plan, {
      work: new Work(),
      ...environment,
      routing: this.routing,
      send: (datagram, egress, group, at) => this.#depart({ datagram, exit: { egress, nextHop: group } }, at),
    });
    this.#delivery = new LocalDelivery({ icmp, book, random, now });
    this.filters = new Filters({
      router: plan.name,
      random,
      observer,
      changed: () => {
        this.#tables = tablesOf(this.#plan, this.routing, this.filters, this.#multicast);
      },
    });
    this.forecast = new Forecast({
      errors: this.#errors,
      delivery: this.#delivery,
      multicast: this.#multicast,
      rewriteOptions: (...given) => this.#rewriteOptions(...given),
    });
    this.filters.apply(plan.filters, plan.interfaces, now);
    this.#adopt(plan.interfaces);
  }

  /**
   * Adopts another plan, whole. State that the change does not concern is kept: fragments, memberships, flows, limits,
   * counters, and routes made at run time. Interfaces that go away are left first.
   */
  apply(plan: RouterPlan, now: Instant): void {
    for (const each of this.interfaces) {
      if (plan.interfaces.includes(each)) continue;
      this.#delivery.leave(each, now);
      this.#multicast.leave(each, now);
    }
    this.#plan = plan;
    this.routing.apply({ ...plan, ip: plan.settings.ip }, numbered(plan.interfaces));
    this.#multicast.apply(plan, now);
    this.filters.apply(plan.filters, plan.interfaces, now);
    this.#adopt(plan.interfaces);
    this.#delivery.interfacesChanged(now);
  }

  get interfaces(): readonly Interface[] {
    return this.#plan.interfaces;
  }

  get settings(): RouterSettings {
    return this.#plan.settings;
  }

  /** Takes the datagrams that arrive on an interface. */
  entranceOf(ingress: Interface): Hop {
    return { take: (parcel, now) => this.receive(ingress, parcel, now) };
  }

  /** Takes one datagram, or arbitrary octets, from an interface. */
  receive(ingress: Interface, parcel: Parcel, now: Instant): void {
    const { book } = this.#environment;
    // Who captures, and some filters, see datagrams as they are on a wire.
    if (parcel.isPartial && (book.recorder !== undefined || this.filters.tellSegmentsApart))
      return this.#receiveEach(ingress, parcel, now);
    book.received(ingress, parcel, now);
    const fault = ipv4.validate(parcel.octets);
    if (fault !== undefined) return this.#end(parcel, ingress, fault, now);
    const length = ipv4.totalLength(parcel.octets);
    if (length !== parcel.octets.length) parcel.octets = parcel.octets.subarray(0, length);

    const verdict = this.#verdict;
    const longest = parcel.segment > 0 ? datagramLength(parcel) : length;
    decide(parcel.octets, ingress, this.#tables, verdict, undefined, longest);
    if (verdict.decisions.length > 0 || verdict.isByChance)
      this.filters.record(verdict, parcel.octets, parcel.datagrams, now);
    if (verdict.isToGroup) book.receivedForGroup(ingress, parcel);
    if (verdict.route !== undefined) this.multicast.record(verdict.route, parcel, verdict);
    switch (verdict.fate) {
      case 'forward':
        return this.#forward(parcel, verdict, ingress, now);
      case 'replicate':
        return this.#replicate(parcel, verdict, ingress, now);
      case 'deliver':
        return this.#deliver(parcel, ingress, now);
      case 'drop':
        return this.#end(parcel, ingress, verdict.reason!, now, verdict);
    }
  }

  /** Apart from `receive`, as V8 makes a context for a closure on each call, even where the closure is never made. */
  #receiveEach(ingress: Interface, parcel: Parcel, now: Instant): void {
    eachDatagram(parcel, this.#environment.allocate, (each) => this.receive(ingress, each, now));
  }

  /** Does what has become due; to be called no later than `nextDeadline()`. */
  poll(now: Instant): void {
    this.#delivery.poll(now);
    this.#multicast.poll(now);
    this.filters.poll(now);
    this.routing.poll();
  }

  nextDeadline(): Instant {
    const own = earliest(this.#delivery.nextDeadline(), this.#multicast.nextDeadline());
    return earliest(own, earliest(this.filters.nextDeadline(), this.routing.nextDeadline()));
  }

  /** Sends an echo request of the router's own; `done` is called once with the outcome. */
  ping(request: PingRequest, now: Instant, done: (outcome: PingOutcome) => void): void {
    this.#delivery.ping(request, now, done);
  }

  /** Takes back its advertisements. */
  stop(now: Instant): void {
    this.#delivery.stop(now);
    this.#multicast.stop(now);
  }

  /** The ledger: received = forwarded + delivered + dropped + held, at every moment. */
  get ledger(): count.Ledger {
    return count.ledgerOf(this.#totals, this.#delivery.held + this.#multicast.held);
  }

  /** To be called when the state of an interface or a neighbor has changed; it costs the same with any number of routes. */
  routesChanged(now: Instant): void {
    this.routing.changed();
    this.#multicast.interfacesChanged(now);
  }

  /** What decisions depend on now, for predicting the fate of a datagram. */
  get tables(): Tables {
    return this.#tables;
  }

  get igmp(): MulticastPlane['igmp'] {
    return this.#multicast.igmp;
  }

  get multicast(): MulticastPlane['forwarding'] {
    return this.#multicast.forwarding;
  }

  /** Rewrites a forwarded datagram, and hands it over. Source: RFC 1812 §5.2.1.2 (7) to (11). */
  #forward(parcel: Parcel, verdict: Verdict, ingress: Interface, now: Instant): void {
    const { nextHop, hop, options, isByTos } = verdict;
    const egress = verdict.egress!;
    this.#environment.book.forwarded(ingress, parcel, now);
    if (verdict.isChosen) this.routing.flows.gone(parcel.octets);
    if (egress === ingress) {
      const how = { hasSourceRoute: options?.hasSourceRoute ?? false, isByTos };
      this.#errors.redirect(this.#firstOf(parcel), ingress, nextHop, how, now);
    }
    ipv4.decrementTtl(parcel.octets);
    if (options !== undefined) this.#rewriteOptions(parcel.octets, options, egress, nextHop, now);
    this.#hand(parcel, egress, hop, false, now);
  }

  /** Hands a copy to every link that wants one. Source: RFC 1812 §5.2.1.3. */
  #replicate(parcel: Parcel, verdict: Verdict, ingress: Interface, now: Instant): void {
    const { destination: group, options, outgoing, withheld, ttl } = verdict;
    const { book, allocate } = this.#environment;
    book.forwarded(ingress, parcel, now);
    for (const { egress, reason } of withheld) book.withheld(egress, reason, parcel, now);
    ipv4.setTtl(parcel.octets, ttl);
    for (const egress of outgoing) {
      const copy = options === undefined ? parcel : copyOf(parcel, allocate);
      if (options !== undefined) this.#rewriteOptions(copy.octets, options, egress, group, now);
      this.#hand(copy, egress, egress.wire.resolve(group), true, now);
    }
  }

  /** Hands datagrams for the router itself to their protocol. IGMP is never fragmented. Source: RFC 9776 §4. */
  #deliver(parcel: Parcel, ingress: Interface, now: Instant): void {
    const { allocate } = this.#environment;
    const { octets } = parcel;
    if (parcel.isPartial) return eachDatagram(parcel, allocate, (each) => this.#deliver(each, ingress, now));
    if (ipv4.protocol(octets) === ipv4.PROTOCOL_IGMP) this.#multicast.receive(octets, ingress, now);
    else this.#delivery.accept(octets, ingress, now);
  }

  /** What was received goes no further; one error is enough for all that it represents. */
  #end(parcel: Parcel, ingress: Interface, reason: DropReason, now: Instant, detail?: DropDetail): void {
    const { book } = this.#environment;
    if (!parcel.isPartial) return book.ended(ingress, reason, parcel.octets, now, detail);
    book.endedTogether(ingress, reason, parcel, this.#firstOf(parcel), now, detail);
  }

  #firstOf = (parcel: Parcel): Uint8Array => firstDatagram(parcel, this.#environment.allocate);

  #rewriteOptions(
    datagram: Uint8Array,
    plan: OptionPlan,
    egress: Interface,
    nextHop: Address,
    now: Instant,
  ): void {
    const address = this.routing.addressOn(egress, nextHop) ?? UNSPECIFIED;
    const time = this.#environment.utcMilliseconds(now);
    rewriteOptions(datagram, plan, this.settings.ip.options, address, this.routing.isOurs, time);
  }

  /** Sends a datagram of the router's own. */
  #depart({ datagram, exit: { egress, nextHop } }: Departure, now: Instant): void {
    const parcel = parcelOf(datagram);
    this.#environment.book.originated(egress, nextHop, parcel, now);
    notifySent(this.name, this.#environment.observer, datagram, egress, now);
    this.#hand(parcel, egress, egress.wire.resolve(nextHop), isMulticast(nextHop), now);
  }

  /** Hands a finished datagram to its next hop, in fragments if it is longer than the MTU. */
  #hand(parcel: Parcel, egress: Interface, hop: Hop | undefined, isToGroup: boolean, now: Instant): void {
    if (parcel.octets.length > egress.mtu && datagramLength(parcel) > egress.mtu)
      return this.#handInPieces(parcel, { egress, hop, isToGroup, now });
    this.#environment.book.handed(egress, parcel, isToGroup, now);
    parcel.refused = egress.refused;
    if (hop === undefined) parcel.refused?.('host-unreachable', parcel, now);
    else hop.take(parcel, now);
  }

  #handInPieces(parcel: Parcel, { egress, hop, isToGroup, now }: Handover): void {
    const { allocate } = this.#environment;
    eachPiece(parcel, egress.mtu, allocate, (each) => this.#hand(each, egress, hop, isToGroup, now));
  }

  /** Connects interfaces to this router's totals, its error sender and the book. */
  #adopt(interfaces: readonly Interface[]): void {
    for (const each of interfaces) {
      each.totals = this.#totals;
      each.answer = (...drop) => this.#errors.answer(...drop);
      each.refused = (...refusal) => this.#environment.book.refused(each, ...refusal);
    }
  }
}
