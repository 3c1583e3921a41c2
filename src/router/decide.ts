import {
  type Address,
  formatAddress,
  formatPrefix,
  isMulticast,
  LIMITED_BROADCAST,
  UNSPECIFIED,
} from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { Interface } from '../interface.js';
import { isAttached } from '../ip/exit.js';
import { egressOf, type FibEntry, leadsTo, onlyNextHop, pickNextHop, wayFor } from '../ip/fib.js';
import * as ipv4 from '../ip/header.js';
import { isConfined, isLinkLocalNeighbor, isMartianDestination, isMartianSource } from '../ip/martian.js';
import { planOptions, reasonFor } from '../ip/options.js';
import type { IpSettings, RouterSettings } from '../settings.js';
import { type FilterTables, filterAtEgress, isFilteredOnArrival } from './decide-filter.js';
import { decideGroup, type GroupTables } from './decide-group.js';
import { deliver, drop, NONE, type Step, type Verdict } from './verdict.js';

/** What a decision depends on, besides the datagram and its ingress. */
export interface Tables extends GroupTables, FilterTables {
  readonly interfaces: readonly Interface[];
}

/**
 * Decides the fate of a datagram that has passed the gate. Only reads: nothing is counted or rewritten.
 *
 * It fills in all of `verdict`. With `steps` it also explains itself: the steps in the order of the path, each with
 * its rule. Without, that costs nothing. `length` is that of each datagram which a super-datagram stands for.
 *
 * Source: RFC 1812 §5.2.1.
 */
export const decide = (
  datagram: Uint8Array,
  ingress: Interface,
  tables: Tables,
  verdict: Verdict,
  steps?: Step[],
  length = datagram.length,
): void => {
  verdict.length = length;
  decideFate(datagram, ingress, tables, verdict, steps);
  if (verdict.awaitsEgress) filterAtEgress(datagram, ingress, tables, verdict, steps);
};

const decideFate = (
  datagram: Uint8Array,
  ingress: Interface,
  tables: Tables,
  verdict: Verdict,
  steps: Step[] | undefined,
): void => {
  const { settings, routing, filters } = tables;
  const options = ipv4.hasOptions(datagram)
    ? planOptions(datagram, settings.ip.options, routing.isOurs)
    : undefined;
  const destination = options?.destination ?? ipv4.destination(datagram);
  const isToGroup = destination >= FIRST_GROUP && isMulticast(destination);
  begin(verdict);
  verdict.options = options;
  verdict.destination = destination;
  verdict.isToGroup = isToGroup;
  steps?.push({ what: 'in', detail: `ttl ${ipv4.ttl(datagram)}`, source: 'RFC 1812 §5.2.2' });

  const distrust = distrusted(datagram, destination, isToGroup, ingress, tables);
  if (distrust !== undefined) return drop(verdict, distrust, steps);
  steps?.push({ what: 'check', detail: 'the source is plausible', source: 'RFC 1812 §5.3.7' });
  if (options?.fault !== undefined) {
    verdict.pointer = options.fault.pointer;
    return drop(verdict, options.fault.reason, steps);
  }
  if (options !== undefined)
    steps?.push({
      what: 'option',
      detail: `next stop ${formatAddress(destination)}`,
      source: 'RFC 1812 §5.2.4.1',
    });

  if (filters !== undefined && isFilteredOnArrival(datagram, ingress, tables, verdict, steps)) return;
  if (isToGroup) return decideGroup(datagram, ingress, tables, verdict, steps);
  if (destination === LIMITED_BROADCAST) return deliver(verdict, 'the limited broadcast', steps);
  const entry = routing.fib.lookup(destination);
  if (entry === undefined || entry.kind === 'route')
    return decideForward(datagram, entry, ingress, tables, verdict, steps);
  if (entry.kind === 'local') return deliver(verdict, 'one of our addresses', steps);
  if (options !== undefined && options.advances > 0) return drop(verdict, 'source-route', steps);
  if (entry.kind === 'network') return drop(verdict, 'broadcast', steps);
  decideSubnetBroadcast(datagram, entry.interface!, ingress, settings, verdict, steps);
};

