import { readConfiguration } from '../../dist/config/read.js';
import { Lab } from '../../dist/lab/lab.js';
import { neighborRows } from '../../dist/observe/show.js';
import { mrouteRows } from '../../dist/observe/show-igmp.js';
import { parcelOf } from '../../dist/parcel.js';
import { seededRandom } from '../../dist/random.js';
import { udpOf64Octets } from './labs.mjs';
import { heldBy, median } from './turns.mjs';

const ROUNDS = 5;
/** Datagrams of a round, at least. */
const DATAGRAMS = 300_000;
/** 10.0.0.16 and 239.0.0.0. */
const [FIRST_NEIGHBOR, FIRST_GROUP] = [0x0a000010, 0xef000000];

const TEXT = `
version: 1
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  bob: { interfaces: { blue: { address: 10.0.0.10/8 } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24 }
      blue: { address: 10.0.0.1/8, igmp: { static-groups: [{ group: 239.0.0.0/8 }] } }
`;

/** What a datagram to one of so many groups costs, each of which has a multicast route. */
export const benchMulticastRoutes = (count) => {
  const { lab, inputs } = labOf(configuration());
  const cost = costOf(inputs.alice, (at) => FIRST_GROUP + at, count);
  const change = () => lab.routers.get('r1').routesChanged(0);
  return { cost, rows: [...mrouteRows(lab)].length, turn: longest([change]) };
};

/** What a datagram to one of so many neighbors on a link costs, all of them addresses of one host. */
export const benchNeighbors = (count) => {
  const { lab, inputs } = labOf(configuration(count));
  const cost = costOf(inputs.alice, (at) => FIRST_NEIGHBOR + ((at * 7919) % count), count);
  const flap = [false, true].map((isUp) => () => inputs.bob.setUp(isUp, 0));
  return { cost, rows: [...neighborRows(lab)].length, turn: longest(flap) };
};

/** As a file says, but that bob has more addresses than a file may be long. */
const configuration = (addresses = 1) => {
  const { configuration: read } = readConfiguration(TEXT, 'bench.yaml');
  const bob = read.hosts.get('bob');
  const [blue] = bob.interfaces;
  const all = Array.from({ length: addresses }, (_, at) => ({
    ...blue.addresses[0],
    address: FIRST_NEIGHBOR + at,
  }));
  const interfaces = [{ ...blue, addresses: all }];
  return { ...read, hosts: new Map(read.hosts).set('bob', { ...bob, interfaces }) };
};

const labOf = (wanted) => {
  const lab = new Lab(wanted, { random: seededRandom(1), now: 0 });
  const nowhere = { isUp: () => true, take: () => {} };
  const [alice, bob] = [lab.connect('alice', 'red', nowhere, 0), lab.connect('bob', 'blue', nowhere, 0)];
  return { lab, inputs: { alice, bob } };
};

/** Processor time of each datagram, in nanoseconds, of the median round; they go to all destinations in turn. */
const costOf = (input, destinationOf, count) => {
  const datagrams = Array.from({ length: count }, (_, at) => udpOf64Octets(destinationOf(at)));
  const sent = datagrams.map((each) => each.slice());
  const forward = () => {
    for (let at = 0; at < count; at += 1) {
      sent[at].set(datagrams[at]);
      input.entrance.take(parcelOf(sent[at]), 0);
    }
  };
  forward();
  const times = Math.ceil(DATAGRAMS / count);
  const round = () => {
    const before = process.cpuUsage();
    for (let time = 0; time < times; time += 1) forward();
    const { user, system } = process.cpuUsage(before);
    return ((user + system) * 1000) / (times * count);
  };
  return median(Array.from({ length: ROUNDS }, round));
};

/** The longest of some turns, in milliseconds. */
const longest = (turns) => Math.max(...turns.map(heldBy));
