import { type Address, contains, UNSPECIFIED } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import { type Interface, isBeyond } from '../interface.js';
import * as ipv4 from './header.js';
import type { MulticastSettings, StaticMulticastRoute } from './multicast-settings.js';

/** What is wanted on the links of a router. */
export interface Interest {
  /** Whether somebody on an interface's link wants datagrams from a source to a group. */
  wants(egress: Interface, group: Address, source: Address): boolean;
  /** Why nobody there does, in words. */
  hindrance(egress: Interface, group: Address, source: Address): string;
}

/** What multicast routes depend on. */
export interface MulticastTables {
  readonly settings: MulticastSettings;
  readonly interfaces: readonly Interface[];
  readonly interest: Interest;
  /** Whether the unicast route to a source leaves by an interface. */
  leadsTo(source: Address, egress: Interface): boolean;
}

/** Where datagrams from one source to one group go that arrive on one interface. */
export interface MulticastRoute {
  readonly source: Address;
  readonly group: Address;
  readonly incoming: Interface;
  /** The interfaces by which a datagram leaves, if its TTL reaches the threshold of each. */
  readonly outgoing: readonly Interface[];
  /** The TTL with which a datagram passes all thresholds; 1 if none is set. */
  readonly ttlForAll: number;
  /** Why they go nowhere; undefined if they go on. */
  readonly reason: DropReason | undefined;
}

/** An interface by which the datagrams do not leave, and why. */
export interface Blocked {
  readonly interface: Interface;
  readonly why: string;
}

/** Computes the route of a source's datagrams to a group. Only reads. Source: RFC 1812 §5.2.1.3, RFC 9776 §6.3. */
export const decideMulticastRoute = (
  tables: MulticastTables,
  source: Address,
  group: Address,
  incoming: Interface,
): MulticastRoute => {
  const nowhere = (reason: DropReason): MulticastRoute => ({
    source,
    group,
    incoming,
    outgoing: [],
    ttlForAll: 1,
    reason,
  });
  const { routing, reversePath } = tables.settings;
  if (!routing || !incoming.forwarding) return nowhere('forwarding-off');
  // A host without an address may reach the routers of the link, and nobody beyond. Source: RFC 1812 §5.3.7.
  if (source === UNSPECIFIED) return nowhere('martian-source');
  if (isBeyond(incoming.scope, group)) return nowhere('multicast-boundary');
  const fixed = fixedFor(tables, source, group, incoming);
  if (fixed === undefined && reversePath === 'strict' && !tables.leadsTo(source, incoming))
    return nowhere('multicast-reverse-path');
  const outgoing = tables.interfaces.filter(
    (each) => whyNot(tables, each, source, group, incoming, fixed) === undefined,
  );
  if (outgoing.length === 0) return nowhere(lacking(tables, group, incoming));
  const ttlForAll = Math.max(...outgoing.map(({ scope }) => scope.ttlThreshold));
  return { source, group, incoming, outgoing, ttlForAll, reason: undefined };
};

/** The TTL that counts for thresholds: the one on arrival, unless its ingress sets another. */
export const ttlForThresholds = (datagram: Uint8Array, { scope }: Interface): number =>
  typeof scope.ttl === 'number' ? scope.ttl : ipv4.ttl(datagram);

/** The interfaces that a route does not use, each with the reason. */
export const blockedBeside = (tables: MulticastTables, route: MulticastRoute): Blocked[] => {
  const { source, group, incoming, outgoing, reason } = route;
  const isAboutEgress = reason === 'multicast-no-member' || reason === 'multicast-boundary';
  if (reason !== undefined && (!isAboutEgress || isBeyond(incoming.scope, group))) return [];
  const fixed = fixedFor(tables, source, group, incoming);
  return tables.interfaces
    .filter((each) => !outgoing.includes(each))
    .map((each) => {
      const why = whyNot(tables, each, source, group, incoming, fixed) ?? '';
      return {
        interface: each,
        why: why === NOT_WANTED ? tables.interest.hindrance(each, group, source) : why,
      };
    });
};

/** Nobody behind a boundary is known, because nobody there can join. */
const lacking = ({ interfaces }: MulticastTables, group: Address, incoming: Interface): DropReason => {
  const isBounded = interfaces.some(
    (each) => each !== incoming && each.up && each.forwarding && isBeyond(each.scope, group),
  );
  return isBounded ? 'multicast-boundary' : 'multicast-no-member';
};

/** The first static route for a datagram. */
const fixedFor = (
  { settings }: MulticastTables,
  source: Address,
  group: Address,
  incoming: Interface,
): StaticMulticastRoute | undefined =>
  settings.routes.find(
    (each) =>
      contains(each.group, group) &&
      each.incoming === incoming &&
      (each.source === undefined || each.source === source),
  );

/** Why datagrams do not leave by an interface; undefined if they do. */
const whyNot = (
  { settings, interest }: MulticastTables,
  egress: Interface,
  source: Address,
  group: Address,
  incoming: Interface,
  fixed: StaticMulticastRoute | undefined,
): string | undefined => {
  if (egress === incoming) return 'it is where they arrive';
  if (!egress.up) return 'it is down';
  if (!egress.forwarding) return 'forwarding is off there';
  if (isBeyond(egress.scope, group)) return 'the group must not cross its multicast boundary';
  if (egress === settings.upstream || fixed?.outgoing.includes(egress)) return undefined;
  return interest.wants(egress, group, source) ? undefined : NOT_WANTED;
};

/** The words are looked up only when somebody reads them. */
const NOT_WANTED = 'no host there has joined';
