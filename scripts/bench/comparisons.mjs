import { CONTENDER_NAMES, withContenders } from './contenders.mjs';
import { measureFan, withFans } from './fan-out.mjs';
import { measureIdle } from './idle.mjs';
import { measurePing, PING_CASES } from './ping-pong.mjs';
import { comparison, medians, shown, spread, table } from './tables.mjs';
import { measureTcp, TCP_CASES } from './tcp.mjs';
import { medianOf, ratioOf, takeTurns } from './turns.mjs';
import { measureUdp, UDP_CASES } from './udp.mjs';

const FLOOR = 'C relay';
const percent = (share) => `${(share * 100).toFixed(1)} %`;

/** Every case of some, measured in turns: results by case. */
const each = async (cases, labs, rounds, measure, isWanted = () => true) => {
  const results = {};
  for (const [name, given] of Object.entries(cases).filter(([name]) => isWanted(name))) {
    process.stderr.write(`  ${name} …\n`);
    results[name] = await takeTurns(labs, rounds, (lab) => measure(lab, given));
  }
  return results;
};

const ratios = (results, floor, figure) =>
  Object.entries(results).map(([name, ofNames]) => ({
    name,
    ratios: Object.keys(ofNames).map((one) => ratioOf(ofNames, one, floor, figure)),
  }));

/** What the rounds were apart, where there are several. */
const spreadOf = (rounds, results, figure, scale) =>
  rounds > 1 ? ['Least and most of the rounds:', spread(results, figure, scale)] : [];

const MACHINE = 'The same of the whole machine, with the programs at both ends:';

const udp = async ({ labs, peer, rounds, seconds }) => {
  const measure = (lab, given) => measureUdp(lab, peer, given, seconds);
  const results = await each(UDP_CASES, labs, rounds, measure);
  return {
    title: 'UDP, sent as fast as it goes: thousand datagrams a second that arrive',
    tables: [
      'Where next to nothing is lost, the sender was the limit: a UDP socket sends fewer than some routers forward. *Raw* is a packet socket past sockets and queues.',
      comparison(results, FLOOR, 'rate', 1e-3),
      ...spreadOf(rounds, results, 'rate', 1e-3),
      'Processor time of the router for each, µs:',
      comparison(results, FLOOR, 'cost'),
      MACHINE,
      medians(results, 'machine'),
      'Sent and not arrived; a queue was full:',
      medians(results, 'lost', percent),
    ],
    plotted: ratios(results, FLOOR, 'rate').map((one) => ({ ...one, name: `UDP ${one.name}` })),
  };
};

const QUICK_TCP = ['1 stream up', '1 stream down', '4 streams up'];

const tcp = async ({ labs, rounds, isQuick }) => {
  const measure = (lab, words) => measureTcp(lab, words, isQuick ? 1 : 2);
  const isWanted = (name) => !isQuick || QUICK_TCP.includes(name);
  const results = await each(TCP_CASES, labs, rounds, measure, isWanted);
  return {
    title: 'TCP, by iperf3: Gbit/s that arrive, both ways together',
    tables: [
      comparison(results, FLOOR, 'rate', 1e-9),
      ...spreadOf(rounds, results, 'rate', 1e-9),
      'Processor time of the router for a megabyte, µs:',
      comparison(results, FLOOR, 'cost'),
      MACHINE,
      medians(results, 'machine'),
      'Segments that were sent again in a run:',
      medians(results, 'again'),
    ],
    plotted: ratios(results, FLOOR, 'rate').map((one) => ({ ...one, name: `TCP ${one.name}` })),
  };
};

const ping = async ({ labs, peer, rounds, seconds }) => {
  const results = await each(PING_CASES, labs, rounds, (lab, given) =>
    measurePing(lab, peer, given, seconds),
  );
  return {
    title: 'Ping-pong, 64 octets of UDP: microseconds for a round trip',
    tables: [
      'Half of them:',
      comparison(results, FLOOR, 'p50'),
      '99 %:',
      comparison(results, FLOOR, 'p99'),
      '99.9 %:',
      comparison(results, FLOOR, 'p999'),
      'Lost:',
      medians(results, 'lost', percent),
    ],
    plotted: [],
  };
};

