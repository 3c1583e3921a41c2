import type {
  CaptureRow,
  DropRow,
  IcmpRow,
  InterfaceRow,
  NeighborRow,
  NextHopRow,
  RouteRow,
  ScheduleRow,
  Shown,
  ShowWhat,
  Status,
} from '../observe/shown.js';
import { FILTERS } from './show-format-filters.js';
import { formatGroups, formatIgmp, formatMroutes } from './show-format-igmp.js';
import { formatLinks } from './show-format-links.js';
import { type Drawing, formatTopology } from './show-format-topology.js';
import { type Column, formatOctets, formatSeconds, formatTable } from './table.js';

/** What a person wants to see of it. */
export interface ShowStyle {
  /** Whether the routers' own addresses are among the routes. */
  readonly isAll: boolean;
  readonly drawing?: Drawing;
}

/** What `show` prints for a person, made from the answer that `--json` prints. */
export const formatShown = <What extends ShowWhat>(
  what: What,
  shown: Shown[What],
  style: ShowStyle = { isAll: false },
): string => FORMATS[what](shown, style);

const NEIGHBORS: readonly Column<NeighborRow>[] = [
  { title: 'link', cell: (row) => row.link },
  { title: 'address', cell: (row) => row.address },
  { title: 'owner', cell: (row) => row.owner },
  { title: 'state', cell: (row) => row.state },
];

const INTERFACES: readonly Column<InterfaceRow>[] = [
  { title: 'interface', cell: (row) => row.interface },
  { title: 'state', cell: (row) => row.operStatus },
  { title: 'addresses', cell: (row) => listOr(row.addresses, 'unnumbered') },
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
  { title: 'next hops', cell: (row) => listOr(row.nexthops.map(formatNextHop), '-') },
  { title: 'metric', cell: (row) => row.metric, align: 'right' },
  { title: 'origin', cell: (row) => row.origin },
];

const formatNextHop = ({ via, interface: egress, weight }: NextHopRow): string =>
  `${via === null ? '' : `via ${via} `}dev ${egress}${weight === 1 ? '' : ` weight ${weight}`}`;

const listOr = (items: readonly string[], none: string): readonly string[] =>
  items.length === 0 ? [none] : items;

/** A route for each of a router's own addresses says nothing that `show interfaces` does not. */
const formatRoutes = (rows: readonly RouteRow[], { isAll }: ShowStyle): string =>
  formatTable(
    ROUTES,
    rows.filter(({ type }) => isAll || type !== 'local'),
  );

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

/** Only the messages that occurred: most never do. */
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

const CAPTURES: readonly Column<CaptureRow>[] = [
  { title: 'name', cell: (row) => row.name },
  { title: 'file', cell: (row) => row.file },
  { title: 'only', cell: (row) => row.only ?? '-' },
  { title: 'packets', cell: (row) => row.packets, align: 'right' },
  { title: 'octets', cell: (row) => formatOctets(row.octets), align: 'right' },
  { title: 'lost', cell: (row) => row.lostPackets, align: 'right' },
];

const SCHEDULE: readonly Column<ScheduleRow>[] = [
  { title: 'at', cell: (row) => row.at, align: 'right' },
  { title: 'every', cell: (row) => row.every ?? '-', align: 'right' },
  { title: 'ran', cell: (row) => (row.times === null ? row.ran : `${row.ran}/${row.times}`), align: 'right' },
  {
    title: 'next',
    cell: (row) => (row.nextSeconds === null ? '-' : `in ${formatSeconds(row.nextSeconds)}`),
    align: 'right',
  },
  { title: 'do', cell: (row) => (row.error === null ? row.do : [row.do, `failed: ${row.error}`]) },
];

/** One line each, or `none`. */
const formatLines = (lines: readonly string[]): string => (lines.length === 0 ? 'none' : lines.join('\n'));

const FORMATS: { readonly [What in ShowWhat]: (shown: Shown[What], style: ShowStyle) => string } = {
  status: formatStatus,
  interfaces: (rows) => formatTable(INTERFACES, rows),
  routes: formatRoutes,
  neighbors: (rows) => formatTable(NEIGHBORS, rows),
  links: formatLinks,
  icmp: (rows) => formatTable(ICMP, icmpCounts(rows)),
  igmp: formatIgmp,
  groups: formatGroups,
  mroutes: formatMroutes,
  filters: (rows) => formatTable(FILTERS, rows),
  drops: (rows) => formatTable(DROPS, rows),
  captures: (rows) => formatTable(CAPTURES, rows),
  schedule: (rows) => formatTable(SCHEDULE, rows),
  topology: (rows, { drawing }) => formatTopology(rows, drawing),
  changes: formatLines,
  config: (described) => JSON.stringify(described, null, 2),
};
