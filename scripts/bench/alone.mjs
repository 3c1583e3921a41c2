import { benchCore } from './core.mjs';
import { benchFilters } from './filters.mjs';
import { benchReportCost, benchReports } from './igmp.mjs';
import { benchRoutes } from './routes.mjs';
import { benchMulticastRoutes, benchNeighbors } from './scale.mjs';
import { benchStart } from './start.mjs';
import { table } from './tables.mjs';
import { benchTimers } from './timers.mjs';
import { median } from './turns.mjs';

const range = (values, digits = 0) =>
  `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;

const core = () => {
  const costs = benchCore();
  const rows = [['the whole core, ns a datagram', median(costs).toFixed(0), range(costs, 0), 'at most 200']];
  return { title: 'Core', tables: [table(['', 'median', 'range', 'aim'], rows)] };
};

const filters = () => {
  const costs = benchFilters();
  const [none, one] = Object.values(costs);
  const ratio = (name, to) => median(costs[name].map((each, turn) => each / to[turn])).toFixed(2);
  const rows = Object.keys(costs).map((name) => [
    name,
    median(costs[name]).toFixed(0),
    range(costs[name]),
    ratio(name, none),
    ratio(name, one),
    name.startsWith('1,000') ? 'less than twice one' : '',
  ]);
  const head = ['', 'median, ns a datagram', 'range', 'ratio to none', 'ratio to one', 'aim'];
  return { title: 'Filters', tables: [table(head, rows)] };
};

const timers = async () => {
  const aims = { native: 'under 0.2 at 99 %, on an idle machine', koffi: 'the same', tuntap2: '' };
  const rows = [];
  for (const [backend, aim] of Object.entries(aims)) {
    const lateness = await benchTimers(backend);
    const at = (share) => lateness[Math.floor(share * (lateness.length - 1))].toFixed(3);
    rows.push([backend === 'tuntap2' ? 'setTimeout' : backend, at(0.5), at(0.99), at(0), at(1), aim]);
  }
  const head = ['', 'median, ms', '99 %, ms', 'least, ms', 'most, ms', 'aim'];
  return { title: 'How late a thousand timers ring', tables: [table(head, rows)] };
};

const igmp = async () => {
  const counts = [1000, 10_000, 100_000];
  const costs = benchReportCost(counts);
  const rows = counts.map((count, at) => [
    count,
    median(costs[at]).toFixed(0),
    range(costs[at]),
    (median(costs[at]) / median(costs[0])).toFixed(2),
    'about the same: no loop over groups',
  ]);
  const { sent, heeded, lag, groups, before, after } = await benchReports();
  const measured = [
    ['reports heeded', `${heeded} of ${sent}`, 'all'],
    ['lag of the event loop, median, ms', lag.p50.toFixed(2), ''],
    ['lag of the event loop, 99 %, ms', lag.p99.toFixed(2), 'under 5'],
    ['lag of the event loop, most, ms', lag.most.toFixed(2), ''],
    [`memory that ${groups} groups on 8 interfaces take, MB`, (after - before).toFixed(1), 'under 100'],
    ['memory of the process without its program file, MB', after.toFixed(1), ''],
  ];
  return {
    title: 'IGMP',
    tables: [
      table(
        ['a report, by groups on the interface', 'median, ns', 'range', 'ratio to the fewest', 'aim'],
        rows,
      ),
      table(['10,000 reports a second, TUN devices', 'measured', 'aim'], measured),
    ],
  };
};

const routes = () => {
  const rows = [10_000, 100_000, 1_000_000].map((count) => {
    const { read, make, memory, lookups, flap, longestTurn } = benchRoutes(count);
    const millions = `${(lookups / 1e6).toFixed(1)} million`;
    const figures = [read, make, memory].map((each) => each.toFixed(0));
    return [count, ...figures, millions, flap.toFixed(0), longestTurn.toFixed(1)];
  });
  rows.push(['aim for a million', '', 'under 2000', 'under 200', 'at least 10 million', '', 'under 5']);
  const head = [
    '',
    'to read, ms',
    'to load, ms',
    'memory, MB',
    'lookups/s',
    'a flap, ms',
    'longest turn, ms',
  ];
  return { title: 'Routes', tables: [table(head, rows)] };
};

const scale = () => {
  const counted = (name, bench, counts) =>
    counts.map((count) => {
      const { cost, rows, turn } = bench(count);
      return [`${count.toLocaleString('en-US')} ${name}`, cost.toFixed(0), rows, turn.toFixed(1)];
    });
  const head = ['', 'a datagram to one of them, ns', 'rows that are shown', 'longest turn of a flap, ms'];
  return {
    title: 'Multicast routes and neighbors',
    tables: [
      table(head, [
        ...counted('multicast routes', benchMulticastRoutes, [1, 100, 10_000]),
        ...counted('neighbors', benchNeighbors, [1, 10_000, 100_000]),
        ['aim', '', 'all', 'under 5'],
      ]),
    ],
  };
};

const start = async ({ folder }) => {
  const times = await benchStart(folder);
  const rows = [
    ['program start to first answered ping, ms', median(times).toFixed(0), range(times), 'under 1000'],
  ];
  return { title: 'Start', tables: [table(['', 'median', 'range', 'aim'], rows)] };
};

/** What is measured of the program alone, each as `{ title, tables }`. */
export const ALONE = { core, filters, timers, igmp, routes, scale, start };
