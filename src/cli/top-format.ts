import { type Column, cut, formatOctets, formatSeconds, formatTable, type TableStyle } from './table.js';
import type { InterfaceRates, LinkRates, Rates } from './top-rates.js';

/** Where rates are drawn; without a height every row is. */
export interface TopStyle extends TableStyle {
  /** In lines. */
  readonly height?: number | undefined;
}

const INTERFACES: readonly Column<InterfaceRates>[] = [
  { title: 'interface', cell: (row) => row.interface },
  {
    title: 'state',
    cell: (row) => row.operStatus,
    tone: (row) => (row.operStatus === 'DOWN' ? 'bad' : undefined),
    yields: 1,
  },
  { title: 'in/s', cell: (row) => formatCount(row.inPacketsPerSecond), align: 'right' },
  { title: 'in bit/s', cell: (row) => formatBits(row.inBitsPerSecond), align: 'right' },
  { title: 'out/s', cell: (row) => formatCount(row.outPacketsPerSecond), align: 'right' },
  { title: 'out bit/s', cell: (row) => formatBits(row.outBitsPerSecond), align: 'right' },
];

const LINKS: readonly Column<LinkRates>[] = [
  { title: 'link', cell: (row) => row.link },
  { title: 'state', cell: (row) => row.state, tone: (row) => (row.state === 'down' ? 'bad' : undefined) },
  { title: 'sent/s', cell: (row) => formatCount(row.packetsPerSecond), align: 'right' },
  { title: 'bit/s', cell: (row) => formatBits(row.bitsPerSecond), align: 'right' },
];

const DROPS: readonly Column<Rates['drops'][number]>[] = [
  { title: 'dropped because', cell: (row) => row.reason, tone: () => 'bad' },
  { title: 'drops/s', cell: (row) => formatCount(row.packetsPerSecond), align: 'right' },
];

/** Rates for a person: a line about the lab, then a table each of interfaces, links and drops. */
export const formatRates = (rates: Rates, style: TopStyle = {}): string => {
  const { interfaces, links, drops } = rates;
  const rooms = roomsFor([interfaces.length, links.length, drops.length], style.height);
  const tables = [
    tableOf(INTERFACES, busiest(interfaces, busyInterface, rooms[0]!), style),
    tableOf(
      LINKS,
      busiest(links, ({ packetsPerSecond }) => packetsPerSecond, rooms[1]!),
      style,
    ),
    drops.length === 0 ? 'no drops' : tableOf(DROPS, drops.slice(0, rooms[2]), style),
  ];
  const text = [headOf(rates, style), ...tables].join('\n\n');
  return style.height === undefined ? text : text.split('\n').slice(0, style.height).join('\n');
};

const tableOf = <Row>(columns: readonly Column<Row>[], rows: readonly Row[], style: TableStyle): string =>
  formatTable(columns, rows, style);

const headOf = (rates: Rates, { width = Number.POSITIVE_INFINITY }: TopStyle): string =>
  cut(
    [
      rates.name,
      `up ${formatSeconds(rates.uptimeSeconds)}`,
      `cpu ${Math.round(rates.cpuShare * 100)}%`,
      `memory ${formatOctets(rates.memoryOctets)}`,
      `lag ${(rates.eventLoopLagSeconds * 1000).toFixed(1)} ms`,
    ].join('  '),
    width,
  );

/** Lines that are no rows: the head, three headers, and a blank line before each of these. */
const FRAME = 7;

/** How many rows each table may have: drops first, then a fair share for the others. */
const roomsFor = (counts: readonly number[], height: number | undefined): readonly number[] => {
  if (height === undefined) return counts;
  const [interfaces = 0, links = 0, drops = 0] = counts;
  let room = Math.max(3, height - FRAME);
  const forDrops = Math.min(drops, Math.max(1, Math.floor(room / 3)));
  room -= forDrops;
  const forLinks = Math.min(links, Math.max(1, room - interfaces, Math.floor(room / 3)));
  return [Math.max(1, room - forLinks), forLinks, forDrops];
};

const busyInterface = ({ inPacketsPerSecond, outPacketsPerSecond }: InterfaceRates): number =>
  inPacketsPerSecond + outPacketsPerSecond;

/** All rows in their order where there is room for them; else the busiest. */
const busiest = <Row>(rows: readonly Row[], busy: (row: Row) => number, room: number): readonly Row[] =>
  rows.length <= room ? rows : [...rows].sort((one, other) => busy(other) - busy(one)).slice(0, room);

const formatCount = (rate: number): string => (rate >= 100 ? rate.toFixed(0) : rate.toFixed(1));

/** 1234567 bit/s are `1.2M`. */
const formatBits = (rate: number): string => {
  const units = ['', 'k', 'M', 'G', 'T'] as const;
  let value = rate;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value.toFixed(0) : value.toFixed(1)}${units[unit]}`;
};
