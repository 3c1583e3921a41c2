import { type Address, isGroupOfRouters } from '../address.js';
import type { Book } from '../book.js';
import type { DropReason } from '../drop-reason.js';
import type { Observer } from '../event.js';
import { hindrance } from '../igmp/hindrance.js';
import { merge, NO_MEMBERSHIP } from '../igmp/host-membership.js';
import { IgmpInterface } from '../igmp/igmp-interface.js';
import { DEFAULT_IGMP_SETTINGS, type IgmpSettings } from '../igmp/settings.js';
import type { Work } from '../igmp/work.js';
import { type Interface, isBeyond } from '../interface.js';
import { MulticastForwarding } from '../ip/multicast.js';
import type { Interest, MulticastTables } from '../ip/multicast-route.js';
import type { MulticastSettings } from '../ip/multicast-settings.js';
import type { Routing } from '../ip/routing.js';
import type { Random } from '../random.js';
import { earliest, type Instant, milliseconds } from '../time.js';
import { IgmpQueue } from './igmp-queue.js';
import { UpstreamReview } from './upstream-review.js';

/** How far apart the queriers of one router start, so that they do not all query at once. */
const SPREAD = milliseconds(20);

/** What a configuration says about the multicast side of a router. */
export interface MulticastPlan {
  readonly interfaces: readonly Interface[];
  /** The interfaces that run IGMP, and how. */
  readonly igmp: ReadonlyMap<Interface, IgmpSettings>;
  readonly multicast: MulticastSettings;
}

/** What the multicast side of a router is given. */
export interface MulticastEnvironment {
  readonly random: Random;
  readonly observer: Observer;
  readonly routing: Pick<Routing, 'leadsTo'>;
  readonly book: Pick<Book, 'delivered' | 'ended'>;
  readonly work: Work;
  /** Sends a datagram of our own to a group, out of an interface. */
  send(datagram: Uint8Array, egress: Interface, group: Address, now: Instant): void;
}

/**
 * The multicast side of a router: IGMP on its interfaces, and the forwarding of groups.
 *
 * On the upstream interface of a proxy, the router is a host that wants what the hosts on all its other links want.
 *
 * Source: RFC 9776 §6, RFC 4605 §4.
 */
export class MulticastPlane implements Interest {
  readonly forwarding: MulticastForwarding;
  #plan: MulticastPlan;
  readonly #environment: MulticastEnvironment;
  readonly #igmp = new Map<Interface, IgmpInterface>();
  readonly igmp: ReadonlyMap<Interface, IgmpInterface> = this.#igmp;
  readonly #queues = new Map<Interface, IgmpQueue>();
  readonly #review: UpstreamReview;