/** Decides where a datagram in transit goes next. Source: RFC 1812 §5.2.1.2. */
const decideForward = (
  datagram: Uint8Array,
  entry: FibEntry | undefined,
  ingress: Interface,
  tables: Tables,
  verdict: Verdict,
  steps: Step[] | undefined,
): void => {
  const { destination, options } = verdict;
  const obstacle = findNextHop(datagram, entry, ingress, tables, verdict, steps);
  if (obstacle !== undefined) {
    verdict.isAttached = isAttached(destination, tables.interfaces);
    return drop(verdict, reasonFor(obstacle, options), steps);
  }
  if (options?.isStrict && verdict.nextHop !== destination) return drop(verdict, 'source-route', steps);
  const fault = leave(datagram, verdict, steps);
  if (fault !== undefined) return drop(verdict, reasonFor(fault, options), steps);
  forward(verdict, steps);
};

const forward = (verdict: Verdict, steps: Step[] | undefined): void => {
  verdict.fate = 'forward';
  steps?.push({
    what: 'out',
    detail: `${verdict.egress!.name} to ${formatAddress(verdict.nextHop)}`,
    source: 'RFC 1812 §5.2.1.2',
  });
};

/** Writes the next hop and its interface into the verdict; returns the reason if there is no usable one. */
const findNextHop = (
  datagram: Uint8Array,
  entry: FibEntry | undefined,
  ingress: Interface,
  { settings, routing, interfaces }: Tables,
  verdict: Verdict,
  steps: Step[] | undefined,
): DropReason | undefined => {
  const { destination } = verdict;
  if (!ingress.forwarding) return 'forwarding-off';
  const source = ipv4.source(datagram);
  if (isSuspect(source) && isConfined(source, settings.ip)) return 'martian-source';
  if (isSuspect(destination) && isMartianDestination(destination, settings.ip)) return 'martian-destination';
  if (entry === undefined) return 'no-route';
  const way = wayFor(entry, ipv4.tos(datagram));
  if (way === undefined) return 'tos-route';
  steps?.push({
    what: 'route',
    detail: `${formatPrefix(routing.fib.prefixOf(destination)!)} ${way.type}`,
    source: 'RFC 1812 §5.2.4.3',
  });
  const only = onlyNextHop(way);
  const hop = only ?? pickNextHop(way, routing.flows.hash(datagram));
  if (typeof hop === 'string') return hop;
  if (ipv4.ttl(datagram) <= 1) return 'ttl-expired';
  steps?.push({
    what: 'ttl',
    detail: `${ipv4.ttl(datagram)} to ${ipv4.ttl(datagram) - 1}`,
    source: 'RFC 1812 §5.3.1',
  });
  verdict.isChosen = only === undefined;
  verdict.isByTos = way.tos !== undefined;
  verdict.egress = egressOf(hop, interfaces);
  verdict.nextHop = hop.via === 0 ? destination : hop.via;
  return undefined;
};

/**
 * Writes into the verdict the hop that takes the datagram to its next hop; returns what prevents that at the egress.
 *
 * Source: RFC 1812 §5.2.7.1, §5.3.11, RFC 1191 §4.
 */
const leave = (datagram: Uint8Array, verdict: Verdict, steps: Step[] | undefined): DropReason | undefined => {
  const egress = verdict.egress!;
  if (!egress.forwarding) return 'forwarding-off';
  verdict.hop = egress.wire.resolve(verdict.nextHop);
  if (verdict.hop === undefined) return 'host-unreachable';
  const { length } = verdict;
  const isTooLong = ipv4.isTooLong(datagram, length, egress.mtu);
  if (steps !== undefined && length > egress.mtu) steps.push(mtuStep(length, egress, isTooLong));
  return isTooLong ? 'would-fragment' : undefined;
};

