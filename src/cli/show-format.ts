import type { ShowWhat } from '../control/shown.js';
import { formatGroups, formatIgmp, formatMroutes } from './show-format-igmp.js';
import { type Column, formatOctets, formatSeconds, formatTable } from './table.js';

/** What `show` prints for a person, from the answer that `--json` would print. */
export const formatShown = (what: ShowWhat, shown: unknown): string => FORMATS[what](shown);

interface Status {
  readonly name: string;
  readonly state: string;
  readonly pid: number;
  readonly uptimeSeconds: number;
  readonly version: string;
  readonly config: string | null;
  readonly routers: number;
  readonly links: number;
  readonly hosts: number;
  readonly warnings: readonly string[];
}

interface InterfaceRow {
  readonly interface: string;
  readonly addresses: readonly string[];
  readonly mtu: number;
  readonly operStatus: string;
  readonly inPackets: number;
  readonly inOctets: number;
  readonly outPackets: number;
  readonly outOctets: number;
  readonly inDiscards: number;
  readonly outDiscards: number;
}

interface RouteRow {
  readonly router: string;
  readonly prefix: string;
  readonly type: string;
  readonly nexthops: readonly {
    readonly via: string | null;
    readonly interface: string;
    readonly weight: number;
  }[];
  readonly metric: number;
  readonly origin: string;
}

interface NeighborRow {
  readonly link: string;
  readonly address: string;
  readonly owner: string;
  readonly state: string;
}

interface IcmpRow {
  readonly router: string;
  readonly sent: Readonly<Record<string, number>>;
  readonly received: Readonly<Record<string, number>>;
  readonly suppressed: Readonly<Record<string, number>>;
}

interface DropRow {
  readonly router: string | null;
  readonly interface: string | null;
  readonly link?: string;
  readonly reason: string;
  readonly packets: number;
  readonly octets: number;
  readonly lastSeen: string;
}

const NEIGHBORS: readonly Column<NeighborRow>[] = [
  { title: 'link', cell: (row) => row.link },
  { title: 'address', cell: (row) => row.address },
  { title: 'owner', cell: (row) => row.owner },
  { title: 'state', cell: (row) => row.state },
];

const INTERFACES: readonly Column<InterfaceRow>[] = [
  { title: 'interface', cell: (row) => row.interface },
  { title: 'state', cell: (row) => row.operStatus },
  { title: 'addresses', cell: (row) => row.addresses.join(', ') || 'unnumbered' },
  { title: 'mtu', cell: (row) => row.mtu, align: 'right' },
  { title: 'in', cell: (row) => row.inPackets, align: 'right' },
  { title: '', cell: (row) => formatOctets(row.inOctets), align: 'right' },
  { title: 'out', cell: (row) => row.outPackets, align: 'right' },
  { title: '', cell: (row) => formatOctets(row.outOctets), align: 'right' },
  { title: 'discards', cell: (row) => row.inDiscards + row.outDiscards, align: 'right' },
];

const ROUTES: readonly Column<RouteRow>[] = [
  { title: 'router', cell: (row) => row.router },
  { title: 'prefix', cell: (row) => (row.prefix === '0.0.0.0/0' ? 'default' : row.prefix) },
  { title: 'type', cell: (row) => row.type },
  { title: 'next hops', cell: (row) => row.nexthops.map(formatNextHop).join(', ') || '-' },
  { title: 'metric', cell: (row) => row.metric, align: 'right' },
  { title: 'origin', cell: (row) => row.origin },
];

const formatNextHop = ({ via, interface: egress, weight }: RouteRow['nexthops'][number]): string =>
  `${via === null ? '' : `via ${via} `}dev ${egress}${weight === 1 ? '' : ` weight ${weight}`}`;

const DROPS: readonly Column<DropRow>[] = [
  { title: 'where', cell: (row) => row.interface ?? row.link ?? row.router ?? '-' },
  { title: 'reason', cell: (row) => row.reason },
  { title: 'packets', cell: (row) => row.packets, align: 'right' },
  { title: 'octets', cell: (row) => formatOctets(row.octets), align: 'right' },
  { title: 'last seen', cell: (row) => row.lastSeen },
];

interface IcmpCount {
  readonly router: string;
  readonly direction: string;
  readonly message: string;
  readonly count: number;
}

const ICMP: readonly Column<IcmpCount>[] = [
  { title: 'router', cell: (row) => row.router },
  { title: '', cell: (row) => row.direction },
  { title: 'message', cell: (row) => row.message },
  { title: 'count', cell: (row) => row.count, align: 'right' },
];

/** Only what happened: most of the messages never do. */
const icmpCounts = (rows: readonly IcmpRow[]): IcmpCount[] =>
  rows.flatMap((row) =>
    (['sent', 'received', 'suppressed'] as const).flatMap((direction) =>
      Object.entries(row[direction])
        .filter(([, count]) => count > 0)
        .map(([message, count]) => ({ router: row.router, direction, message, count })),
    ),
  );

const formatStatus = (status: Status): string =>
  [
    `${status.name} is ${status.state} (process ${status.pid}), for ${formatSeconds(status.uptimeSeconds)}`,
    `routers ${status.routers}, links ${status.links}, hosts ${status.hosts}`,
    `configuration ${status.config ?? 'from the command line'}, tunpike ${status.version}`,
    ...status.warnings.map((warning) => `warning: ${warning}`),
  ].join('\n');

const formatChanges = (changes: readonly unknown[]): string =>
  changes.length === 0
    ? 'none'
    : changes.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n');

/** The answers are this program's own, in the shapes of the reference page. */
const FORMATS: { readonly [What in ShowWhat]: (shown: unknown) => string } = {
  status: (shown) => formatStatus(shown as Status),
  interfaces: (shown) => formatTable(INTERFACES, shown as InterfaceRow[]),
  routes: (shown) => formatTable(ROUTES, shown as RouteRow[]),
  neighbors: (shown) => formatTable(NEIGHBORS, shown as NeighborRow[]),
  icmp: (shown) => formatTable(ICMP, icmpCounts(shown as IcmpRow[])),
  igmp: (shown) => formatIgmp(shown as Parameters<typeof formatIgmp>[0]),
  groups: (shown) => formatGroups(shown as Parameters<typeof formatGroups>[0]),
  mroutes: (shown) => formatMroutes(shown as Parameters<typeof formatMroutes>[0]),
  drops: (shown) => formatTable(DROPS, shown as DropRow[]),
  changes: (shown) => formatChanges(shown as unknown[]),
  config: (shown) => JSON.stringify(shown, null, 2),
};
