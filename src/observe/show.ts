import { type Address, contains, formatAddress, formatPrefix, type Prefix } from '../address.js';
import type { DropCounts } from '../counters.js';
import type { Interface } from '../interface.js';
import { egressOf } from '../ip/fib.js';
import type { Path } from '../ip/path-list.js';
import { BEFORE_ALL } from '../ip/prefix-table.js';
import type { Rib, RoutePlace } from '../ip/rib.js';
import type { NextHop } from '../ip/route.js';
import type { Lab } from '../lab/lab.js';
import type { Router } from '../router/router.js';
import { formatInterfaceAddress } from '../text/addresses.js';
import type { Instant } from '../time.js';
import type { DropRow, IcmpRow, InterfaceRow, LedgerRow, NeighborRow, RouteRow } from './shown.js';

/** Converts an instant of the lab's clock to wall-clock time, RFC 3339. */
export type WallClock = (at: Instant) => string;

/** Every interface, with counters named as in OpenConfig. Octets are IPv4 total lengths. */
export const showInterfaces = (lab: Lab): readonly InterfaceRow[] => [...interfaceRows(lab)];

/** The same one by one. */
export function* interfaceRows(lab: Lab): Generator<InterfaceRow> {
  for (const [router, each] of everyInterface(lab)) {
    const { counters } = each;
    yield {
      interface: each.name,
      router: router.name,
      link: each.link,
      addresses: each.addresses.map(formatInterfaceAddress),
      mtu: each.mtu,
      operStatus: each.up ? 'UP' : 'DOWN',
      forwarding: each.forwarding,
      inPackets: counters.inPackets,
      inOctets: counters.inOctets,
      outPackets: counters.handedPackets - counters.refusedPackets,
      outOctets: counters.handedOctets - counters.refusedOctets,
      inMulticastPackets: counters.inMulticastPackets,
      outMulticastPackets: counters.outMulticastPackets,
      inDiscards: counters.inDiscards,
      outDiscards: counters.refusedPackets,
    };
  }
}

/** Of an address, the routes to every prefix that contains it; of a prefix, those to it and to every one inside it. */
export type Concerning = { readonly address: Address } | { readonly prefix: Prefix };

/** So many routes are looked at for the next row to show before that is said. */
const LOOKED_AT_ONCE = 256;

/** Every route of every router, but none over an interface that is down; `active` says whether it is in use. */
export function* routeRows(lab: Lab): Generator<RouteRow> {
  for (const row of routeSteps(lab)) if (row !== undefined) yield row;
}

/** The same step by step: undefined where none has been found for a while. The routers may change between two steps. */
export function* routeSteps(lab: Lab, concerning?: Concerning): Generator<RouteRow | undefined> {
  for (const router of lab.routers.values()) {
    const { routing } = router;
    let looked = 0;
    for (const place of placesOf(routing.rib, concerning)) {
      looked += 1;
      if (looked % LOOKED_AT_ONCE === 0) yield undefined;
      const { prefix, path } = place;
      // The router may have got other interfaces since the row before.
      if (path.isGone) continue;
      const nexthops = path.nexthops.filter((hop) => egressOf(hop, router.interfaces).up);
      if (nexthops.length === 0 && path.nexthops.length > 0) continue;
      yield {
        router: router.name,
        prefix: formatPrefix(prefix),
        ...pathRow(path, nexthops, router),
        active: routing.isInUse(place),
      };
    }
    for (const [address, each] of ownAddresses(router))
      if (isConcerned(address, concerning))
        yield {
          router: router.name,
          prefix: `${formatAddress(address)}/32`,
          type: 'local',
          nexthops: each === undefined ? [] : [{ via: null, interface: each.name, weight: 1 }],
          metric: 0,
          origin: 'connected',
          active: true,
        };
  }
}

const placesOf = (rib: Rib, concerning: Concerning | undefined): Iterable<RoutePlace> => {
  if (concerning === undefined) return rib.placesAfter(BEFORE_ALL);
  return 'address' in concerning ? rib.placesAround(concerning.address) : rib.placesIn(concerning.prefix);
};

const isConcerned = (own: Address, concerning: Concerning | undefined): boolean => {
  if (concerning === undefined) return true;
  return 'address' in concerning ? own === concerning.address : contains(concerning.prefix, own);
};

const pathRow = (
  { type, nexthops: all, metric, tos, origin }: Path,
  nexthops: readonly NextHop[],
  { interfaces }: Router,
): Pick<RouteRow, 'type' | 'nexthops' | 'metric' | 'tos' | 'origin'> => ({
  type: type === 'unicast' && all.length > 1 ? 'ecmp' : type,
  nexthops: nexthops.map((hop) => ({
    via: hop.via === 0 ? null : formatAddress(hop.via),
    interface: egressOf(hop, interfaces).name,
    weight: hop.weight,
  })),
  metric,
  ...(tos === undefined ? {} : { tos }),
  origin,
});

const ownAddresses = (router: Router): [Address, Interface | undefined][] => {
  const own = router.interfaces.flatMap((each) =>
    each.addresses.map(({ address }): [Address, Interface] => [address, each]),
  );
  const { loopback } = router.settings.ip;
  return loopback === undefined ? own : [...own, [loopback, undefined]];
};

/** Who owns which address on which link. */
export function* neighborRows(lab: Lab): Generator<NeighborRow> {
  for (const link of lab.links.values())
    for (const { address, owner, state } of link.neighbors)
      yield {
        link: link.name,
        address: formatAddress(address),
        owner: owner.owner,
        state,
        reachable: owner.isUp && link.isUp,
      };
}

export function* icmpRows(lab: Lab): Generator<IcmpRow> {
  for (const { name, icmp } of lab.routers.values())
    yield { router: name, sent: icmp.sent, received: icmp.received, suppressed: icmp.suppressed };
}

/** How often each reason ended a datagram, by interface; by link if no router had it. */
export const showDrops = (lab: Lab, wallClock: WallClock): readonly DropRow[] => [
  ...everyInterface(lab).flatMap(([router, each]) =>
    [each.drops, each.refusals].flatMap((counts) =>
      dropRows(counts, wallClock, { router: router.name, interface: each.name }),
    ),
  ),
  ...[...lab.links.values()].flatMap((link) =>
    dropRows(link.drops, wallClock, { router: null, interface: null, link: link.name }),
  ),
];

const dropRows = (
  drops: DropCounts,
  wallClock: WallClock,
  place: Pick<DropRow, 'router' | 'interface' | 'link'>,
): readonly DropRow[] =>
  [...drops].map(
    ([reason, { packets, octets, lastSeen }]): DropRow => ({
      ...place,
      reason,
      packets,
      octets,
      lastSeen: wallClock(lastSeen),
    }),
  );

/** The book of each router: received = forwarded + delivered + dropped + held. */
export const showLedgers = (lab: Lab): readonly LedgerRow[] =>
  [...lab.routers.values()].map(({ name, ledger }): LedgerRow => ({ router: name, ...ledger }));

const everyInterface = (lab: Lab): [Router, Interface][] =>
  [...lab.routers.values()].flatMap((router) =>
    router.interfaces.map((each): [Router, Interface] => [router, each]),
  );