  constructor(plan: MulticastPlan, environment: MulticastEnvironment) {
    this.#plan = plan;
    this.#environment = environment;
    this.#review = new UpstreamReview(environment.work, (group, now) => {
      if (this.#upstream !== undefined) this.#report(group, this.#upstream, now);
    });
    this.forwarding = new MulticastForwarding(this.#tables);
    for (const [each, settings] of this.#settingsByInterface())
      this.#igmp.set(each, this.#igmpOn(each, settings));
  }

  /**
   * Adopts another plan: starts and stops IGMP accordingly, and gives it new settings where it goes on. Interfaces
   * that are no longer in the plan must have been left.
   */
  apply(plan: MulticastPlan, now: Instant): void {
    this.#plan = plan;
    const wanted = this.#settingsByInterface();
    const before = new Map(this.#igmp);
    this.#igmp.clear();
    for (const [each, settings] of wanted) {
      const running = before.get(each);
      const goesOn = running?.role === this.#roleOn(each);
      this.#igmp.set(each, goesOn ? running : this.#igmpOn(each, settings));
      if (goesOn) before.delete(each);
    }
    for (const [each, igmp] of before) {
      end(igmp, now);
      this.#queues.get(each)?.clear(now);
    }
    for (const [each, settings] of wanted) this.#igmp.get(each)!.apply(settings, now);
    this.forwarding.apply(this.#tables);
    if (this.#upstream !== undefined) this.#review.beginAtOnce(this.#everyGroup, now);
  }

  /** An interface is about to be removed. */
  leave(egress: Interface, now: Instant): void {
    const igmp = this.#igmp.get(egress);
    if (igmp === undefined) return;
    end(igmp, now);
    this.#igmp.delete(egress);
    this.#queues.get(egress)?.clear(now);
    this.#queues.delete(egress);
  }

  /** How many IGMP messages wait to be handled. */
  get held(): number {
    let held = 0;
    for (const { count } of this.#queues.values()) held += count;
    return held;
  }

  /** Takes an IGMP datagram, or a fragment of one, and has its end written down. */
  receive(datagram: Uint8Array, ingress: Interface, now: Instant): void {
    this.#queueOf(ingress).receive(datagram, now);
  }

  /** Why an IGMP datagram would be refused as it is; a report may also be refused for what it says. Changes nothing. */
  foresee(datagram: Uint8Array, ingress: Interface): DropReason | undefined {
    const igmp = this.#igmp.get(ingress);
    const hasRoom = this.#queues.get(ingress)?.hasRoom(datagram) ?? true;
    return igmp === undefined || !hasRoom ? 'igmp-ignored' : igmp.foresee(datagram);
  }

  /** Whether the router itself listens to a group on an interface. Source: RFC 1112 §7.2, RFC 1256 §4.2. */
  isForUs(group: Address, ingress: Interface): boolean {
    if (isGroupOfRouters(group)) return true;
    return this.#igmp.get(ingress)?.member.memberships.has(group) ?? false;
  }

  /** Whether we forward datagrams from a source to a group to an interface's link. */
  wants(egress: Interface, group: Address, source: Address): boolean {
    const igmp = this.#igmp.get(egress);
    return igmp !== undefined && this.#isForwarder(igmp) && igmp.forwards(group, source);
  }

  /** Why we do not, in words. */
  hindrance(egress: Interface, group: Address, source: Address): string {
    const igmp = this.#igmp.get(egress);
    if (igmp === undefined) return 'it runs no IGMP, so no host there can join: add `igmp: {}`';
    return this.#isForwarder(igmp)
      ? hindrance(igmp, group, source)
      : 'another router is the querier there, and forwards to that link';
  }

  /** Starts and stops IGMP as interfaces come up and go down; routes may have changed, too. */
  interfacesChanged(now: Instant): void {
    let isAnyNew = false;
    for (const [each, igmp] of this.#igmp) {
      if (each.up) isAnyNew = igmp.up(now, milliseconds((each.index - 1) * SPREAD)) || isAnyNew;
      else {
        igmp.down(now);
        this.#queues.get(each)?.clear(now);
      }
    }
    this.forwarding.changed();
    if (isAnyNew && this.#upstream?.up) this.#review.beginAtOnce(this.#fixedGroups, now);
  }

  /** The router is going away. */
  stop(now: Instant): void {
    for (const igmp of this.#igmp.values()) igmp.stop(now);
  }

  poll(now: Instant): void {
    for (const igmp of this.#igmp.values()) igmp.poll(now);
    this.#environment.work.poll(now);
  }

  nextDeadline(): Instant {
    let next = this.#environment.work.nextDeadline();
    for (const igmp of this.#igmp.values()) next = earliest(next, igmp.nextDeadline());
    return next;
  }

  get #tables(): MulticastTables {
    const { multicast, interfaces } = this.#plan;
    const { routing } = this.#environment;
    return {
      settings: multicast,
      interfaces,
      interest: this,
      leadsTo: (source, egress) => routing.leadsTo(source, egress),
    };
  }

  /** The interfaces that run IGMP, in order; the upstream of a proxy always does. */
  #settingsByInterface(): [Interface, IgmpSettings][] {
    const { interfaces, igmp } = this.#plan;
    return interfaces.flatMap((each): [Interface, IgmpSettings][] => {
      const settings = igmp.get(each) ?? (each === this.#upstream ? DEFAULT_IGMP_SETTINGS : undefined);
      return settings === undefined ? [] : [[each, settings]];
    });
  }

  #roleOn(each: Interface): 'host' | 'router' {
    return each === this.#upstream ? 'host' : 'router';
  }

  get #upstream(): Interface | undefined {
    return this.#plan.multicast.upstream;
  }

  #igmpOn(each: Interface, settings: IgmpSettings): IgmpInterface {
    const { random, observer, work } = this.#environment;
    return new IgmpInterface(settings, {
      interface: each,
      role: this.#roleOn(each),
      random,
      observer,
      work,
      isForwarding: () => this.#plan.multicast.routing && each.forwarding,
      send: (datagram, destination, now) => this.#environment.send(datagram, each, destination, now),
      changed: (group, now) => this.#changed(group, now),
      elected: () => this.#elected(),
    });
  }

  #queueOf(ingress: Interface): IgmpQueue {
    let queue = this.#queues.get(ingress);
    if (queue === undefined) {
      const { book, work } = this.#environment;
      queue = new IgmpQueue(ingress, { book, work, igmpOn: (each) => this.#igmp.get(each) });
      this.#queues.set(ingress, queue);
    }
    return queue;
  }

  #changed(group: Address | undefined, now: Instant): void {
    this.forwarding.changed(group);
    const upstream = this.#upstream;
    if (upstream === undefined) return;
    if (group !== undefined) return this.#report(group, upstream, now);
    this.#review.begin(this.#everyGroup, now);
  }

  /** The querier of a link determines which of its proxies forwards to it. */
  #elected(): void {
    if (this.#upstream !== undefined) this.forwarding.changed();
  }

  /** Tells the upstream what the hosts on all other links together want from a group. Source: RFC 4605 §4.1. */
  #report(group: Address, upstream: Interface, now: Instant): void {
    const downstream = [...this.#igmp.values()].filter(({ role }) => role === 'router');
    const memberships = downstream.map((each) => each.membership(group));
    const sources = memberships.reduce((sum, each) => sum + each.sources.size, 0);
    this.#environment.work.spend(downstream.length / INTERFACES_IN_UNIT + sources / SOURCES_IN_UNIT, now);
    const wanted = isBeyond(upstream.scope, group) ? NO_MEMBERSHIP : merge(memberships);
    this.#igmp.get(upstream)?.want(group, wanted, now);
  }

  /** Whatever the upstream has been told of, or is yet to be told of. */
  readonly #everyGroup = function* (this: MulticastPlane): Generator<Address | undefined, void> {
    const upstream = this.#upstream;
    const known = upstream && this.#igmp.get(upstream)?.member.memberships;
    if (known === undefined) return;
    yield* known.keys();
    for (const { role, memberships } of this.#igmp.values())
      if (role === 'router')
        for (const group of memberships.groups.keys()) yield known.has(group) ? undefined : group;
    yield* this.#fixedGroups();
  }.bind(this);

  /** The groups that the settings name downstream: they are joined upstream, since no report will. A prefix cannot be joined. */
  readonly #fixedGroups = function* (this: MulticastPlane): Generator<Address, void> {
    for (const [each, { role, memberships }] of this.#igmp)
      if (role === 'router' && each.up) yield* memberships.fixed.groups;
  }.bind(this);

  /** Among several proxies on a link, the querier forwards to it. Source: RFC 4605 §4.2. */
  #isForwarder({ querier, settings }: IgmpInterface): boolean {
    return this.#upstream === undefined || querier.state === 'querier' || settings.querier === 'never';
  }
}

/** For so many a group of a proxy is merged in a unit of work, and of so many sources. */
const INTERFACES_IN_UNIT = 4;
const SOURCES_IN_UNIT = 8;

/** Says goodbye, and forgets all reports. */
const end = (igmp: IgmpInterface, now: Instant): void => {
  igmp.stop(now);
  igmp.down(now);
};
