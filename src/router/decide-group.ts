import { type Address, isLinkLocalMulticast } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import type { Interface } from '../interface.js';
import * as ipv4 from '../ip/header.js';
import { isConfined } from '../ip/martian.js';
import { type MulticastRoute, ttlForThresholds } from '../ip/multicast-route.js';
import { reflectedTtl } from '../ip/reflect.js';
import type { RouterSettings } from '../settings.js';
import { type FilterTables, withholdFiltered } from './decide-filter.js';
import type { Step, Verdict, Withheld } from './verdict.js';

/** The multicast side of a router, as decisions read it. */
export interface GroupTables extends FilterTables {
  readonly settings: RouterSettings;
  readonly groups: {
    /** Where datagrams from a source to a group go that arrive on an interface. */
    routeFor(source: Address, group: Address, ingress: Interface): MulticastRoute;
    /** The interfaces to which a datagram is reflected; none for most. */
    reflectedTo(datagram: Uint8Array, ingress: Interface): readonly Interface[];
    /** Whether the router itself listens to a group on an interface. */
    isForUs(group: Address, ingress: Interface): boolean;
  };
}

/** Decides the fate of a datagram to a group. Only reads. Source: RFC 1812 §5.2.1.3. */
export const decideGroup = (
  datagram: Uint8Array,
  ingress: Interface,
  tables: GroupTables,
  verdict: Verdict,
  steps: Step[] | undefined,
): void => {
  const { groups } = tables;
  const group = ipv4.destination(datagram);
  const protocol = ipv4.protocol(datagram);
  const isForUs = protocol === ipv4.PROTOCOL_ICMP && groups.isForUs(group, ingress);
  if (protocol === ipv4.PROTOCOL_IGMP || (isForUs && isLinkLocalMulticast(group))) {
    verdict.fate = 'deliver';
    steps?.push({ what: 'deliver', detail: 'a group that the router is in', source: 'RFC 1112 §7.2' });
    return;
  }
  const reflected = groups.reflectedTo(datagram, ingress);
  if (reflected.length === 0 && isLinkLocalMulticast(group))
    return drop(verdict, 'multicast-link-local', steps);
  const reason =
    spread(datagram, ingress, tables, reflected, verdict) ??
    filtered(datagram, ingress, tables, verdict, steps);
  if (reason === undefined) {
    verdict.fate = 'replicate';
    steps?.push({
      what: 'ttl',
      detail: `${ipv4.ttl(datagram)} to ${verdict.ttl}`,
      source: 'RFC 1812 §5.3.1',
    });
    steps?.push({ what: 'route', detail: namesOf(verdict.outgoing), source: 'RFC 9776 §6.3' });
    for (const { egress, reason: why } of verdict.withheld)
      steps?.push({
        what: 'out',
        at: egress,
        detail: `not by ${egress.name}: ${why}`,
        source: 'RFC 1812 §5.2.1.3',
      });
    return;
  }
  drop(verdict, reason, steps);
  if (!isForUs) return;
  // It goes no further, but the router itself is a member.
  verdict.fate = 'deliver';
  steps?.push({ what: 'deliver', detail: 'a group that the router is in', source: 'RFC 1112 §7.2' });
};

/** Writes into the verdict who gets a copy; returns why, if nobody does. Source: RFC 3927 §7. */
const spread = (
  datagram: Uint8Array,
  ingress: Interface,
  tables: GroupTables,
  reflected: readonly Interface[],
  verdict: Verdict,
): DropReason | undefined => {
  if (isConfined(ipv4.source(datagram), tables.settings.ip)) return 'martian-source';
  return reflected.length === 0
    ? route(datagram, ingress, tables, verdict)
    : reflect(datagram, ingress, tables, reflected, verdict);
};

/** Withholds the copies that filters are against; returns why, if nobody is left. */
const filtered = (
  datagram: Uint8Array,
  ingress: Interface,
  tables: GroupTables,
  verdict: Verdict,
  steps: Step[] | undefined,
): DropReason | undefined => {
  if (!verdict.awaitsEgress) return undefined;
  withholdFiltered(datagram, ingress, tables, verdict, steps);
  return verdict.outgoing.length > 0 ? undefined : verdict.withheld.at(-1)!.reason;
};

