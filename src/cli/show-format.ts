import type { DeviceRow } from '../observe/device-row.js';
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
import { printable } from '../text/printable.js';
import { FILTERS } from './show-format-filters.js';
import { formatGroups, formatIgmp, formatMroutes } from './show-format-igmp.js';
import { formatLinks } from './show-format-links.js';
import { type Drawing, formatTopology } from './show-format-topology.js';
import type { Growing, RowsDrawing } from './show-rows.js';
import {
  type Column,
  cut,
  folded,
  formatOctets,
  formatSeconds,
  formatTable,
  type TableStyle,
  type Tone,
} from './table.js';
import { TableDrawing } from './table-drawing.js';

/** What a person wants to see of it. */
export interface ShowStyle extends TableStyle {
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
  { title: 'state', cell: (row) => row.state, yields: 1 },
];

const isBad = (isBad: boolean): Tone | undefined => (isBad ? 'bad' : undefined);

const INTERFACES: readonly Column<InterfaceRow>[] = [
  { title: 'interface', cell: (row) => row.interface },
  { title: 'state', cell: (row) => row.operStatus, tone: (row) => isBad(row.operStatus === 'DOWN') },
  {
    title: 'addresses',
    cell: (row) => row.addresses.join(', ') || 'unnumbered',
    short: (row) =>
      row.addresses.length > 1
        ? `${row.addresses[0]} +${row.addresses.length - 1}`
        : (row.addresses[0] ?? 'unnumbered'),
  },
  { title: 'mtu', cell: (row) => row.mtu, align: 'right', yields: 2 },
  { title: 'in', cell: (row) => row.inPackets, align: 'right' },
  { title: 'octets', cell: (row) => formatOctets(row.inOctets), align: 'right', yields: 1 },
  { title: 'out', cell: (row) => row.outPackets, align: 'right' },
  { title: 'octets', cell: (row) => formatOctets(row.outOctets), align: 'right', yields: 1 },
  {
    title: 'discards',
    cell: (row) => row.inDiscards + row.outDiscards,
    align: 'right',
    tone: (row) => (row.inDiscards + row.outDiscards > 0 ? 'odd' : undefined),
  },
];

const DEVICES: readonly Column<DeviceRow>[] = [
  { title: 'device', cell: (row) => row.device },
  { title: 'host', cell: (row) => row.host, yields: 3 },
  { title: 'namespace', cell: (row) => row.namespace, yields: 4 },
  { title: 'state', cell: (row) => row.operStatus, tone: (row) => isBad(row.operStatus === 'DOWN') },
  { title: 'mtu', cell: (row) => row.mtu, align: 'right', yields: 5 },
  {
    title: 'backend',
    cell: (row) => [row.backend, row.io].filter((each) => each !== null).join(' ') || '-',
    short: (row) => row.backend ?? '-',
    yields: 2,
  },
  {
    title: 'offload',
    cell: (row) => row.offload.join(', ') || 'none',
    short: (row) => row.offload.map((each) => OFFLOADS[each] ?? each).join(' ') || 'none',
    yields: 1,
  },
  { title: 'read', cell: (row) => row.readDatagrams, align: 'right' },
  { title: 'written', cell: (row) => row.writtenDatagrams, align: 'right' },
  {
    title: 'refused',
    cell: (row) => row.refusedDatagrams,
    align: 'right',
    tone: (row) => isBad(row.refusedDatagrams > 0),
  },
];

/** Beside the offload of devices, where one has less than there is. */
const WHY_NOT_MORE: Column<DeviceRow> = {
  title: 'why not more',
  cell: (row) => row.offloadReason ?? '-',
  yields: 6,
};

/** As ethtool's users know them. */
const OFFLOADS: Readonly<Record<string, string>> = {
  checksum: 'csum',
  'tcp-segmentation': 'tso',
  'udp-segmentation': 'uso',
};

const ROUTES: readonly Column<RouteRow>[] = [
  { title: 'router', cell: (row) => row.router },
  {
    title: 'prefix',
    cell: ({ prefix, tos }) =>
      `${prefix === '0.0.0.0/0' ? 'default' : prefix}${tos === undefined ? '' : ` tos 0x${tos.toString(16)}`}`,
  },
  { title: 'type', cell: (row) => row.type, yields: 3 },
  {
    title: 'next hops',
    cell: (row) => row.nexthops.map(formatNextHop).join(', ') || '-',
    short: (row) => row.nexthops.map(shortNextHop).join(', ') || '-',
  },
  { title: 'metric', cell: (row) => row.metric, align: 'right', yields: 1 },
  { title: 'origin', cell: (row) => row.origin, yields: 2 },
];

const formatNextHop = ({ via, interface: egress, weight }: NextHopRow): string =>
  `${via === null ? '' : `via ${via} `}dev ${egress}${weight === 1 ? '' : ` weight ${weight}`}`;

const shortNextHop = ({ via, interface: egress, weight }: NextHopRow): string =>
  `${via === null ? `dev ${egress}` : via}${weight === 1 ? '' : ` ×${weight}`}`;

/** A route for each of a router's own addresses says nothing that `show interfaces` does not. */
const wantedRoutes = (rows: readonly RouteRow[], { isAll }: ShowStyle): readonly RouteRow[] =>
  isAll ? rows : rows.filter(({ type }) => type !== 'local');

