import { type Address, contains, lastAddress, type Prefix } from '../../src/address.js';
import type { Interface } from '../../src/interface.js';
import type { FibEntry, Way } from '../../src/ip/fib.js';
import type { NextHop, Route } from '../../src/ip/route.js';

/** What a lookup must find: filter, sort, first. Undefined if nothing is known of the address. */
export const naiveLookup = (
  address: Address,
  routes: readonly Route[],
  interfaces: readonly Interface[],
  loopback?: Address,
): (Pick<FibEntry, 'kind' | 'interface' | 'way' | 'tosWays'> & { readonly prefix: Prefix }) | undefined => {
  const own = ownOf(address, interfaces, loopback);
  if (own !== undefined)
    return { ...own, prefix: { network: address, length: 32 }, way: undefined, tosWays: [] };
  for (let length = 32; length >= 0; length -= 1) {
    const same = routes.filter(({ prefix }) => prefix.length === length && contains(prefix, address));
    if (same.length === 0) continue;
    const ways = [...new Set(same.map(({ tos }) => tos))]
      .sort((a, b) => (a ?? -1) - (b ?? -1))
      .flatMap(
        (tos) =>
          wayBy(
            same.filter((each) => each.tos === tos),
            interfaces,
          ) ?? [],
      );
    const way = ways.find(({ tos }) => tos === undefined);
    const tosWays = ways.filter(({ tos }) => tos !== undefined);
    if (ways.length > 0)
      return { kind: 'route', interface: undefined, way, tosWays, prefix: same[0]!.prefix };
  }
  return undefined;
};

const ownOf = (address: Address, interfaces: readonly Interface[], loopback: Address | undefined) => {
  const local = interfaces.find((each) => each.addresses.some((own) => own.address === address));
  if (local !== undefined) return { kind: 'local' as const, interface: local };
  if (address === loopback) return { kind: 'local' as const, interface: undefined };
  const ends = interfaces.flatMap((each) =>
    each.addresses
      .filter(({ prefix }) => prefix.length <= 30)
      .flatMap(({ prefix }) => [
        { at: prefix.network, kind: 'network' as const, interface: each },
        { at: lastAddress(prefix), kind: 'broadcast' as const, interface: each },
      ]),
  );
  const end = ends.findLast(({ at }) => at === address);
  return end === undefined ? undefined : { kind: end.kind, interface: end.interface };
};

/** The way of the best of some routes to one prefix and type of service. */
const wayBy = (routes: readonly Route[], interfaces: readonly Interface[]): Way | undefined => {
  let second: Way | undefined;
  for (const route of [...routes].sort((a, b) => a.metric - b.metric)) {
    const isOver = ({ egress }: NextHop): Interface => interfaces[egress - 1]!;
    const up = route.nexthops.filter((hop) => isOver(hop).up);
    const reached = up.filter(
      (hop) => route.type === 'connected' || isOver(hop).wire.resolve(hop.via) !== undefined,
    );
    const isSilent = route.nexthops.length === 0;
    if (reached.length > 0) return wayOf(route, reached);
    if (isSilent) return second ?? wayOf(route, []);
    if (up.length > 0) second ??= wayOf(route, up);
    else if (route.type === 'connected') second ??= wayOf(route, []);
  }
  return second;
};

const wayOf = ({ type, tos }: Route, nexthops: readonly NextHop[]): Way => ({
  type,
  tos,
  nexthops,
  totalWeight: nexthops.reduce((sum, { weight }) => sum + weight, 0),
});
