import { type Address, contains, type Prefix } from './address.js';
import { DropCounts, InterfaceCounters, type Totals, totals } from './counters.js';
import type { DropReason } from './drop-reason.js';
import type { Wire } from './hop.js';
import { leaf, list, noted, whole } from './key.js';
import type { Refused } from './parcel.js';
import { defaultsOf, type SettingsOf } from './section.js';
import type { Instant } from './time.js';

/** One address of an interface and the subnet it stands in. */
export interface InterfaceAddress {
  readonly address: Address;
  readonly prefix: Prefix;
}

/** How far multicast goes by an interface. Source: RFC 2365 §5, RFC 1812 §5.2.1.3. */
export const SCOPE_KEYS = {
  boundary: noted(
    'groups that neither come in nor leave here: prefixes, local, organization-local',
    list(
      'groups that neither come in nor leave here; reports of them are ignored (RFC 2365)',
      leaf('boundary', 'a prefix of groups, or a scope by its name'),
      { most: 256 },
      [],
    ),
  ),
  'ttl-threshold': noted(
    'multicast leaves here only if it came in with this TTL',
    whole(
      'multicast leaves here only if it came in with at least this TTL (RFC 1812); TTL 1 never does',
      1,
      255,
      1,
    ),
  ),
};

export type MulticastScope = SettingsOf<typeof SCOPE_KEYS>;

export const UNBOUNDED: MulticastScope = defaultsOf(SCOPE_KEYS);

/** Whether an interface stands at the boundary of a group's scope. */
export const isBeyond = ({ boundary }: MulticastScope, group: Address): boolean =>
  boundary.length > 0 && boundary.some((each) => contains(each, group));

/** A router's place on a link. What changes at run time changes here; the router is told when it does. */
export interface Interface extends InterfaceState {
  /** The router's name. */
  readonly router: string;
  /** ROUTER.LINK, for example `r1.red`. */
  readonly name: string;
  readonly link: string;
  /** 1, 2, 3 … in the order of the configuration; what next hops refer to, and the ifIndex that ICMP extensions carry. */
  index: number;
  /** The first is primary. Empty: unnumbered. */
  addresses: readonly InterfaceAddress[];
  /** The longest datagram that may leave here, in octets. */
  mtu: number;
  /** Whether datagrams in transit may come in or leave here. Source: RFC 1812 §5.3.11. */
  forwarding: boolean;
  scope: MulticastScope;
  wire: Wire;
}

/** What has happened to an interface since it was made, and whom it tells. */
export interface InterfaceState {
  up: boolean;
  readonly counters: InterfaceCounters;
  /** What came in here and ended, and copies that did not leave here. */
  readonly drops: DropCounts;
  /** What was handed out here and not taken by the link, or by a device on it. */
  readonly refusals: DropCounts;
  /** Those of its router, the same for all its interfaces; the router puts them in place. */
  totals: Totals;
  /** Answers what ends here; its router puts it in place. */
  answer: Answer | undefined;
  /** Told of what is not taken; its router puts it in place. */
  refused: Refused | undefined;
}

/** The state of a new interface: down, nothing counted yet, no router. */
export const interfaceState = (): InterfaceState => ({
  up: false,
  counters: new InterfaceCounters(),
  drops: new DropCounts(),
  refusals: new DropCounts(),
  totals: totals(),
  answer: undefined,
  refused: undefined,
});

/** What a drop knows beyond its reason. */
export interface DropDetail {
  /** The interface it would have left by. */
  readonly egress?: Interface | undefined;
  readonly nextHop?: Address | undefined;
  /** The octet of the original in which the error was detected. */
  readonly pointer?: number | undefined;
  /** The destination stands in a subnet that is attached here. */
  readonly isAttached?: boolean | undefined;
}

/** Answers a dropped datagram with an ICMP error, or keeps silent. */
export type Answer = (
  reason: DropReason,
  detail: DropDetail,
  original: Uint8Array,
  ingress: Interface,
  now: Instant,
) => void;