const DROPS: readonly Column<DropRow>[] = [
  { title: 'where', cell: (row) => row.interface ?? row.link ?? row.router ?? '-' },
  { title: 'reason', cell: (row) => row.reason, tone: () => 'bad' },
  { title: 'packets', cell: (row) => row.packets, align: 'right' },
  { title: 'octets', cell: (row) => formatOctets(row.octets), align: 'right', yields: 1 },
  { title: 'last seen', cell: (row) => row.lastSeen, short: (row) => row.lastSeen.slice(11), yields: 2 },
];

interface IcmpCount {
  readonly router: string;
  readonly direction: string;
  readonly message: string;
  readonly count: number;
}

const ICMP: readonly Column<IcmpCount>[] = [
  { title: 'router', cell: (row) => row.router },
  { title: 'direction', cell: (row) => row.direction },
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

const formatStatus = (status: Status, { width, colors }: ShowStyle): string =>
  [
    `${status.name} is ${status.state} (process ${status.pid}), for ${formatSeconds(status.uptimeSeconds)}`,
    `routers ${status.routers}, links ${status.links}, hosts ${status.hosts}`,
    `configuration ${endOf(printable(status.config ?? 'from the command line'), width)}`,
    `tunpike ${status.version}`,
    ...(status.http === null ? [] : [`dashboard ${status.http}`]),
    ...status.warnings.map((warning) => `warning: ${warning}`),
  ]
    .map((line) => folded(line, width).replace(/^warning(?=:)/, (word) => colors?.yellow(word) ?? word))
    .join('\n');

/** Of a path that is too long, the end, which tells most. */
const endOf = (path: string, width = Number.POSITIVE_INFINITY): string => {
  const room = width - 'configuration '.length;
  return path.length <= room ? path : `…${path.slice(1 - room)}`;
};

const CAPTURES: readonly Column<CaptureRow>[] = [
  { title: 'name', cell: (row) => row.name },
  { title: 'file', cell: (row) => row.file },
  { title: 'only', cell: (row) => row.only ?? '-', yields: 1 },
  { title: 'packets', cell: (row) => row.packets, align: 'right' },
  { title: 'octets', cell: (row) => formatOctets(row.octets), align: 'right' },
  {
    title: 'lost',
    cell: (row) => row.lostPackets,
    align: 'right',
    tone: (row) => isBad(row.lostPackets > 0),
  },
];

const SCHEDULE: readonly Column<ScheduleRow>[] = [
  { title: 'at', cell: (row) => row.at, align: 'right' },
  { title: 'every', cell: (row) => row.every ?? '-', align: 'right', yields: 1 },
  { title: 'ran', cell: (row) => (row.times === null ? row.ran : `${row.ran}/${row.times}`), align: 'right' },
  {
    title: 'next',
    cell: (row) => (row.nextSeconds === null ? '-' : `in ${formatSeconds(row.nextSeconds)}`),
    align: 'right',
  },
  {
    title: 'do',
    cell: (row) => (row.error === null ? row.do : `${row.do} (failed: ${row.error})`),
    tone: (row) => isBad(row.error !== null),
  },
];

/** One line each, or `none`. */
const formatLines = (lines: readonly string[], { width }: ShowStyle): string =>
  lines.length === 0 ? 'none' : lines.map((line) => folded(line, width)).join('\n');

/** Leaves out what is not to be seen. */
type Wanted<Row> = (rows: readonly Row[], style: ShowStyle) => readonly Row[];

const table =
  <Row>(columns: readonly Column<Row>[], wanted: Wanted<Row> = (rows) => rows) =>
  (rows: readonly Row[], style: ShowStyle): string =>
    formatTable(columns, wanted(rows, style), style);

const growing =
  <Row>(columns: readonly Column<Row>[], wanted: Wanted<Row> = (rows) => rows) =>
  (style: ShowStyle): RowsDrawing<readonly Row[]> =>
    new TableDrawing(columns, style, (rows) => wanted(rows, style));

const GROWING: { readonly [What in Growing]: (style: ShowStyle) => RowsDrawing<Shown[What]> } = {
  interfaces: growing(INTERFACES),
  routes: growing(ROUTES, wantedRoutes),
  neighbors: growing(NEIGHBORS),
  filters: growing(FILTERS),
  drops: growing(DROPS),
};

/** The same for rows that come some at a time. */
export const drawingOf = <What extends Growing>(what: What, style: ShowStyle): RowsDrawing<Shown[What]> =>
  GROWING[what](style);

const FORMATS: { readonly [What in ShowWhat]: (shown: Shown[What], style: ShowStyle) => string } = {
  status: formatStatus,
  interfaces: table(INTERFACES),
  devices: (rows, style) => {
    const isLess = rows.some(({ offloadReason }) => offloadReason !== null);
    return formatTable(isLess ? [...DEVICES, WHY_NOT_MORE] : DEVICES, rows, style);
  },
  routes: table(ROUTES, wantedRoutes),
  neighbors: table(NEIGHBORS),
  links: formatLinks,
  icmp: (rows, style) => formatTable(ICMP, icmpCounts(rows), style),
  igmp: formatIgmp,
  groups: formatGroups,
  mroutes: formatMroutes,
  filters: table(FILTERS),
  drops: table(DROPS),
  captures: table(CAPTURES),
  schedule: table(SCHEDULE),
  topology: (rows, { drawing = 'text', width }) => {
    const drawn = formatTopology(rows, drawing);
    return drawing !== 'text' || width === undefined
      ? drawn
      : drawn
          .split('\n')
          .map((line) => cut(line, width))
          .join('\n');
  },
  changes: formatLines,
  config: (described) => JSON.stringify(described, null, 2),
};
