import type { Ledger } from '../counters.js';
import type { DropReason } from '../drop-reason.js';
import type { FilterAction, RejectCode } from '../filter.js';
import type { DeviceRow } from './device-row.js';
import type { Counts, GroupRow, IgmpRow, MrouteRow } from './shown-multicast.js';

/**
 * What `show` prints as JSON, by subject. Field names are those of the reference page on JSON output.
 *
 * A new subject is a line here and in `SHOWN`; the compiler then names the function and the format it lacks.
 */
export interface Shown {
  readonly status: Status;
  readonly interfaces: readonly InterfaceRow[];
  readonly devices: readonly DeviceRow[];
  readonly routes: readonly RouteRow[];
  readonly neighbors: readonly NeighborRow[];
  readonly links: readonly LinkRow[];
  readonly icmp: readonly IcmpRow[];
  readonly igmp: readonly IgmpRow[];
  readonly groups: readonly GroupRow[];
  readonly mroutes: readonly MrouteRow[];
  readonly filters: readonly FilterRow[];
  readonly drops: readonly DropRow[];
  readonly captures: readonly CaptureRow[];
  readonly schedule: readonly ScheduleRow[];
  readonly topology: readonly TopologyRow[];
  /** One line each, in the order they were made. */
  readonly changes: readonly string[];
  /** As a file would say it, with every default written out. */
  readonly config: Readonly<Record<string, unknown>>;
}

export type ShowWhat = keyof Shown;

/** The subjects of `show`, each with a description. */
export const SHOWN: { readonly [What in ShowWhat]: string } = {
  status: 'the lab itself: name, process, uptime',
  interfaces: 'the interfaces of every router, and their traffic',
  devices: 'the TUN devices of the hosts, and what is read from and written to them',
  routes: 'the routes of every router',
  neighbors: 'the owner of every address on a link',
  links: 'the links: whether they are up, their impairments, and what these did',
  icmp: 'ICMP messages sent, received and suppressed',
  igmp: 'IGMP on each interface: the querier and its timers',
  groups: 'the groups that hosts have joined, by interface',
  mroutes: 'where each multicast stream goes, and why not elsewhere',
  filters: 'the filters of every router, in order, and what they decided about',
  drops: 'dropped datagrams, and why',
  captures: 'the captures that run, and how much they have',
  schedule: 'the changes that the lab makes by itself, and when',
  topology: 'the links, and who is on them',
  changes: 'the changes made to this machine',
  config: 'the configuration in effect',
};

/** Those that are of the whole lab: no row of them belongs to a router. */
export const OF_WHOLE_LAB: ReadonlySet<ShowWhat> = new Set([
  'status',
  'devices',
  'links',
  'captures',
  'schedule',
  'topology',
  'changes',
  'config',
]);

export const isShowWhat = (word: unknown): word is ShowWhat =>
  typeof word === 'string' && Object.hasOwn(SHOWN, word);

export interface Status {
  readonly name: string;
  readonly state: 'running';
  readonly pid: number;
  readonly uptimeSeconds: number;
  readonly version: string;
  /** The path of the configuration; null if there is no file. */
  readonly config: string | null;
  readonly routers: number;
  readonly links: number;
  readonly hosts: number;
  /** Where its dashboard and metrics are; null if there are none. */
  readonly http: string | null;
  readonly ledgers: readonly LedgerRow[];
  readonly warnings: readonly string[];
}

export interface LedgerRow extends Readonly<Ledger> {
  readonly router: string;
}

/** Counters are named as in OpenConfig; octets are IPv4 total lengths. */
export interface InterfaceRow {
  readonly interface: string;
  readonly router: string;
  readonly link: string;
  readonly addresses: readonly string[];
  readonly mtu: number;
  readonly operStatus: 'UP' | 'DOWN';
  readonly forwarding: boolean;
  readonly inPackets: number;
  readonly inOctets: number;
  readonly outPackets: number;
  readonly outOctets: number;
  readonly inMulticastPackets: number;
  readonly outMulticastPackets: number;
  readonly inDiscards: number;
  readonly outDiscards: number;
}

