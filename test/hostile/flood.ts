import type { DropReason } from '../../src/drop-reason.js';
import * as ipv4 from '../../src/ip/header.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { randomBelow, seededRandom } from '../../src/random.js';
import { milliseconds, seconds } from '../../src/time.js';
import { datagram } from '../support/datagram.js';
import { message } from '../support/icmp.js';
import { ADDRESSES, HOSTS, hostileConfiguration } from './hostile-lab.js';
import { type Megabytes, MemoryWatch, type Progress } from './memory.js';
import { hostileDatagrams, mutated } from './mutate.js';
import { Broken, insist } from './visit.js';
import { Watch } from './watch.js';

export interface FloodOptions {
  readonly count: number;
  readonly seed: number;
  readonly progress?: Progress;
}

/** What became of a flood that broke nothing. */
export interface FloodSummary {
  readonly sent: number;
  /** Datagrams and fragments that routers sent, each of them inspected. */
  readonly inspected: number;
  /** Of all routers together, each hop counted. */
  readonly book: Readonly<Record<string, number>>;
  readonly drops: ReadonlyMap<DropReason, number>;
  readonly icmpSent: Readonly<Record<string, number>>;
  readonly megabytes: Megabytes;
}

/** Fragments may fill 4 MiB in each of the four routers; the rest is for maps that are bounded, too. */
const MOST_GROWTH_MEGABYTES = 32;
const MTUS = [68, 69, 100, 300, 576, 600, 1006, 1500, 9000];

/** Sends datagrams that mean ill through the hostile lab; throws `Broken` for the first promise that is broken. */
export const flood = ({ count, seed, progress }: FloodOptions): FloodSummary => {
  const random = seededRandom(seed);
  const lab = new VirtualLab(hostileConfiguration(), { seed, utcMilliseconds: 27_000_000 });
  const watch = new Watch();
  for (const router of lab.lab.routers.values()) watch.add(router);
  const hosts = HOSTS.map(([name, link], at) => ({ ...lab.host(name, link), address: ADDRESSES[at]! }));
  /** What came back lately: the best forgeries begin with it. */
  const seen: Uint8Array[] = [];
  const memory = new MemoryWatch(count, progress);

  let sent = 0;
  let last: Uint8Array = new Uint8Array(0);
  try {
    while (sent < count) {
      const host = hosts[randomBelow(random, hosts.length)]!;
      const isReplay = seen.length > 0 && random() < 0.1;
      const burst = isReplay
        ? [mutated(random, seen[randomBelow(random, seen.length)]!)]
        : hostileDatagrams(random, host.address);
      for (last of burst) host.send(last);
      sent += burst.length;
      for (const each of hosts) for (const octets of each.take()) if (seen.length < 64) seen.push(octets);
      if (random() < 0.02) seen.length = 0;
      lab.advance(milliseconds(5 * random()));
      if (random() < 0.001) upset(lab, random);
      if (random() < 0.01) watch.audit();
      memory.look(sent);
    }
    calm(lab);
    watch.audit();
    for (const router of lab.lab.routers.values())
      insist(router.ledger.held === 0, `${router.name} holds nothing back`);
    insistOnEcho(lab);
  } catch (error) {
    const reason = error instanceof Error ? error.stack : String(error);
    const which = `seed ${seed}, after ${sent} datagrams, last sent ${Buffer.from(last).toString('hex')}`;
    throw new Broken(`${which}: ${reason}`);
  }
  return {
    sent,
    inspected: watch.inspected,
    ...sums(lab),
    megabytes: memory.summary(MOST_GROWTH_MEGABYTES),
  };
};

/** Something happens to a link: another MTU, a host that goes or comes, or a long silence. */
const upset = (lab: VirtualLab, random: () => number): void => {
  const [name, link] = HOSTS[randomBelow(random, HOSTS.length)]!;
  const chance = random();
  if (chance < 0.4) lab.lab.setMtu(link, MTUS[randomBelow(random, MTUS.length)]!, lab.now);
  else if (chance < 0.8) lab.host(name, link).setUp(random() < 0.6);
  else lab.advance(seconds(40 * random()));
};

/** Puts everything back as it was and waits until nobody waits any more. */
const calm = (lab: VirtualLab): void => {
  for (const { name, mtu } of lab.lab.configuration.links.values()) lab.lab.setMtu(name, mtu, lab.now);
  for (const [name, link] of HOSTS) lab.host(name, link).setUp(true);
  lab.advance(seconds(120));
  for (const [name, link] of HOSTS) lab.host(name, link).take();
};

/** An echo request goes through all routers, and one to the farthest of them is answered. */
const insistOnEcho = (lab: VirtualLab): void => {
  const alice = lab.host('alice', 'red');
  const bob = lab.host('bob', 'blue');
  const [from, , , to] = ADDRESSES as readonly [number, number, number, number];
  const request = (destination: number): Uint8Array => {
    const payload = message(8, 0, [1, 2, 3, 4, 5, 6, 7, 8]);
    return datagram({ protocol: ipv4.PROTOCOL_ICMP, source: from, destination, payload });
  };
  const isFrom = (source: number, type: number) => (octets: Uint8Array) =>
    ipv4.source(octets) === source && octets[ipv4.headerLength(octets)] === type;
  alice.send(request(to));
  insist(bob.take().some(isFrom(from, 8)), 'an echo request goes through all routers in the end');
  const farthest = 0x0a04_0001;
  alice.send(request(farthest));
  insist(alice.take().some(isFrom(farthest, 0)), 'an echo is answered in the end');
};

const sums = (lab: VirtualLab): Pick<FloodSummary, 'book' | 'drops' | 'icmpSent'> => {
  const book: Record<string, number> = {};
  const icmpSent: Record<string, number> = {};
  const drops = new Map<DropReason, number>();
  const add = (to: Record<string, number>, from: object): void => {
    for (const [key, value] of Object.entries(from)) to[key] = (to[key] ?? 0) + value;
  };
  for (const router of lab.lab.routers.values()) {
    add(book, router.ledger);
    add(icmpSent, router.icmp.sent);
    for (const each of router.interfaces)
      for (const [reason, { packets }] of [...each.drops, ...each.refusals])
        drops.set(reason, (drops.get(reason) ?? 0) + packets);
  }
  return { book, drops, icmpSent };
};