const fanOut = async ({ folder, peer, rounds, seconds }) => {
  const results = await withFans(8, folder, peer, async (labs) => ({
    '1 to 8': await takeTurns(labs, rounds, (lab) => measureFan(lab, peer, seconds)),
  }));
  const of = results['1 to 8'];
  const rows = Object.keys(of).map((name) => [
    name,
    `${shown(medianOf(of, name, 'rate') / 1000)} (${ratioOf(of, name, 'C loop', 'rate').toFixed(2)})`,
    `${shown(medianOf(of, name, 'cost'))} (${ratioOf(of, name, 'C loop', 'cost').toFixed(2)})`,
    shown(medianOf(of, name, 'machine')),
    percent(medianOf(of, name, 'lost')),
  ]);
  const head = ['', 'thousand a second', 'router, µs each', 'whole machine, µs each', 'lost'];
  return {
    title: 'A group of 8 receivers, 1400 octets: datagrams that each receiver gets',
    tables: [table(head, rows)],
    plotted: [],
  };
};

const CHAIN = ['kernel', 'tunpike, no offload', 'tunpike, offload'];

const chain = async ({ folder, peer, rounds, seconds, isQuick }) => {
  const lengths = isQuick ? [1, 4] : [1, 2, 4, 8];
  const udpOf = {};
  const tcpOf = {};
  for (const routers of lengths) {
    process.stderr.write(`  ${routers} …\n`);
    const measure = async (labs) => {
      const given = UDP_CASES['64, 1 flow'];
      udpOf[routers] = await takeTurns(labs, rounds, (lab) => measureUdp(lab, peer, given, seconds));
      tcpOf[routers] = await takeTurns(labs, rounds, (lab) => measureTcp(lab, [], 1));
    };
    await withContenders(CHAIN, folder, peer, measure, routers);
  }
  const last = lengths.at(-1);
  const further = CHAIN.slice(1).map((name) => {
    const more = medianOf(udpOf[last], name, 'cost') - medianOf(udpOf[1], name, 'cost');
    return `${name}: ${(more / (last - 1)).toFixed(2)} µs`;
  });
  return {
    title: 'Routers in a chain, in one process',
    tables: [
      'Thousand datagrams of UDP a second, 64 octets, one flow; in brackets beside the kernel, with as many namespaces:',
      comparison(udpOf, 'kernel', 'rate', 1e-3),
      'Processor time of the process for each, µs:',
      medians(udpOf, 'cost'),
      `Each further router, for each datagram: ${further.join('; ')}.`,
      'Gbit/s of TCP, one stream:',
      comparison(tcpOf, 'kernel', 'rate', 1e-9),
    ],
    plotted: [],
  };
};

const idle = async ({ labs, isQuick }) => {
  const rows = (await measureIdle(labs, isQuick ? 1 : 10)).map(({ name, share, now, most }) => [
    name,
    `${(share * 100).toFixed(2)} %`,
    shown(now),
    shown(most),
  ]);
  return {
    title: 'Idle, after all of that',
    tables: [table(['', 'of a processor', 'resident memory, MB', 'at most so far, MB'], rows)],
    plotted: [],
  };
};

/** What is compared, in this order. Those of `SHARED` share labs that stay up. */
export const COMPARISONS = { udp, tcp, ping, idle, 'fan-out': fanOut, chain };
const SHARED = ['udp', 'tcp', 'ping', 'idle'];

/** The parts wanted of these, each `{ title, tables, plotted }`, told to `done` when it is there. */
export const compare = async (wanted, given, done) => {
  const run = async (name, more = {}) => {
    process.stderr.write(`${name} …\n`);
    await done(await COMPARISONS[name]({ ...given, ...more }));
  };
  const shared = SHARED.filter((name) => wanted.includes(name));
  if (shared.length > 0)
    await withContenders(CONTENDER_NAMES, given.folder, given.peer, async (labs) => {
      for (const name of shared) await run(name, { labs });
    });
  for (const name of wanted.filter((each) => !SHARED.includes(each))) await run(name);
};
