import { type Address, UNSPECIFIED } from '../address.js';
import { countDrop } from '../counters.js';
import type { DropReason } from '../drop-reason.js';
import { type Interface, isBeyond } from '../interface.js';
import type { Instant } from '../time.js';
import * as ipv4 from './header.js';
import { multicastFault, type Thresholds, withinReach } from './multicast-send.js';
import type { MulticastSettings, StaticMulticastRoute } from './multicast-settings.js';
import { SecondChance } from './second-chance.js';

/** How many pairs of source and group are remembered; one that forwards nothing makes room. */
const REMEMBERED_ROUTES = 16_384;

/** No router has as many interfaces; with a whole address before it, an index still makes an exact number. */
const MOST_INTERFACES = 2 ** 16;

/** Who wants what on the links of a router. */
export interface Interest {
  /** Whether somebody on an interface's link wants datagrams from a source to a group. */
  wants(egress: Interface, group: Address, source: Address): boolean;
  /** What keeps somebody there who would like to have them from being heard, or that nobody asks. */
  hindrance(egress: Interface, group: Address, source: Address): string;
}

/** Where datagrams of one source to one group go that come in by one interface. */
export interface MulticastRoute extends Thresholds {
  readonly source: Address;
  readonly group: Address;
  readonly incoming: Interface;
  /** Why they go nowhere; undefined where they go on. */
  readonly reason: DropReason | undefined;
}

/** The same, as a person is shown it. */
export interface MulticastRouteView extends MulticastRoute {
  readonly packets: number;
  readonly octets: number;
  /** The last one that came. */
  readonly lastReason: DropReason | undefined;
  /** Each other interface, and what keeps the datagrams from it. */
  readonly blocked: readonly { readonly interface: Interface; readonly why: string }[];
}

/** All flows to one group. */
interface GroupFlows {
  /** How often somebody has joined or left, or a route has changed: however many flows there are, one number to count up. */
  changes: number;
  readonly flows: Map<number, MulticastFlow>;
}

/** What comes from one source to one group by one interface: its way, and what has gone it. */
interface MulticastFlow {
  readonly of: GroupFlows;
  route: MulticastRoute;
  /** `changes` of its group when the route was decided. */
  decidedAt: number;
  /** Where the last datagram did not go, and with which TTL, where that was below a threshold. */
  unreached: { readonly interfaces: readonly Interface[]; readonly ttl: number } | undefined;
  packets: number;
  /** `packets` when it last was to make room. */
  packetsBefore: number;
  octets: number;
  lastReason: DropReason | undefined;
}

/**
 * Where multicast goes: to every interface whose hosts asked for it, and never back.
 *
 * Decided by source, group and ingress, and remembered until somebody joins, leaves, or a route changes; so
 * the first datagram of a flow goes the way of all others.
 *
 * Source: RFC 1812 §5.2.1.3, RFC 9776 §6.3.
 */
