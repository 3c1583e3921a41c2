import type { LinkRow, RouteRow } from '../observe/shown.js';
import { show } from './ask.js';
import { meaningOf } from './drops.js';
import { bitRate, clock, count, impairments, percent, span } from './format.js';
import { heard } from './groups.js';
import { IDLE, placesIn } from './reading.js';
import type { Cell, Column } from './table.js';
import { linkOf, type View } from './view.js';

/** One of the tables about what is selected. */
export interface Tab {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly empty: string;
  /** Its rows now; a promise where the server must be asked. */
  readonly rows: (view: View) => readonly Row[] | Promise<readonly Row[]>;
}

type Row = readonly Cell[];

/** So many routes are shown; a router may have a million. */
const MOST_ROUTES = 200;

const text = (...titles: readonly string[]): Column[] => titles.map((title) => ({ title, isWhole: true }));
const numbers = (...titles: readonly string[]): Column[] =>
  titles.map((title) => ({ title, isNumber: true }));

/** The tables about what a node stands for; about all links where none is selected. */
export const tabsOf = (id: string | undefined): readonly Tab[] => {
  if (id === undefined) return [allLinks];
  const [kind, name] = [id.slice(0, id.indexOf(' ')), id.slice(id.indexOf(' ') + 1)];
  switch (kind) {
    case 'router':
      return [
        interfacesOf(name),
        routesOf(name),
        neighborsOn((view) =>
          view.reading.interfaces.filter(({ router }) => router === name).map(({ link }) => link),
        ),
        groupsWhere((_, at) => at.startsWith(`${name}.`)),
        filtersOf(name),
        icmpOf(name),
        dropsAt(name),
      ];
    case 'link':
      return [
        settingsOf(name),
        endsOf((view) => view.topology.filter(({ link }) => link === name)),
        neighborsOn(() => [name]),
        groupsWhere((view, at) => linkOf(view, at) === name),
        dropsAt(`link ${name}`),
      ];
    case 'hosts':
      return [endsOf((view) => view.topology.filter(({ link }) => link === name)), neighborsOn(() => [name])];
    default:
      return [
        endsOf(({ topology }) =>
          topology.map((row) => ({
            ...row,
            ends: row.ends.filter((end) => end.kind === 'host' && end.name === name),
          })),
        ),
        neighborsOf(name),
        groupsWhere((view, at, reporter) =>
          view.neighbors.some(
            ({ owner, address, link }) => owner === name && address === reporter && link === linkOf(view, at),
          ),
        ),
      ];
  }
};

const stateOf = (isUp: boolean): Cell => (isUp ? 'up' : { text: 'down', class: 'warn' });

const linkCells = (row: LinkRow): readonly Cell[] => [
  { text: impairments(row).join(', ') || 'none', class: impairments(row).length === 0 ? 'dim' : 'impaired' },
  count(row.queuedDatagrams),
  lossCell(row.lostDatagrams),
  lossCell(row.droppedDatagrams),
  count(row.duplicatedDatagrams),
  count(row.corruptedDatagrams),
];

const lossCell = (lost: number): Cell => ({ text: count(lost), class: lost > 0 ? 'warn' : '' });

const LINK_COLUMNS: readonly Column[] = [
  { title: 'Impairments' },
  ...numbers('Queued', 'Lost', 'Dropped', 'Duplicated', 'Corrupted'),
];

const allLinks: Tab = {
  title: 'Links',
  columns: [...text('Link', 'From', 'State'), ...numbers('MTU'), ...LINK_COLUMNS],
  empty: 'The lab has no links.',
  rows: ({ reading }) =>
    reading.links.map((row) => [
      row.link,
      row.from ?? { text: 'all', class: 'dim' },
      stateOf(row.state === 'up'),
      String(row.mtu),
      ...linkCells(row),
    ]),
};

const settingsOf = (name: string): Tab => ({
  title: 'Settings',
  columns: [...text('From', 'State'), ...numbers('MTU'), ...LINK_COLUMNS],
  empty: 'There is no such link any more.',
  rows: ({ reading }) =>
    reading.links
      .filter(({ link }) => link === name)
      .map((row) => [row.from ?? 'all', stateOf(row.state === 'up'), String(row.mtu), ...linkCells(row)]),
});

