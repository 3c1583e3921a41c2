import type { Address } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { Interface } from '../interface.js';
import { octetsOnWire, type Parcel } from '../parcel.js';
import * as ipv4 from './header.js';
import {
  type Blocked,
  blockedBeside,
  decideMulticastRoute,
  type MulticastRoute,
  type MulticastTables,
  ttlForThresholds,
} from './multicast-route.js';
import { reflectedTo } from './reflect.js';
import { SecondChance } from './second-chance.js';

/** How many pairs of source and group are remembered. */
const REMEMBERED_ROUTES = 16_384;

/** More interfaces than any router ever gets; an address times this, plus a serial, is still an exact number. */
const MOST_INTERFACES = 2 ** 21;

/** A multicast route, for display. */
export interface MulticastRouteView extends MulticastRoute {
  readonly packets: number;
  readonly octets: number;
  /** Why the last datagram went nowhere; undefined if it went on. */
  readonly lastReason: DropReason | undefined;
  /** Whether the last datagram left with no smaller TTL than it arrived with. */
  readonly isTtlRaised: boolean;
  /** The other interfaces, each with the reason. */
  readonly blocked: readonly Blocked[];
}

/** Where the TTL of the last datagram was below a threshold, and that TTL. */
interface Unreached {
  readonly interfaces: readonly Interface[];
  readonly ttl: number;
}

/** All flows to one group. */
interface GroupFlows {
  /** Counts joins, leaves and changes of routes: a single number, however many flows there are. */
  changes: number;
  readonly flows: Map<number, MulticastFlow>;
}

/** What was decided about one datagram of a flow. */
export interface Passage {
  /** Why it went nowhere; undefined if it went on. */
  readonly reason: DropReason | undefined;
  /** The interfaces that it did not leave by, although somebody there wants it. */
  readonly withheld: readonly { readonly egress: Interface; readonly reason: DropReason }[];
  /** The TTL with which it went on. */
  readonly ttl: number;
}

/** What is remembered of a flow without a look at where it goes now. */
export interface RememberedFlow {
  readonly route: Pick<MulticastRoute, 'source' | 'group' | 'incoming'>;
  readonly isTtlRaised: boolean;
  readonly lastReason: DropReason | undefined;
}

/** The traffic from one source to one group on one interface: its route, and its counters. */
interface MulticastFlow extends RememberedFlow {
  readonly of: GroupFlows;
  route: MulticastRoute;
  /** `changes` of its group when the route was computed. */
  decidedAt: number;
  unreached: Unreached | undefined;
  /** Where some datagrams were too long to leave; undefined for none. */
  narrow: Set<Interface> | undefined;
  isTtlRaised: boolean;
  packets: number;
  /** `packets` when it was last considered for eviction. */
  packetsBefore: number;
  octets: number;
  lastReason: DropReason | undefined;
}

/**
 * Multicast forwarding: to every interface whose hosts have joined, and never back.
 *
 * Routes are computed by source, group and ingress, and remembered until somebody joins, leaves, or a route changes,
 * so the first datagram of a flow is treated like all others. Lookups change nothing; traffic is counted separately.
 *
 * Source: RFC 1812 §5.2.1.3, RFC 9776 §6.3.
 */
export class MulticastForwarding {
  #tables: MulticastTables;
  /** By group, as a signed number, then by source and ingress. */
  readonly #groups = new Map<number, GroupFlows>();
  readonly #all = makeRoomFor();
  /** How many flows come in by each interface. */
  readonly #counts = new Map<Interface, number>();
  /** The flow of the last datagram; the next one usually belongs to it, too. */
  #latest: MulticastFlow | undefined;

  constructor(tables: MulticastTables) {
    this.#tables = tables;
  }

  /**
   * Adopts other tables. Flows go on, except those whose interface is gone, which never comes back: they are not seen
   * any more, and the room that they have is the first that is taken.
   */
  apply(tables: MulticastTables): void {
    this.#tables = tables;
    this.#latest = undefined;
    this.changed();
  }

