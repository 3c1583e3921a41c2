import { UNBOUNDED } from '../../../../src/interface.js';
import * as ipv4 from '../../../../src/ip/header.js';
import { validate } from '../../../../src/ip/header.js';
import { type Random, randomBelow, seededRandom } from '../../../../src/random.js';
import { milliseconds } from '../../../../src/time.js';
import { ip, pattern, withOctets } from '../../../support/datagram.js';
import { configurationOf } from '../../configuration.js';
import { prefix } from '../../igmp/settings-words.js';
import type { SettingsChange } from '../../settings-change.js';
import { bookFaultOf, routerOf } from '../../targets/dut.js';
import { VirtualRouter } from '../../targets/virtual-router.js';
import { DUT, GATEWAY, linkOf, MTU, REMOTE, ROUTER } from '../../topology.js';
import { FOLLOWING } from '../option-cases.js';
import { echoRequest, query, transit } from '../sends.js';

/** Datagrams of all kinds with some octets changed at random, most of them with a right header checksum. */
export const mutations = (count: number, seed: number): Uint8Array[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => mutation(random));
};

const SOUND: readonly ((id: number) => Uint8Array)[] = [
  (id) => transit({ id }),
  (id) => transit({ id, ttl: 1 }),
  (id) => echoRequest({ id }),
  (id) => echoRequest({ id: id & 63, flags: ipv4.FLAG_MORE_FRAGMENTS, data: pattern(16) }),
  (id) => echoRequest({ id: id & 63, offset: 8 * (id & 7), data: pattern(16) }),
  (id) => query(13, { id, data: pattern(12) }),
  (id) => query(42, { id, data: pattern(16) }),
  (id) => transit({ id, destination: REMOTE[3], payload: pattern(300) }),
  (id) => transit({ id, options: [7, 11, 4, ...pattern(8)] }),
  (id) => transit({ id, destination: ROUTER[0], options: [131, 11, 4, 10, 0, 2, 10, 10, 0, 3, 10] }),
  (id) => echoRequest({ id, options: [68, 12, 5, 1, ...pattern(8), 148, 4, 0, 0] }),
  (id) => transit({ id, destination: '224.0.0.1', protocol: 2, payload: pattern(12) }),
];

const mutation = (random: Random): Uint8Array => {
  const octets = SOUND[randomBelow(random, SOUND.length)]!(randomBelow(random, 0x10000));
  for (let changes = randomBelow(random, 4); changes > 0; changes -= 1)
    octets[randomBelow(random, random() < 0.7 ? Math.min(40, octets.length) : octets.length)] = randomBelow(
      random,
      256,
    );
  const cut = random() < 0.1 ? octets.slice(0, randomBelow(random, octets.length + 1)) : octets;
  const headerLength = cut.length === 0 ? 0 : 4 * (cut[0]! & 15);
  const canHaveChecksum = headerLength >= 20 && headerLength <= cut.length;
  return canHaveChecksum && random() < 0.9 ? withOctets(cut, 0, cut[0]!) : cut;
};

/** The most fragments that may wait: 4 MiB at no less than 256 octets each. */
const MOST_HELD = 16_384;

const EVERYTHING_ON: SettingsChange = {
  icmp: {
    'echo-broadcast': true,
    'timestamp-reply': true,
    'address-mask-reply': true,
    probe: true,
    extensions: ['incoming', 'outgoing', 'next-hop'],
  },
  ip: { options: FOLLOWING.ip.options, 'directed-broadcast': true },
};

/** What is wrong with a router that took so many; undefined where nothing is. */
export const faultAfterMutations = (count: number): string | undefined => {
  const virtual = new VirtualRouter(configurationOf({ settings: EVERYTHING_ON }));
  const host = virtual.host(0);
  const random = seededRandom(7);
  for (let sent = 0; sent < count; sent += 1) {
    host.send(mutation(random));
    if (sent % 64 !== 0) continue;
    virtual.advance(milliseconds(64));
    const { held } = virtual.router.ledger;
    const fault = bookFaultOf(virtual.router);
    if (fault !== undefined) return `after ${sent} ${fault}`;
    if (held > MOST_HELD) return `after ${sent} the router holds ${held} fragments`;
    const wrong = virtual
      .take()
      .find(({ on: port, octets }) => validate(octets) !== undefined || octets.length > MTU[port]!);
    if (wrong !== undefined) return `after ${sent} port ${wrong.on} gets what is no datagram for it`;
  }
  host.send(echoRequest({ sequence: 4711 }));
  const answers = virtual
    .take()
    .filter(({ on, octets }) => on === 0 && octets[20] === 0 && octets[27] === (4711 & 255));
  return answers.length === 1 ? undefined : 'an echo request gets no reply any more';
};

/** What is wrong when a datagram runs to and fro between the router and one on port 1 that knows only the way back. */
export const loopFault = (ttl: number): string | undefined => {
  const usual = configurationOf();
  const router = usual.routers.get(DUT)!;
  const other = {
    name: 'other',
    interfaces: [
      {
        link: linkOf(1),
        addresses: [{ address: ip(GATEWAY[1]), prefix: prefix('10.0.2.0/24') }],
        forwarding: true,
        scope: UNBOUNDED,
        igmp: undefined,
      },
    ],
    tables: [],
    routes: [
      {
        to: prefix('0.0.0.0/0'),
        metric: 0,
        tos: undefined,
        type: 'unicast' as const,
        nexthops: [{ via: ip(ROUTER[1]), link: linkOf(1), weight: 1 }],
      },
    ],
    settings: router.settings,
    multicast: router.multicast,
    filters: [],
  };
  const virtual = new VirtualRouter({ ...usual, routers: new Map([...usual.routers, ['other', other]]) });
  virtual.host(0).send(transit({ ttl }));
  const outputs = virtual.take();
  const [answer] = outputs;
  const from = ttl % 2 === 1 ? ROUTER[0] : GATEWAY[1];
  const isRight =
    outputs.length === 1 &&
    answer!.on === 0 &&
    answer!.octets[20] === 11 &&
    ipv4.source(answer!.octets) === ip(from);
  if (!isRight) return `TTL ${ttl}: ${outputs.length} datagrams came out`;
  const passed = ['other', DUT].reduce((sum, name) => sum + routerOf(virtual.lab, name).ledger.forwarded, 0);
  // The error itself is forwarded once where the other router sends it.
  return passed === ttl - 1 + (ttl % 2 === 0 ? 1 : 0)
    ? undefined
    : `TTL ${ttl}: it was forwarded ${passed} times`;
};