const interfacesOf = (router: string): Tab => ({
  title: 'Interfaces',
  columns: [
    ...text('Interface', 'State', 'Addresses'),
    ...numbers('MTU', 'In', 'Out', 'In datagrams', 'Out datagrams', 'Discards'),
    ...text('IGMP'),
  ],
  empty: 'It has no interfaces.',
  rows: ({ reading, rates, igmp }) =>
    reading.interfaces
      .filter((row) => row.router === router)
      .map((row) => {
        const { inBits, outBits } = rates?.traffic.get(row.interface) ?? IDLE;
        const runs = igmp.find((each) => each.interface === row.interface);
        return [
          row.interface,
          stateOf(row.operStatus === 'UP'),
          row.addresses.join(', ') || { text: 'unnumbered', class: 'dim' },
          String(row.mtu),
          bitRate(inBits),
          bitRate(outBits),
          count(row.inPackets),
          count(row.outPackets),
          lossCell(row.inDiscards + row.outDiscards),
          runs === undefined ? { text: '–', class: 'dim' } : `${runs.role} v${runs.version}`,
        ];
      }),
});

const routesOf = (router: string): Tab => ({
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

const neighborTab = (title: string, keeps: (view: View, link: string, owner: string) => boolean): Tab => ({
  title,
  columns: text('Address', 'Owner', 'Link', 'State', 'Reachable'),
  empty: 'Nobody is known.',
  rows: (view) =>
    view.neighbors
      .filter(({ link, owner }) => keeps(view, link, owner))
      .map(({ address, owner, link, state, reachable }) => [
        address,
        owner,
        link,
        state,
        reachable ? 'yes' : { text: 'no', class: 'warn' },
      ]),
});

const neighborsOn = (links: (view: View) => readonly string[]): Tab =>
  neighborTab('Neighbors', (view, link) => links(view).includes(link));

const neighborsOf = (host: string): Tab => neighborTab('Addresses', (_, _link, owner) => owner === host);

const endsOf = (rows: (view: View) => View['topology']): Tab => ({
  title: 'Interfaces',
  columns: text('Who', 'Link', 'Addresses', 'Device', 'Namespace'),
  empty: 'Nobody is on it.',
  rows: (view) =>
    rows(view).flatMap(({ link, ends, gateway }) =>
      ends.map(({ kind, name, addresses, device, namespace }) => [
        `${kind} ${name}${gateway === name ? ' (gateway)' : ''}`,
        link,
        addresses.join(', ') || { text: 'unnumbered', class: 'dim' },
        device ?? { text: '–', class: 'dim' },
        namespace ?? { text: '–', class: 'dim' },
      ]),
    ),
});

const groupsWhere = (keeps: (view: View, at: string, reporter: string | null) => boolean): Tab => ({
  title: 'Groups',
  columns: [...text('Group', 'Interface'), { title: 'Heard by' }, ...text('Mode'), ...numbers('Expires')],
  empty: 'No group is joined here.',
  rows: (view) =>
    view.groups
      .filter((row) => keeps(view, row.interface, row.lastReporter))
      .map((row) => [
        row.group,
        row.interface,
        heard(view, row),
        row.filterMode,
        row.expiresSeconds === null ? 'never' : span(Math.ceil(row.expiresSeconds)),
      ]),
});

const filtersOf = (router: string): Tab => ({
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

const icmpOf = (router: string): Tab => ({
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

const dropsAt = (place: string): Tab => ({
  title: 'Drops',
  columns: [
    ...text('Reason', 'Interface'),
    ...numbers('Datagrams', 'Octets'),
    ...text('Last'),
    { title: 'Meaning' },
  ],
  empty: 'Nothing was dropped here.',
  rows: ({ reading: { drops, interfaces } }) => {
    const placeOf = placesIn(interfaces);
    return drops
      .filter((row) => placeOf(row) === place)
      .map((row) => [
        { text: row.reason, class: 'warn' },
        row.interface ?? { text: '–', class: 'dim' },
        count(row.packets),
        count(row.octets),
        clock(row.lastSeen),
        { text: meaningOf(row.reason), class: 'prose' },
      ]);
  },
});
