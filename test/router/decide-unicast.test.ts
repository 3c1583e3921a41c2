import { describe, expect, it } from 'vitest';
import * as ipv4 from '../../src/ip/header.js';
import type { Route } from '../../src/ip/route.js';
import { decide } from '../../src/router/decide.js';
import { emptyVerdict, type Step, type Verdict } from '../../src/router/verdict.js';
import { DEFAULT_SETTINGS } from '../../src/settings.js';
import { addressOctets, type DatagramFields, datagram, ip, pattern } from '../support/datagram.js';
import {
  type PartialSettings,
  type TestInterface,
  testInterface,
  testRouter,
  unicastRoute,
} from '../support/router.js';

interface Made extends PartialSettings {
  /** Interfaces where nothing transits. */
  readonly closed?: 'red' | 'blue';
  /** A next hop that nobody owns. */
  readonly dead?: string;
}

const ROUTES = (red: TestInterface, blue: TestInterface): Route[] => [
  unicastRoute('203.0.113.0/24', '198.51.100.254', blue),
  unicastRoute('203.0.114.0/24', '192.0.2.254', red),
  unicastRoute('203.0.115.0/24', '198.51.100.254', blue, 0x10),
  unicastRoute('240.0.0.0/4', '198.51.100.254', blue),
  {
    ...unicastRoute('203.0.116.0/24', '198.51.100.254', blue),
    nexthops: [1, 2].map((last) => ({ via: ip(`198.51.100.25${last}`), egress: blue.index, weight: 1 })),
  },
  { ...unicastRoute('203.0.117.0/24', '0.0.0.0', blue), type: 'blackhole', nexthops: [] },
];

/** A router whose blue interface has an MTU of 600, and is reached from red. */
const made = ({ icmp = {}, ip: settings = {}, closed, dead }: Made) => {
  const red = testInterface('red', ['192.0.2.1/24', '169.254.10.1/16'], { forwarding: closed !== 'red' });
  const blue = testInterface('blue', ['198.51.100.1/24'], { mtu: 600, forwarding: closed !== 'blue' });
  if (dead !== undefined) blue.dead.add(ip(dead));
  return testRouter({ red, blue, routes: ROUTES, settings: { icmp, ip: settings } });
};

/** The verdict of a router that has had others before, and the steps that led to it. */
const decided = (fields: DatagramFields, how: Made = {}) => {
  const { router, red, blue } = made(how);
  const octets = datagram(fields);
  const fresh = emptyVerdict();
  const steps: Step[] = [];
  decide(octets, red, router.tables, fresh, steps);
  const used: Verdict = {
    ...{
      fate: 'replicate',
      reason: 'no-buffer' as never,
      code: 'frag-needed',
      awaitsEgress: true,
      pointer: 9,
    },
    ...{
      decisions: [{ entry: undefined, where: 'anywhere' }],
      isByChance: true,
      isChosen: true,
      isByTos: true,
    },
    ...{
      options: undefined,
      destination: 1,
      isToGroup: !fresh.isToGroup,
      length: 1,
      egress: red,
      nextHop: 7,
    },
    ...{ hop: { take: () => {} }, isAttached: true, route: {} as never, ttl: 3, outgoing: [red] },
    withheld: [{ egress: red, reason: 'multicast-ttl' }],
  };
  decide(octets, red, router.tables, used);
  // What does not concern a fate may be left over.
  const concerns = ({ hop, ttl: _, outgoing: __, ...rest }: Verdict) => ({
    ...rest,
    hasHop: hop !== undefined,
  });
  expect(concerns(used)).toEqual(concerns(fresh));
  return { verdict: fresh, steps, red, blue };
};

const NOTHING = {
  ...{ reason: undefined, code: undefined, awaitsEgress: false, decisions: [], isByChance: false },
  ...{ isToGroup: false, egress: undefined, nextHop: 0, hop: undefined, isChosen: false, isByTos: false },
  ...{ pointer: 0, isAttached: false, route: undefined, withheld: [] },
};

