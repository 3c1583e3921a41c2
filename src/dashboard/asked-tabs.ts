import type { DeviceRow } from '../observe/device-row.js';
import type { RouteRow } from '../observe/shown.js';
import { show } from './ask.js';
import { count, percent } from './format.js';
import { lossCell, numbers, type Row, stateOf, type Tab, text } from './tab.js';
import type { Cell } from './table.js';

/** So many routes are shown; a router may have a million. */
const MOST_ROUTES = 200;

/** The routes of a router: the first of them, as the server lists them. */
export const routesOf = (router: string): Tab => ({
  title: 'Routes',
  columns: [...text('Prefix', 'Type', 'Next hop'), ...numbers('Metric'), ...text('Origin', 'In use')],
  empty: 'It has no routes.',
  rows: async () => {
    const routes = await show('routes', { router, limit: String(MOST_ROUTES + 1) });
    const rows = routes.slice(0, MOST_ROUTES).map(routeCells);
    const more: Row = [{ text: `the first ${MOST_ROUTES} of more`, class: 'dim' }, '', '', '', '', ''];
    return routes.length > MOST_ROUTES ? [...rows, more] : rows;
  },
});

const routeCells = ({ prefix, type, nexthops, metric, tos, origin, active }: RouteRow): Row => [
  tos === undefined ? prefix : `${prefix} tos ${tos}`,
  type,
  nexthops.map((hop) => (hop.via === null ? hop.interface : `${hop.via} on ${hop.interface}`)).join(', '),
  String(metric),
  origin,
  active ? 'yes' : { text: 'no', class: 'dim' },
];

/** The TUN devices of a host, and what its kernel and we gave each other. */
export const devicesOf = (host: string): Tab => ({
  title: 'Devices',
  columns: [...text('Device', 'State', 'Reached by', 'Offload'), ...numbers('Sent', 'Received', 'Refused')],
  empty: 'It has no devices.',
  rows: async () =>
    (await show('devices'))
      .filter((row) => row.host === host)
      .map((row) => [
        row.device,
        stateOf(row.operStatus === 'UP'),
        [row.backend, row.io].filter((each) => each !== null).join(', ') || { text: '–', class: 'dim' },
        offloadCell(row),
        count(row.readDatagrams),
        count(row.writtenDatagrams),
        lossCell(row.refusedDatagrams),
      ]),
});

const offloadCell = ({ offload, offloadReason }: DeviceRow): Cell => {
  const names = offload.join(', ');
  if (offloadReason === null) return names || { text: 'none', class: 'dim' };
  return { text: names || 'none', class: names === '' ? 'dim' : '', title: offloadReason };
};

/** The filters of a router, in order. */
export const filtersOf = (router: string): Tab => ({
  title: 'Filters',
  columns: [
    ...text('Name', 'In', 'Out'),
    { title: 'Match' },
    ...text('Action'),
    ...numbers('Share', 'Matched'),
    ...text('Origin'),
  ],
  empty: 'It has no filters.',
  rows: async () =>
    (await show('filters', { router })).map((row) => [
      row.name,
      row.in ?? { text: 'any', class: 'dim' },
      row.out ?? { text: 'any', class: 'dim' },
      Object.entries(row.match)
        .map(([key, value]) => `${key} ${value}`)
        .join(', ') || { text: 'everything', class: 'dim' },
      row.with === null ? row.action : `${row.action} with ${row.with}`,
      percent(row.probability),
      `${count(row.matched)}${row.limit === null ? '' : ` of ${count(row.limit)}`}`,
      row.origin,
    ]),
});

/** What a router has sent, received and not sent by ICMP. */
export const icmpOf = (router: string): Tab => ({
  title: 'ICMP',
  columns: [...text('Message'), ...numbers('Sent', 'Received', 'Suppressed')],
  empty: 'No ICMP message was sent, received or suppressed.',
  rows: async () => {
    const [row] = await show('icmp', { router });
    if (row === undefined) return [];
    const { sent, received, suppressed } = row;
    return [...new Set([sent, received, suppressed].flatMap(Object.keys))]
      .map((name) => [name, sent[name] ?? 0, received[name] ?? 0, suppressed[name] ?? 0] as const)
      .filter(([, ...counts]) => counts.some((each) => each > 0))
      .map(([name, ...counts]) => [
        name,
        ...counts.map((each): Cell => (each === 0 ? { text: '–', class: 'dim' } : count(each))),
      ]);
  },
});