export class MulticastForwarding {
  readonly #settings: MulticastSettings;
  readonly #interfaces: readonly Interface[];
  readonly #interest: Interest;
  readonly #leadsTo: (source: Address, egress: Interface) => boolean;
  /** By group, as a signed number, then by source and ingress. */
  readonly #groups = new Map<number, GroupFlows>();
  readonly #all = new SecondChance<MulticastFlow>(REMEMBERED_ROUTES, (each) => {
    const { packets, packetsBefore } = each;
    each.packetsBefore = packets;
    // One datagram is what each pair of a flood has.
    return packets > packetsBefore + 1;
  });
  /** The flow of the last datagram, to which the next one mostly belongs. */
  #latest: MulticastFlow | undefined;

  constructor(
    settings: MulticastSettings,
    interfaces: readonly Interface[],
    interest: Interest,
    leadsTo: (source: Address, egress: Interface) => boolean,
  ) {
    this.#settings = settings;
    this.#interfaces = interfaces;
    this.#interest = interest;
    this.#leadsTo = leadsTo;
  }

  /** Where a datagram that came in goes, or why nowhere; it is counted for its flow. */
  wayOf(datagram: Uint8Array, ingress: Interface, now: Instant): readonly Interface[] | DropReason {
    const flow = this.#flowOf(ipv4.source(datagram), ipv4.destination(datagram), ingress);
    const { route } = flow;
    const outgoing = withinReach(datagram, route);
    const { reason = multicastFault(datagram, outgoing) } = route;
    flow.lastReason = reason;
    flow.unreached = undefined;
    if (outgoing !== route.outgoing) {
      const interfaces = route.outgoing.filter((each) => !outgoing.includes(each));
      flow.unreached = { interfaces, ttl: ipv4.ttl(datagram) };
      // What goes nowhere at all is counted where it came in.
      if (reason === undefined)
        for (const each of interfaces) countDrop(each.drops, 'multicast-ttl', 1, datagram.length, now);
    }
    if (reason !== undefined) return reason;
    flow.packets += 1;
    flow.octets += datagram.length;
    return outgoing;
  }

  /** The wishes for a group are different now; for all groups where none is named. */
  changed(group?: Address): void {
    const concerned = group === undefined ? this.#groups.values() : [this.#groups.get(group | 0)];
    for (const each of concerned) if (each !== undefined) each.changes += 1;
  }

  views(): MulticastRouteView[] {
    return [...this.#groups.values()].flatMap(({ flows }) =>
      [...flows.values()].map((flow) => {
        this.#refresh(flow);
        const { route, unreached, packets, octets, lastReason } = flow;
        const outgoing = route.outgoing.filter((each) => !unreached?.interfaces.includes(each));
        const blocked = [...tooShort(flow), ...this.#blocked(route)];
        return { ...route, outgoing, packets, octets, lastReason, blocked };
      }),
    );
  }

  #flowOf(source: Address, group: Address, ingress: Interface): MulticastFlow {
    let flow = this.#latest;
    if (flow === undefined || !isOf(flow, source, group, ingress)) {
      flow = this.#remembered(source, group, ingress);
      this.#latest = flow;
    }
    this.#refresh(flow);
    return flow;
  }

  #refresh(flow: MulticastFlow): void {
    if (flow.decidedAt === flow.of.changes) return;
    const { source, group, incoming } = flow.route;
    flow.route = this.#decide(source, group, incoming);
    flow.decidedAt = flow.of.changes;
  }

  #remembered(source: Address, group: Address, ingress: Interface): MulticastFlow {
    const key = keyOf(source, ingress);
    let of = this.#groups.get(group | 0);
    if (of === undefined) {
      of = { changes: 0, flows: new Map() };
      this.#groups.set(group | 0, of);
    }
    const known = of.flows.get(key);
    if (known !== undefined) return known;
    const route = this.#decide(source, group, ingress);
    const fresh: MulticastFlow = {
      of,
      route,
      decidedAt: of.changes,
      unreached: undefined,
      packets: 0,
      packetsBefore: 0,
      octets: 0,
      lastReason: route.reason,
    };
    of.flows.set(key, fresh);
    const gone = this.#all.put(fresh);
    if (gone !== undefined) this.#forget(gone);
    return fresh;
  }

  #forget({ route, of }: MulticastFlow): void {
    of.flows.delete(keyOf(route.source, route.incoming));
    if (of.flows.size === 0) this.#groups.delete(route.group | 0);
    this.#latest = undefined;
  }

  #decide(source: Address, group: Address, incoming: Interface): MulticastRoute {
    const nowhere = (reason: DropReason): MulticastRoute => ({
      source,
      group,
      incoming,
      outgoing: [],
      ttlForAll: 1,
      reason,
    });
    const { routing, reversePath } = this.#settings;
    if (!routing || !incoming.forwarding) return nowhere('forwarding-off');
    // Who has no address yet may ask the routers of the link, and nobody beyond. Source: RFC 1812 §5.3.7.
    if (source === UNSPECIFIED) return nowhere('martian-source');
    if (isBeyond(incoming.scope, group)) return nowhere('multicast-boundary');
    const fixed = this.#fixedFor(source, group, incoming);
    if (fixed === undefined && reversePath === 'strict' && !this.#leadsTo(source, incoming))
      return nowhere('multicast-reverse-path');
    const outgoing = this.#interfaces.filter(
      (each) => this.#whyNot(each, source, group, incoming, fixed) === undefined,
    );
    if (outgoing.length === 0) return nowhere(this.#lacking(group, incoming));
    const ttlForAll = Math.max(...outgoing.map(({ scope }) => scope.ttlThreshold));
    return { source, group, incoming, outgoing, ttlForAll, reason: undefined };
  }

  /** Who is behind a boundary is not known, for nobody there can join. */
  #lacking(group: Address, incoming: Interface): DropReason {
    const isBounded = this.#interfaces.some(
      (each) => each !== incoming && each.up && each.forwarding && isBeyond(each.scope, group),
    );
    return isBounded ? 'multicast-boundary' : 'multicast-no-member';
  }

  #fixedFor(source: Address, group: Address, incoming: Interface): StaticMulticastRoute | undefined {
    return this.#settings.routes.find(
      (each) =>
        each.group === group &&
        each.incoming === incoming &&
        (each.source === undefined || each.source === source),
    );
  }

  /** What keeps datagrams from an interface; undefined where they go there. */
  #whyNot(
    egress: Interface,
    source: Address,
    group: Address,
    incoming: Interface,
    fixed: StaticMulticastRoute | undefined,
  ): string | undefined {
    if (egress === incoming) return 'they came in by it';
    if (!egress.up) return 'it is down';
    if (!egress.forwarding) return 'forwarding is off there';
    if (isBeyond(egress.scope, group)) return 'a multicast boundary keeps the group from it';
    if (egress === this.#settings.upstream || fixed?.outgoing.includes(egress)) return undefined;
    return this.#interest.wants(egress, group, source) ? undefined : NOT_WANTED;
  }

  #blocked({ source, group, incoming, outgoing, reason }: MulticastRoute) {
    const isAboutEgress = reason === 'multicast-no-member' || reason === 'multicast-boundary';
    if (reason !== undefined && (!isAboutEgress || isBeyond(incoming.scope, group))) return [];
    const fixed = this.#fixedFor(source, group, incoming);
    return this.#interfaces
      .filter((each) => !outgoing.includes(each))
      .map((each) => {
        const why = this.#whyNot(each, source, group, incoming, fixed) ?? '';
        return {
          interface: each,
          why: why === NOT_WANTED ? this.#interest.hindrance(each, group, source) : why,
        };
      });
  }
}

const tooShort = ({ unreached }: MulticastFlow) =>
  (unreached?.interfaces ?? []).map((each) => ({
    interface: each,
    why: `TTL ${unreached?.ttl} is below its threshold of ${each.scope.ttlThreshold} (multicast-ttl-threshold)`,
  }));

/** Words for it are found only where somebody reads them. */
const NOT_WANTED = 'nobody there asks';

const isOf = ({ route }: MulticastFlow, source: Address, group: Address, ingress: Interface): boolean =>
  route.source === source && route.group === group && route.incoming === ingress;

const keyOf = (source: Address, ingress: Interface): number => source * MOST_INTERFACES + ingress.index;