/** Writes the route into the verdict, and who gets a copy by it. Source: RFC 1812 §5.3.1. */
const route = (
  datagram: Uint8Array,
  ingress: Interface,
  { groups }: GroupTables,
  verdict: Verdict,
): DropReason | undefined => {
  const found = groups.routeFor(ipv4.source(datagram), ipv4.destination(datagram), ingress);
  verdict.route = found;
  if (found.reason !== undefined) return found.reason;
  const arrived = ipv4.ttl(datagram);
  const ttl = ttlForThresholds(datagram, ingress);
  verdict.ttl = ttlBeyond(arrived, ingress.scope.ttl);
  verdict.outgoing = found.outgoing;
  if (
    ttl < found.ttlForAll ||
    found.outgoing.some((egress) => ipv4.isTooLong(datagram, verdict.length, egress.mtu))
  )
    withhold(datagram, ttl, verdict);
  return lacking(verdict);
};

/** Takes back the copies that may not leave: their TTL is below a threshold, or they are too long. */
const withhold = (datagram: Uint8Array, ttl: number, verdict: Verdict): void => {
  const withheld = verdict.outgoing.flatMap((egress): Withheld[] => {
    if (egress.scope.ttlThreshold > ttl) return [{ egress, reason: 'multicast-ttl' }];
    return ipv4.isTooLong(datagram, verdict.length, egress.mtu) ? [{ egress, reason: 'would-fragment' }] : [];
  });
  verdict.withheld = withheld;
  verdict.outgoing = verdict.outgoing.filter((each) => !withheld.some(({ egress }) => egress === each));
};

/** Why nobody gets a copy; undefined if somebody does. */
const lacking = ({ ttl, outgoing, withheld }: Verdict): DropReason | undefined => {
  if (ttl > 0 && outgoing.length > 0) return undefined;
  const isOnlyTooLong = ttl > 0 && withheld.some(({ reason }) => reason === 'would-fragment');
  return isOnlyTooLong ? 'would-fragment' : 'multicast-ttl';
};

/**
 * Writes into the verdict that a datagram is reflected, besides going where its group is wanted if its TTL allows that.
 *
 * It is of no flow, for its port decides, too. Source: RFC 6762 §11.
 */
const reflect = (
  datagram: Uint8Array,
  ingress: Interface,
  tables: GroupTables,
  reflected: readonly Interface[],
  verdict: Verdict,
): DropReason | undefined => {
  const isLinkLocal = isLinkLocalMulticast(ipv4.destination(datagram));
  const reason = isLinkLocal ? 'multicast-link-local' : route(datagram, ingress, tables, verdict);
  if (reason === 'martian-source') return reason;
  const others = reason === undefined ? verdict.outgoing.filter((each) => !reflected.includes(each)) : [];
  const without = verdict.withheld.filter(({ egress }) => !reflected.includes(egress));
  verdict.route = undefined;
  verdict.outgoing = [...reflected, ...others];
  verdict.ttl = reflectedTtl(datagram);
  withhold(datagram, ipv4.ttl(datagram), verdict);
  const lack = lacking(verdict);
  verdict.withheld = [...without, ...verdict.withheld];
  return lack;
};

/** The TTL with which a datagram goes on; 0 if it does not. TTL 0 never leaves its host. Source: RFC 1112 §6.1. */
const ttlBeyond = (arrived: number, wanted: Interface['scope']['ttl']): number => {
  if (arrived === 0) return 0;
  if (typeof wanted === 'number') return wanted;
  return wanted === 'pass' ? Math.max(1, arrived - 1) : arrived - 1;
};

const drop = (verdict: Verdict, reason: DropReason, steps: Step[] | undefined): void => {
  verdict.fate = 'drop';
  verdict.reason = reason;
  steps?.push({ what: 'drop', detail: reason, source: 'RFC 1812 §5.2.1.3' });
};

const namesOf = (interfaces: readonly Interface[]): string => interfaces.map(({ name }) => name).join(' ');
