import { type Address, contains, type Prefix } from './address.js';
import { DropCounts, InterfaceCounters, type Totals, totals } from './counters.js';
import type { DropReason } from './drop-reason.js';
import type { RejectCode } from './filter.js';
import type { Wire } from './hop.js';
import { leaf, list, noted, whole } from './key.js';
import type { Refused } from './parcel.js';
import { defaultsOf, type SettingsOf } from './section.js';
import type { Instant } from './time.js';

/** One address of an interface and its subnet. */
export interface InterfaceAddress {
  readonly address: Address;
  readonly prefix: Prefix;
}

/** How far multicast reaches through an interface. Source: RFC 2365 §5, RFC 1812 §5.2.1.3. */
export const SCOPE_KEYS = {
  boundary: noted(
    'groups that do not cross this interface: prefixes, local, organization-local',
    list(
      'groups that do not cross this interface; reports for them are ignored (RFC 2365)',
      leaf('boundary', 'a prefix of groups, or the name of a scope'),
      { most: 256 },
      [],
    ),
  ),
  'ttl-threshold': noted(
    'minimum TTL on arrival for multicast to leave here',
    whole('minimum TTL on arrival for multicast to leave here (RFC 1812); TTL 1 never passes', 1, 255, 1),
  ),
  /** Thresholds then count with the new TTL. Undefined: one less than on arrival, and TTL 1 goes no further. */
  ttl: noted(
    'multicast that arrives here goes on with this TTL; pass: TTL 1 goes on as it is',
    leaf(
      'multicast-ttl',
      'multicast that arrives here goes on with this TTL, or, with `pass`, with TTL 1 if it has no more (RFC 1812 forbids both)',
    ),
  ),
};

export type MulticastScope = SettingsOf<typeof SCOPE_KEYS>;

export const UNBOUNDED: MulticastScope = defaultsOf(SCOPE_KEYS);

/** Whether a group's scope ends at an interface. */
export const isBeyond = ({ boundary }: MulticastScope, group: Address): boolean =>
  boundary.length > 0 && boundary.some((each) => contains(each, group));

/** A router's place on a link. Run-time changes are made here, and then reported to the router. */
export interface Interface extends InterfaceState {
  /** The router's name. */
  readonly router: string;
  /** ROUTER.LINK, for example `r1.red`. */
  readonly name: string;
  readonly link: string;
  /** 1, 2, 3 … in configuration order; next hops refer to it, and ICMP extensions carry it as the ifIndex. */
  index: number;
  /** Its own as long as the router is there, whatever its index is: by it is filed what is to outlast another plan. At least 1. */
  readonly serial: number;
  /** The first is primary; none if the interface is unnumbered. */
  addresses: readonly InterfaceAddress[];
  /** The longest datagram that may leave here, in octets. */
  mtu: number;
  /** Whether datagrams in transit may enter or leave here. Source: RFC 1812 §5.3.11. */
  forwarding: boolean;
  scope: MulticastScope;
  wire: Wire;
}

/** What has happened to an interface since it was made, and who is told. */
export interface InterfaceState {
  up: boolean;
  readonly counters: InterfaceCounters;
  /** Datagrams that arrived here and ended, and copies that did not leave here. */
  readonly drops: DropCounts;
  /** Datagrams that were handed to the link here and refused by it or by a device on it. */
  readonly refusals: DropCounts;
  /** The totals of the router, shared by all its interfaces; set by the router. */
  totals: Totals;
  /** Answers dropped datagrams; set by the router. */
  answer: Answer | undefined;
  /** Told of refused datagrams; set by the router. */
  refused: Refused | undefined;
}

/** The state of a new interface: down, nothing counted, no router. */
export const interfaceState = (): InterfaceState => ({
  up: false,
  counters: new InterfaceCounters(),
  drops: new DropCounts(),
  refusals: new DropCounts(),
  totals: totals(),
  answer: undefined,
  refused: undefined,
});

/** Details of a drop beyond its reason. */
export interface DropDetail {
  /** The interface by which it would have left. */
  readonly egress?: Interface | undefined;
  readonly nextHop?: Address | undefined;
  /** The octet of the original in which the error was detected. */
  readonly pointer?: number | undefined;
  /** Of a datagram that a filter rejects: what it says. */
  readonly code?: RejectCode | undefined;
  /** Whether the destination is in an attached subnet. */
  readonly isAttached?: boolean | undefined;
}

/** Answers a dropped datagram with an ICMP error, or stays silent. */
export type Answer = (
  reason: DropReason,
  detail: DropDetail,
  original: Uint8Array,
  ingress: Interface,
  now: Instant,
) => void;

/** Numbers interfaces 1, 2, 3 … in order; returns the new number by the old one. */
export const numbered = (interfaces: readonly Interface[]): ReadonlyMap<number, number> => {
  const renumbered = new Map<number, number>();
  for (const [at, each] of interfaces.entries()) {
    if (each.index > 0) renumbered.set(each.index, at + 1);
    each.index = at + 1;
  }
  return renumbered;
};
