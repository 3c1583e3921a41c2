// Measures tunpike beside a plain C relay on the same machine in the same run, and prints a table of ratios.
//
//   npm run bench                 everything (about two minutes; as root, with a C compiler)
//   npm run bench -- core         one part: core, filters, timers, forwarding, fan-out, igmp, routes or start
import { benchCore } from './bench/core.mjs';
import { benchFanOut } from './bench/fan-out.mjs';
import { benchFilters } from './bench/filters.mjs';
import { benchForwarding, benchStart } from './bench/forwarding.mjs';
import { benchReportCost, benchReports } from './bench/igmp.mjs';
import { benchRoutes } from './bench/routes.mjs';
import { benchTimers } from './bench/timers.mjs';

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const range = (values, digits = 0) =>
  `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;
const row = (name, ...cells) => console.log(`| ${[name, ...cells].join(' | ')} |`);
const head = (...cells) => {
  console.log();
  row(...cells);
  row(...cells.map(() => '---'));
};

/** A table of rates and costs, with their ratios to the floor. */
const compare = (what, results, floor) => {
  const medianOf = (name, figure) => median(results[name].map((each) => each[figure]));
  /** Turn by turn, since what slows the machine down lasts longer than two turns. */
  const ratio = (name, figure) =>
    median(results[name].map((each, turn) => each[figure] / results[floor][turn][figure])).toFixed(2);
  head(what, 'datagrams/s', 'range', 'ratio to C', 'µs of processor each', 'ratio to C', 'aim');
  for (const name of Object.keys(results))
    row(
      name,
      medianOf(name, 'rate').toFixed(0),
      range(results[name].map(({ rate }) => rate)),
      ratio(name, 'rate'),
      medianOf(name, 'cost').toFixed(2),
      ratio(name, 'cost'),
      name === floor ? '' : 'at least 0.90 of the rate',
    );
};

const parts = {
  core: () => {
    const costs = benchCore();
    head('core', 'median', 'range', 'aim');
    row('the whole core, ns a datagram', median(costs).toFixed(0), range(costs), 'at most 200');
  },
  filters: () => {
    const costs = benchFilters();
    const [none, one] = Object.values(costs);
    const ratio = (name, to) => median(costs[name].map((each, turn) => each / to[turn])).toFixed(2);
    head('filters', 'median, ns a datagram', 'range', 'ratio to none', 'ratio to one', 'aim');
    for (const name of Object.keys(costs))
      row(
        name,
        median(costs[name]).toFixed(0),
        range(costs[name]),
        ratio(name, none),
        ratio(name, one),
        name.startsWith('1,000') ? 'less than twice one' : '',
      );
  },
  timers: async () => {
    head('a thousand timers, how late they ring', 'median, ms', '99 %, ms', 'least, ms', 'most, ms', 'aim');
    const backends = { native: 'under 0.2 at 99 %, on an idle machine', koffi: 'the same', tuntap2: '' };
    for (const [backend, aim] of Object.entries(backends)) {
      const lateness = await benchTimers(backend);
      const at = (share) => lateness[Math.floor(share * (lateness.length - 1))].toFixed(3);
      row(backend === 'tuntap2' ? 'setTimeout' : backend, at(0.5), at(0.99), at(0), at(1), aim);
    }
  },
  forwarding: async () => compare('64 octets of UDP, TUN to TUN', await benchForwarding(), 'C relay'),
  'fan-out': async () => {
    for (const receivers of [1, 4, 8])
      compare(`a group, 1400 octets, 1 to ${receivers}`, await benchFanOut(receivers), 'C loop');
  },
  igmp: async () => {
    const counts = [1000, 10_000, 100_000];
    const costs = benchReportCost(counts);
    head('a report, groups on the interface', 'median, ns', 'range', 'ratio to the fewest', 'aim');
    for (const [at, count] of counts.entries())
      row(
        count,
        median(costs[at]).toFixed(0),
        range(costs[at]),
        (median(costs[at]) / median(costs[0])).toFixed(2),
        'about the same: no loop over groups',
      );
    const { sent, heeded, lag, groups, before, after } = await benchReports();
    head('10,000 reports a second, TUN devices', 'measured', 'aim');
    row('reports heeded', `${heeded} of ${sent}`, 'all');
    row('lag of the event loop, median, ms', lag.p50.toFixed(2), '');
    row('lag of the event loop, 99 %, ms', lag.p99.toFixed(2), 'under 5');
    row('lag of the event loop, most, ms', lag.most.toFixed(2), '');
    row(`memory that ${groups} groups on 8 interfaces take, MB`, (after - before).toFixed(1), 'under 100');
    row('memory of the process without its program file, MB', after.toFixed(1), '');
  },
  routes: () => {
    head('routes', 'to read, ms', 'to load, ms', 'memory, MB', 'lookups/s', 'a flap, ms', 'longest turn, ms');
    for (const count of [10_000, 100_000, 1_000_000]) {
      const { read, make, memory, lookups, flap, longestTurn } = benchRoutes(count);
      const millions = `${(lookups / 1e6).toFixed(1)} million`;
      row(
        count,
        read.toFixed(0),
        make.toFixed(0),
        memory.toFixed(0),
        millions,
        flap.toFixed(0),
        longestTurn.toFixed(1),
      );
    }
    row('aim for a million', '', 'under 2000', 'under 200', 'at least 10 million', '', 'under 5');
  },
  start: async () => {
    const times = await benchStart();
    head('start', 'median', 'range', 'aim');
    row('program start to first answered ping, ms', median(times).toFixed(0), range(times), 'under 1000');
  },
};

const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (name in parts) continue;
  console.error(`bench: no part is called ${name}; there are ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}
for (const [name, run] of Object.entries(parts))
  if (wanted.length === 0 || wanted.includes(name)) await run();