  /** The route of a datagram. Only reads. */
  routeFor(source: Address, group: Address, ingress: Interface): MulticastRoute {
    const flow = this.#known(source, group, ingress);
    return flow !== undefined && flow.decidedAt === flow.of.changes
      ? flow.route
      : decideMulticastRoute(this.#tables, source, group, ingress);
  }

  /** The interfaces that a route does not use, each with the reason. Only reads. */
  blockedBeside(route: MulticastRoute): Blocked[] {
    return blockedBeside(this.#tables, route);
  }

  /** The interfaces to which a datagram is reflected. Only reads. */
  reflectedTo(datagram: Uint8Array, ingress: Interface): readonly Interface[] {
    return reflectedTo(this.#tables, datagram, ingress);
  }

  /** Counts a datagram, as it arrived, for its flow. */
  record(route: MulticastRoute, parcel: Parcel, { reason, withheld, ttl }: Passage): void {
    const datagram = parcel.octets;
    const { source, group, incoming } = route;
    const flow = this.#known(source, group, incoming) ?? this.#begin(route);
    if (flow.decidedAt !== flow.of.changes) {
      flow.route = route;
      flow.decidedAt = flow.of.changes;
    }
    flow.lastReason = reason;
    flow.unreached = withheld.length === 0 ? undefined : unreachedBy(datagram, withheld, incoming);
    for (const each of withheld) if (each.reason === 'would-fragment') noteNarrow(flow, each.egress);
    flow.isTtlRaised = reason === undefined && ttl >= ipv4.ttl(datagram);
    if (reason !== undefined) return;
    flow.packets += parcel.datagrams;
    flow.octets += octetsOnWire(parcel);
  }

  /** The memberships of a group have changed; without a group, of all groups. */
  changed(group?: Address): void {
    const concerned = group === undefined ? this.#groups.values() : [this.#groups.get(group | 0)];
    for (const each of concerned) if (each !== undefined) each.changes += 1;
  }

  /** How many flows are remembered. */
  get size(): number {
    return this.#tables.interfaces.reduce((sum, each) => sum + (this.#counts.get(each) ?? 0), 0);
  }

  /** All that is remembered, one by one, each as it is when it is asked for: there may be thousands. */
  *views(): Generator<MulticastRouteView, void> {
    for (const flow of this.#flows()) {
      const { source, group, incoming } = flow.route;
      const route = this.routeFor(source, group, incoming);
      const { unreached, packets, octets, lastReason, isTtlRaised } = flow;
      const outgoing = route.outgoing.filter((each) => !unreached?.interfaces.includes(each));
      const blocked = [...tooShort(flow), ...tooLong(flow, route), ...blockedBeside(this.#tables, route)];
      yield { ...route, outgoing, packets, octets, lastReason, isTtlRaised, blocked };
    }
  }

  /** The first flow of which something is so; undefined if there is none. Its route may be an earlier one. */
  find(isWanted: (flow: RememberedFlow) => boolean): RememberedFlow | undefined {
    for (const flow of this.#flows()) if (isWanted(flow)) return flow;
    return undefined;
  }

  /** Those that there were when the first one was asked for, and still are: others may come without end. */
  *#flows(): Generator<MulticastFlow, void> {
    for (const [group, { flows }] of [...this.#groups])
      for (const key of [...flows.keys()]) {
        const flow = this.#groups.get(group)?.flows.get(key);
        if (flow !== undefined && this.#tables.interfaces.includes(flow.route.incoming)) yield flow;
      }
  }

  #known(source: Address, group: Address, ingress: Interface): MulticastFlow | undefined {
    const latest = this.#latest;
    if (latest !== undefined && isOf(latest, source, group, ingress)) return latest;
    const known = this.#groups.get(group | 0)?.flows.get(keyOf(source, ingress));
    this.#latest = known;
    return known;
  }

  #flowsTo(group: Address): GroupFlows {
    const known = this.#groups.get(group | 0);
    if (known !== undefined) return known;
    const of: GroupFlows = { changes: 0, flows: new Map() };
    this.#groups.set(group | 0, of);
    return of;
  }

  #begin(route: MulticastRoute): MulticastFlow {
    const of = this.#flowsTo(route.group);
    const fresh: MulticastFlow = {
      of,
      route,
      decidedAt: of.changes,
      unreached: undefined,
      narrow: undefined,
      isTtlRaised: false,
      packets: 0,
      packetsBefore: 0,
      octets: 0,
      lastReason: route.reason,
    };
    of.flows.set(keyOf(route.source, route.incoming), fresh);
    this.#count(route.incoming, 1);
    const gone = this.#all.put(fresh);
    if (gone !== undefined) this.#forget(gone);
    return fresh;
  }

  #forget({ route, of }: MulticastFlow): void {
    of.flows.delete(keyOf(route.source, route.incoming));
    if (of.flows.size === 0) this.#groups.delete(route.group | 0);
    this.#count(route.incoming, -1);
  }

  #count(incoming: Interface, more: 1 | -1): void {
    const count = (this.#counts.get(incoming) ?? 0) + more;
    if (count === 0) this.#counts.delete(incoming);
    else this.#counts.set(incoming, count);
  }
}

const unreachedBy = (datagram: Uint8Array, withheld: Passage['withheld'], ingress: Interface): Unreached => ({
  interfaces: withheld.filter(({ reason }) => reason === 'multicast-ttl').map(({ egress }) => egress),
  ttl: ttlForThresholds(datagram, ingress),
});

const makeRoomFor = (): SecondChance<MulticastFlow> =>
  new SecondChance(REMEMBERED_ROUTES, (each) => {
    const { packets, packetsBefore } = each;
    each.packetsBefore = packets;
    // Each pair in a flood has one datagram.
    return packets > packetsBefore + 1;
  });

const tooShort = ({ unreached }: MulticastFlow): Blocked[] =>
  (unreached?.interfaces ?? []).map((each) => ({
    interface: each,
    why: `TTL ${unreached?.ttl} is below its threshold of ${each.scope.ttlThreshold} (multicast-ttl-threshold)`,
  }));

const noteNarrow = (flow: MulticastFlow, egress: Interface): void => {
  flow.narrow ??= new Set();
  flow.narrow.add(egress);
};

/** Shorter datagrams still leave there. */
const tooLong = ({ narrow }: MulticastFlow, { outgoing }: MulticastRoute): Blocked[] =>
  outgoing
    .filter((each) => narrow?.has(each))
    .map((each) => ({
      interface: each,
      why: `would-fragment: some datagrams are longer than its MTU of ${each.mtu}, and have DF set`,
    }));

const isOf = ({ route }: MulticastFlow, source: Address, group: Address, ingress: Interface): boolean =>
  route.source === source && route.group === group && route.incoming === ingress;

const keyOf = (source: Address, ingress: Interface): number => source * MOST_INTERFACES + ingress.serial;