export interface RouteRow {
  readonly router: string;
  readonly prefix: string;
  readonly type: 'connected' | 'unicast' | 'ecmp' | 'blackhole' | 'unreachable' | 'prohibit' | 'local';
  readonly nexthops: readonly NextHopRow[];
  readonly metric: number;
  /** Left out if the route is for every type of service. */
  readonly tos?: number;
  readonly origin: 'config' | 'runtime' | 'connected';
  /** Whether it is in use. */
  readonly active: boolean;
}

export interface NextHopRow {
  /** Null if the destination itself is on the link. */
  readonly via: string | null;
  readonly interface: string;
  readonly weight: number;
}

export interface NeighborRow {
  readonly link: string;
  readonly address: string;
  readonly owner: string;
  readonly state: 'static' | 'learned';
  readonly reachable: boolean;
}

/** One row a link, and one for each sender that has settings of its own: those are in force for what it sends. */
export interface LinkRow {
  readonly link: string;
  /** Null for the settings of all, and the counters of all. */
  readonly from: string | null;
  readonly state: 'up' | 'down';
  readonly mtu: number;
  /** Null if it is not set, or set to none; so are all that follow, down to the seed. */
  readonly delaySeconds: number | null;
  readonly jitterSeconds: number | null;
  readonly loss: number | null;
  readonly burst: number | null;
  readonly duplicate: number | null;
  readonly reorder: number | null;
  readonly corrupt: number | null;
  readonly rateBitsPerSecond: number | null;
  readonly queueDatagrams: number | null;
  readonly seed: number | null;
  readonly queuedDatagrams: number;
  readonly queuedOctets: number;
  readonly lostDatagrams: number;
  readonly droppedDatagrams: number;
  readonly duplicatedDatagrams: number;
  readonly corruptedDatagrams: number;
}

export interface IcmpRow {
  readonly router: string;
  readonly sent: Counts;
  readonly received: Counts;
  readonly suppressed: Counts;
}

/** A link, and who is on it. */
export interface TopologyRow {
  readonly link: string;
  readonly subnets: readonly string[];
  readonly mtu: number;
  /** Who gets what leaves the link; null if nobody does. */
  readonly gateway: string | null;
  readonly ends: readonly TopologyEnd[];
}

export interface TopologyEnd {
  readonly kind: 'host' | 'router';
  readonly name: string;
  /** With their prefix lengths; none if unnumbered. */
  readonly addresses: readonly string[];
  /** Null for a router, which has no device. */
  readonly device: string | null;
  readonly namespace: string | null;
}

/** A capture that runs: one of the file, or of `tunpike capture`. */
export interface CaptureRow {
  readonly name: string;
  /** `-` for standard output of whoever captures. */
  readonly file: string;
  /** Null: all datagrams. */
  readonly only: 'drops' | 'forwarded' | 'local' | null;
  readonly packets: number;
  /** Of the datagrams, whatever is kept of them. */
  readonly octets: number;
  /** Datagrams that were to be captured, and could not be written. */
  readonly lostPackets: number;
}

/** Times as the file writes them. */
export interface ScheduleRow {
  readonly at: string;
  readonly every: string | null;
  readonly times: number | null;
  readonly do: string;
  readonly ran: number;
  /** Null if it will not be tried again. */
  readonly nextSeconds: number | null;
  /** Why the last try failed. */
  readonly error: string | null;
}

export interface FilterRow {
  readonly router: string;
  readonly name: string;
  /** The interface that it is about; null: any. */
  readonly in: string | null;
  readonly out: string | null;
  /** Only what is set; prefixes and protocols as text. */
  readonly match: Readonly<Record<string, string | number | boolean>>;
  readonly action: FilterAction;
  /** What `reject` says; null for other actions. */
  readonly with: RejectCode | null;
  readonly probability: number;
  readonly limit: number | null;
  /** How many datagrams it has decided about. */
  readonly matched: number;
  readonly expiresSeconds: number | null;
  readonly origin: 'config' | 'runtime';
}

export interface DropRow {
  /** Null if a link dropped it before any router had it. */
  readonly router: string | null;
  readonly interface: string | null;
  /** Only if no router had it. */
  readonly link?: string;
  readonly reason: DropReason;
  readonly packets: number;
  readonly octets: number;
  /** RFC 3339. */
  readonly lastSeen: string;
}