const process = { ip: { options: { ...DEFAULT_SETTINGS.ip.options, looseSourceRoute: 'process' as const } } };
const strict = { ip: { options: { ...DEFAULT_SETTINGS.ip.options, strictSourceRoute: 'process' as const } } };
const all = { ip: { directedBroadcast: true } };
const NEIGHBOR = '169.254.1.2';
/** By us, to a next stop. */
const routed = (next: string, type = 131): DatagramFields => ({
  destination: '192.0.2.1',
  options: [type, 7, 4, ...addressOctets(next)],
});
const recorded = { options: [7, 7, 4, 0, 0, 0, 0] };
const long = { payload: pattern(581), flags: ipv4.FLAG_DONT_FRAGMENT };

describe('the fate of a datagram from red', () => {
  it.each<[title: string, fields: DatagramFields, how: Made, reason: string]>([
    ['no source', { source: '0.0.0.0' }, {}, 'martian-source'],
    ['a source in 0/8', { source: '0.1.2.3' }, {}, 'martian-source'],
    ['a loopback source', { source: '127.0.0.1' }, {}, 'martian-source'],
    ['a group as source', { source: '224.1.1.1' }, {}, 'martian-source'],
    ['a class E source', { source: '240.1.1.1' }, {}, 'martian-source'],
    ['one of our addresses as source', { source: '198.51.100.1' }, {}, 'martian-source'],
    ['a broadcast as source', { source: '198.51.100.255' }, {}, 'martian-source'],
    [
      'a way back that is not red',
      { source: '203.0.113.5' },
      { ip: { reversePath: 'strict' } },
      'reverse-path',
    ],
    ['no way back', { source: '10.1.1.1' }, { ip: { reversePath: 'strict' } }, 'reverse-path'],
    ['no way back at all', { source: '10.1.1.1' }, { ip: { reversePath: 'loose' } }, 'reverse-path'],
    ['a link-local source', { source: NEIGHBOR, destination: '203.0.113.9' }, {}, 'martian-source'],
    ['a destination in 0/8', { destination: '0.1.2.3' }, {}, 'martian-destination'],
    ['a loopback destination', { destination: '127.1.2.3' }, {}, 'martian-destination'],
    ['a class E destination', { destination: '240.1.2.3' }, {}, 'martian-destination'],
    ['a destination that nobody knows', { destination: '10.9.9.9' }, {}, 'no-route'],
    [
      'a destination that is only known for other types of service',
      { destination: '203.0.115.9' },
      {},
      'tos-route',
    ],
    ['a destination that is a hole', { destination: '203.0.117.9' }, {}, 'blackhole'],
    [
      'an ingress where nothing transits',
      { destination: '203.0.113.9' },
      { closed: 'red' },
      'forwarding-off',
    ],
    ['a broadcast of its own link', { destination: '192.0.2.255' }, {}, 'broadcast'],
    ['the network address of its own link', { destination: '192.0.2.0' }, all, 'broadcast'],
    ['the network address of another link', { destination: '198.51.100.0' }, all, 'broadcast'],
    ['a source route to a network address', routed('198.51.100.0'), process, 'source-route'],
    ['a source route to a broadcast', routed('198.51.100.255'), process, 'source-route'],
    ['a broadcast and a recorded route', { destination: '192.0.2.255', ...recorded }, {}, 'broadcast'],
  ])('with %s is dropped', (_, fields, how, reason) => {
    const { verdict } = decided(fields, how);
    const isOwn = ['192.0.2.255'].includes(String(fields.destination));
    const egress = isOwn ? expect.objectContaining({ name: 'r1.red' }) : undefined;
    expect(verdict).toMatchObject({ ...NOTHING, fate: 'drop', reason, egress });
  });

  it.each<[title: string, fields: DatagramFields, how: Made, expected: Partial<Verdict>]>([
    ['its TTL is 1', { ttl: 1 }, {}, { reason: 'ttl-expired' }],
    [
      'its TTL is 1 and broadcasts pass',
      { destination: '198.51.100.255', ttl: 1 },
      all,
      { reason: 'ttl-expired' },
    ],
    ['broadcasts do not pass', { destination: '198.51.100.255' }, {}, { reason: 'broadcast' }],
    [
      'broadcasts pass, but not from there',
      { destination: '198.51.100.255' },
      { ...all, closed: 'red' },
      { reason: 'forwarding-off' },
    ],
    [
      'broadcasts pass, but nothing to there',
      { destination: '198.51.100.255' },
      { ...all, closed: 'blue' },
      { reason: 'forwarding-off', nextHop: ip('198.51.100.255') },
    ],
    [
      'broadcasts pass, but not of link-local hosts',
      { destination: '198.51.100.255', source: NEIGHBOR },
      all,
      { reason: 'martian-source' },
    ],
    [
      'broadcasts pass, but it is too long',
      { destination: '198.51.100.255', ...long },
      all,
      { reason: 'would-fragment', nextHop: ip('198.51.100.255') },
    ],
    [
      'nothing transits its egress',
      {},
      { closed: 'blue' },
      { reason: 'forwarding-off', nextHop: ip('198.51.100.10'), isAttached: false },
    ],
    ['its next hop is nobody', {}, { dead: '198.51.100.10' }, { reason: 'host-unreachable' }],
    ['it is too long', long, {}, { reason: 'would-fragment', nextHop: ip('198.51.100.10') }],
    [
      'its strict source route is not met',
      routed('203.0.113.9', 137),
      strict,
      { reason: 'source-route', nextHop: ip('198.51.100.254') },
    ],
  ])('for blue is dropped where %s', (_, fields, how, expected) => {
    const { verdict } = decided(fields, how);
    const { fate, reason, code, pointer, isAttached, isChosen, isByTos } = verdict;
    const nextHop = expected.nextHop ?? (expected.reason === 'host-unreachable' ? ip('198.51.100.10') : 0);
    expect({ fate, code, pointer, isChosen, isByTos }).toEqual({
      ...{ fate: 'drop', code: undefined, pointer: 0, isChosen: false, isByTos: false },
    });
    expect({ reason, isAttached, nextHop: verdict.nextHop }).toEqual({
      reason: expected.reason,
      isAttached: expected.reason === 'ttl-expired' && fields.destination === undefined,
      nextHop,
    });
  });

  it.each<[title: string, fields: DatagramFields, how: Made, expected: object]>([
    ['a host on blue', {}, {}, { nextHop: ip('198.51.100.10') }],
    ['what is behind a gateway', { destination: '203.0.113.9' }, {}, { nextHop: ip('198.51.100.254') }],
    ['a type of service', { destination: '203.0.115.9', tos: 0x10 }, {}, { isByTos: true }],
    ['one of several gateways', { destination: '203.0.116.9' }, {}, { isChosen: true }],
    ['class E', { destination: '240.1.2.3' }, { ip: { classE: true } }, { nextHop: ip('198.51.100.254') }],
    ['from class E', { source: '240.1.2.3' }, { ip: { classE: true } }, {}],
    ['its last hop', { ttl: 2 }, {}, {}],
    ['what is not quite too long', { ...long, payload: pattern(580) }, {}, { length: 600 }],
    ['fragments', { ...long, flags: 0 }, {}, { length: 601 }],
    ['a strict source route', routed('198.51.100.10', 137), strict, { destination: ip('198.51.100.10') }],
    ['a loose source route', routed('203.0.113.9'), process, { destination: ip('203.0.113.9') }],
    ['a broadcast', { destination: '198.51.100.255', ttl: 2 }, all, { nextHop: ip('198.51.100.255') }],
    ['a way back by red', { source: '203.0.114.5' }, { ip: { reversePath: 'strict' } }, {}],
    ['a way back by blue', { source: '203.0.113.5' }, { ip: { reversePath: 'loose' } }, {}],
    ['no way back', { source: '10.1.1.1' }, { ip: { reversePath: 'off' } }, {}],
    ['link-local where that may leave', { source: NEIGHBOR }, { ip: { linkLocal: true } }, {}],
  ])('goes on to blue: %s', (_, fields, how, expected) => {
    const { verdict, blue } = decided(fields, how);
    const { options, hop } = verdict;
    expect(verdict).toMatchObject({
      ...{ ...NOTHING, fate: 'forward', egress: blue, nextHop: verdict.nextHop, hop, ...expected },
    });
    expect([hop === undefined, options === undefined]).toEqual([false, fields.options === undefined]);
  });

  it.each<[title: string, fields: DatagramFields, how: Made]>([
    ['our address', { destination: '198.51.100.1' }, {}],
    ['the limited broadcast', { destination: '255.255.255.255' }, {}],
    ['the limited broadcast from nobody', { destination: '255.255.255.255', source: '0.0.0.0' }, {}],
    ['a broadcast of its link', { destination: '192.0.2.255' }, all],
    ['a broadcast of its link for echo', { destination: '192.0.2.255' }, { icmp: { echoBroadcast: true } }],
    ['IGMP from nobody', { destination: '224.0.0.22', source: '0.0.0.0', protocol: 2 }, {}],
  ])('is for the router itself: %s', (_, fields, how) => {
    expect(decided(fields, how).verdict).toMatchObject({
      fate: 'deliver',
      isToGroup: fields.destination === '224.0.0.22',
    });
  });

  it('is nothing yet before it is decided', () => {
    expect(emptyVerdict()).toEqual({
      ...{ ...NOTHING, fate: 'drop', options: undefined, destination: 0, length: 0, ttl: 0, outgoing: [] },
    });
  });

  it('says that it is for the router itself', () => {
    expect(decided({ destination: '198.51.100.1' }).steps.at(-1)).toEqual({
      ...{ what: 'deliver', detail: 'one of our addresses', source: 'RFC 1812 §5.2.3' },
    });
  });

  it('is about a group from 224.0.0.0 to 239.255.255.255', () => {
    const isToGroup = (destination: string) => decided({ destination }).verdict.isToGroup;
    expect(['223.255.255.255', '224.0.0.0', '239.255.255.255', '240.0.0.0'].map(isToGroup)).toEqual([
      ...[false, true, true, false],
    ]);
  });

  it('says where a bad option is', () => {
    const { verdict } = decided({ options: [1, 1, 7, 2] });
    expect(verdict).toMatchObject({ ...NOTHING, fate: 'drop', reason: 'bad-option', pointer: 23 });
  });

  it('is explained with the next stop, and with an MTU that it does not fit', () => {
    const stepsOf = (fields: DatagramFields, how: Made = {}) =>
      decided(fields, how).steps.map(({ what, detail, source }) => `${what} ${detail} (${source})`);
    expect(stepsOf(routed('203.0.113.9'), process).slice(1, 3)).toEqual([
      'check the source is plausible (RFC 1812 §5.3.7)',
      'option next stop 203.0.113.9 (RFC 1812 §5.2.4.1)',
    ]);
    const mtu = (fields: DatagramFields) => stepsOf(fields).filter((each) => each.startsWith('mtu'));
    expect(mtu(long)).toEqual(['mtu 601 octets, the MTU is 600: DF is set (RFC 1191 §4)']);
    expect(mtu({ ...long, flags: 0 })).toEqual([
      'mtu 601 octets, the MTU is 600: leaves in fragments (RFC 791 §3.2)',
    ]);
    expect(mtu({ payload: pattern(580) })).toEqual([]);
  });
});
