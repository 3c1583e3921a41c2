import { type Address, formatAddress, formatPrefix, isMulticast, LIMITED_BROADCAST } from '../../address.js';
import type { RouteGet } from '../../change/route.js';
import type { DropReason } from '../../drop-reason.js';
import { Failure } from '../../failure.js';
import type { Interface } from '../../interface.js';
import { egressOf, onlyNextHop, pickNextHop, wayFor } from '../../ip/fib.js';
import { isMartianDestination } from '../../ip/martian.js';
import { writeUint32 } from '../../ip/octets.js';
import type { Router } from '../../router/router.js';
import type { Lab } from '../lab.js';
import { routerNamed } from '../named.js';
import { type Outcome, outcome } from './outcome.js';
import { formatRoute } from './route-words.js';

/** Where a datagram would go. */
interface Exit {
  readonly kind: 'unicast' | 'local' | 'broadcast';
  readonly egress: Interface | undefined;
  /** Undefined where the destination itself is on the link. */
  readonly via: Address | undefined;
}

/** Says where a router would send a datagram, and by which route; nothing is sent. */
export const getRoute = (lab: Lab, change: RouteGet): Outcome => {
  const router = routerNamed(lab, change.options.router);
  const { destination, source, tos } = change.arguments.lookup;
  const to = formatAddress(destination);
  if (isMulticast(destination) || destination === LIMITED_BROADCAST)
    throw new Failure(2, `${to} is no address of a single host`, '`show mroutes` tells where groups go');
  const found = findExit(router, destination, source, tos);
  const route = router.routing.routeTo(destination, tos);
  const origin = route === undefined ? '' : ` (${route.origin})`;
  const by = route === undefined ? 'no route leads there' : `by ${formatRoute(route, router)}${origin}`;
  const fields = {
    router: router.name,
    destination: to,
    source: source === undefined ? null : formatAddress(source),
    prefix: route === undefined ? null : formatPrefix(route.prefix),
    type: route?.type ?? null,
    metric: route?.metric ?? null,
    origin: route?.origin ?? null,
  };
  if (typeof found === 'string')
    return outcome(
      { ...fields, via: null, interface: null, reason: found },
      [`${to} would be dropped by ${router.name}: ${found}`, `    ${by}`],
      false,
    );
  const { kind, egress, via } = found;
  const ours = egress === undefined ? undefined : router.routing.addressOn(egress, via ?? destination);
  const line = [
    ...(kind === 'unicast' ? [to] : [kind, to]),
    ...(source === undefined ? [] : ['from', formatAddress(source)]),
    ...(via === undefined ? [] : ['via', formatAddress(via)]),
    ...(egress === undefined ? [] : ['dev', egress.name]),
    ...(ours === undefined || kind !== 'unicast' ? [] : ['src', formatAddress(ours)]),
  ];
  return outcome(
    {
      ...fields,
      via: via === undefined ? null : formatAddress(via),
      interface: egress?.name ?? null,
      reason: null,
    },
    kind === 'unicast' ? [line.join(' '), `    ${by}`] : [line.join(' ')],
  );
};

const findExit = (
  { routing, interfaces, settings }: Router,
  destination: Address,
  source: Address | undefined,
  tos: number,
): Exit | DropReason => {
  const entry = routing.lookup(destination);
  if (entry?.kind === 'local' || entry?.kind === 'broadcast')
    return { kind: entry.kind, egress: entry.interface, via: undefined };
  if (entry?.kind === 'network') return 'broadcast';
  if (isMartianDestination(destination, settings.ip)) return 'martian-destination';
  if (entry === undefined) return 'no-route';
  const way = wayFor(entry, tos);
  if (way === undefined) return 'tos-route';
  const hop = onlyNextHop(way) ?? pickNextHop(way, routing.flows.hash(datagramOf(destination, source, tos)));
  if (typeof hop === 'string') return hop;
  const egress = egressOf(hop, interfaces);
  const nextHop = hop.via === 0 ? destination : hop.via;
  if (egress.wire.resolve(nextHop) === undefined) return 'host-unreachable';
  return { kind: 'unicast', egress, via: hop.via === 0 ? undefined : hop.via };
};

/** The header of such a datagram, for the flow that it belongs to. */
const datagramOf = (destination: Address, source: Address | undefined, tos: number): Uint8Array => {
  const octets = new Uint8Array(20);
  octets[0] = 0x45;
  octets[1] = tos;
  writeUint32(octets, 12, source ?? 0);
  writeUint32(octets, 16, destination);
  return octets;
};