const mtuStep = (length: number, { mtu }: Interface, isTooLong: boolean): Step => ({
  what: 'mtu',
  detail: `${length} octets, the MTU is ${mtu}: ${isTooLong ? 'DF is set' : 'leaves in fragments'}`,
  source: isTooLong ? 'RFC 1191 §4' : 'RFC 791 §3.2',
});

/**
 * Decides the fate of a broadcast to a subnet that is attached on `egress`.
 *
 * A broadcast to the subnet it came from is also for us, if we accept directed broadcasts; one to another subnet is
 * forwarded only if the settings allow it. Source: RFC 2644 §3, RFC 1812 §5.3.5.2.
 */
const decideSubnetBroadcast = (
  datagram: Uint8Array,
  egress: Interface,
  ingress: Interface,
  { ip, icmp }: RouterSettings,
  verdict: Verdict,
  steps: Step[] | undefined,
): void => {
  verdict.egress = egress;
  if (egress === ingress) {
    if (ip.directedBroadcast || icmp.echoBroadcast)
      return deliver(verdict, 'a broadcast of this link', steps);
    return drop(verdict, 'broadcast', steps);
  }
  if (!ip.directedBroadcast) return drop(verdict, 'broadcast', steps);
  if (!ingress.forwarding) return drop(verdict, 'forwarding-off', steps);
  if (isConfined(ipv4.source(datagram), ip)) return drop(verdict, 'martian-source', steps);
  if (ipv4.ttl(datagram) <= 1) return drop(verdict, 'ttl-expired', steps);
  verdict.nextHop = ipv4.destination(datagram);
  const fault = leave(datagram, verdict, steps);
  if (fault !== undefined) return drop(verdict, fault, steps);
  forward(verdict, steps);
};

/**
 * Why a datagram's source is refused, or undefined if it is plausible.
 *
 * Our own addresses and the broadcast addresses of attached networks are never valid sources.
 * Source: RFC 1812 §4.2.2.11, §5.3.7, §5.3.8, RFC 3704 §2, RFC 3927 §7.
 */
const distrusted = (
  datagram: Uint8Array,
  destination: Address,
  isToGroup: boolean,
  ingress: Interface,
  { settings, routing }: Tables,
): DropReason | undefined => {
  const source = ipv4.source(datagram);
  // A host without an address may ask everybody. Source: RFC 1122 §3.2.1.3 (a).
  if (source === UNSPECIFIED && (isToGroup || destination === LIMITED_BROADCAST)) return undefined;
  if (isSuspect(source) && isMartianSource(source, settings.ip) && !isLinkLocalNeighbor(source, ingress))
    return 'martian-source';
  const entry = routing.fib.lookup(source);
  if (entry !== undefined && entry.kind !== 'route') return 'martian-source';
  return settings.ip.reversePath === 'off' ? undefined : reversePathFault(entry, ingress, settings.ip);
};

const reversePathFault = (
  entry: FibEntry | undefined,
  ingress: Interface,
  settings: IpSettings,
): DropReason | undefined => {
  if (entry === undefined) return 'reverse-path';
  if (settings.reversePath === 'loose') return undefined;
  return leadsTo(entry, ingress) ? undefined : 'reverse-path';
};

const FIRST_GROUP: Address = 0xe0000000;

/** The first octets of possible martians: looking at one octet spares most datagrams the rules. */
const SUSPECTS = Uint8Array.from({ length: 256 }, (_, first) =>
  first === 0 || first === 127 || first === 169 || first >= 224 ? 1 : 0,
);

const isSuspect = (address: Address): boolean => SUSPECTS[address >>> 24] === 1;

const begin = (verdict: Verdict): void => {
  verdict.reason = undefined;
  verdict.code = undefined;
  verdict.awaitsEgress = false;
  verdict.decisions = NONE;
  verdict.isByChance = false;
  verdict.egress = undefined;
  verdict.hop = undefined;
  verdict.nextHop = 0;
  verdict.isChosen = false;
  verdict.isByTos = false;
  verdict.pointer = 0;
  verdict.isAttached = false;
  verdict.route = undefined;
  verdict.withheld = NONE;
};
