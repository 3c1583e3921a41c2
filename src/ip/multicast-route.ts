import { type Address, UNSPECIFIED } from '../address.js';
import type { DropReason } from '../drop-reason.js';
import { type Interface, isBeyond } from '../interface.js';
import type { MulticastSettings, StaticMulticastRoute } from './multicast-settings.js';

/** Who wants what on the links of a router. */
export interface Interest {
  /** Whether somebody on an interface's link wants datagrams from a source to a group. */
  wants(egress: Interface, group: Address, source: Address): boolean;
  /** What keeps somebody there who would like to have them from being heard, or that nobody asks. */
  hindrance(egress: Interface, group: Address, source: Address): string;
}

/** What the way of multicast depends on. */
export interface MulticastTables {
  readonly settings: MulticastSettings;
  readonly interfaces: readonly Interface[];
  readonly interest: Interest;
  /** Whether the unicast way to a source leaves by an interface. */
  leadsTo(source: Address, egress: Interface): boolean;
}

/** Where datagrams of one source to one group go that come in by one interface. */
export interface MulticastRoute {
  readonly source: Address;
  readonly group: Address;
  readonly incoming: Interface;
  /** Interfaces that a datagram leaves by, if its TTL is as high as the threshold of each. */
  readonly outgoing: readonly Interface[];
  /** With this TTL a datagram reaches all of them; 1 where no threshold is set. */
  readonly ttlForAll: number;
  /** Why they go nowhere; undefined where they go on. */
  readonly reason: DropReason | undefined;
}

/** An interface that the datagrams do not leave by, and what keeps them from it. */
export interface Blocked {
  readonly interface: Interface;
  readonly why: string;
}

/** Where a source's datagrams to a group go. Only reads. Source: RFC 1812 §5.2.1.3, RFC 9776 §6.3. */
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
  // Who has no address yet may ask the routers of the link, and nobody beyond. Source: RFC 1812 §5.3.7.
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

/** What keeps the datagrams of a route from each interface that they do not leave by. */
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

/** Who is behind a boundary is not known, for nobody there can join. */
const lacking = ({ interfaces }: MulticastTables, group: Address, incoming: Interface): DropReason => {
  const isBounded = interfaces.some(
    (each) => each !== incoming && each.up && each.forwarding && isBeyond(each.scope, group),
  );
  return isBounded ? 'multicast-boundary' : 'multicast-no-member';
};

const fixedFor = (
  { settings }: MulticastTables,
  source: Address,
  group: Address,
  incoming: Interface,
): StaticMulticastRoute | undefined =>
  settings.routes.find(
    (each) =>
      each.group === group &&
      each.incoming === incoming &&
      (each.source === undefined || each.source === source),
  );

/** What keeps datagrams from an interface; undefined where they go there. */
const whyNot = (
  { settings, interest }: MulticastTables,
  egress: Interface,
  source: Address,
  group: Address,
  incoming: Interface,
  fixed: StaticMulticastRoute | undefined,
): string | undefined => {
  if (egress === incoming) return 'they came in by it';
  if (!egress.up) return 'it is down';
  if (!egress.forwarding) return 'forwarding is off there';
  if (isBeyond(egress.scope, group)) return 'a multicast boundary keeps the group from it';
  if (egress === settings.upstream || fixed?.outgoing.includes(egress)) return undefined;
  return interest.wants(egress, group, source) ? undefined : NOT_WANTED;
};

/** Words for it are found only where somebody reads them. */
const NOT_WANTED = 'nobody there asks';
