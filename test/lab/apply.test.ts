import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupViews } from '../../src/igmp/group-view.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { parcelOf } from '../../src/parcel.js';
import { decide } from '../../src/router/decide.js';
import { emptyVerdict } from '../../src/router/verdict.js';
import { milliseconds, seconds } from '../../src/time.js';
import { report } from '../igmp/bench.js';
import { configured } from '../support/configured.js';
import { addressOctets, datagram, hex, ip, pattern } from '../support/datagram.js';
import { icmp, message, typeAndCode } from '../support/icmp.js';

const ONE = configured(`
links: { red: {}, core: {}, blue: { mtu: 600 } }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  carol: { interfaces: { red: { address: 198.51.100.20/24 } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24 } } }
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24, igmp: { join-groups: [{ group: 239.255.0.1 }] } }
      core: { address: 192.0.2.1/30, igmp: {} }
    routes:
      - { to: 203.0.113.0/24, via: 192.0.2.2 }
      - { to: 10.1.0.0/16, type: prohibit }
      - { to: 10.2.0.0/16, via: 198.51.100.20 }
    icmp: { router-discovery: true, redirects: true }
    filters:
      - { name: lossy, in: red, match: { protocol: udp }, probability: 30%, action: drop }
      - { name: twice, out: core, match: { protocol: icmp }, limit: 2, action: reject }
  r2:
    interfaces:
      core: { address: 192.0.2.2/30, igmp: { query-interval: 60s } }
      blue: { address: 203.0.113.1/24, igmp: {} }
    routes: [{ to: default, via: 192.0.2.1 }]
`);

/** Another host, link and router; other settings, routes, an MTU and a gateway; no IGMP on core. */
const OTHER = configured(`
links: { red: { gateway: r3 }, core: { mtu: 1400 }, green: {}, blue: { mtu: 600 } }
hosts:
  dave: { interfaces: { green: { address: 10.9.0.10/24 } } }
  alice: { interfaces: { red: { address: 198.51.100.11/24 } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24 } } }
routers:
  r3:
    interfaces:
      green: { address: 10.9.0.1/24 }
      red: { address: 198.51.100.3/24 }
  r1:
    interfaces:
      green: { address: 10.9.0.2/24, igmp: { version: 2 } }
      core: { address: 192.0.2.1/30 }
      red: { address: 198.51.100.1/24, igmp: { version: 2, query-interval: 30s } }
    routes:
      - { to: 203.0.113.0/24, type: blackhole }
      - { to: 10.1.0.0/16, via: 10.9.0.10 }
    icmp: { echo-reply: false, router-discovery: false }
    ip: { reverse-path: strict }
  r2:
    interfaces:
      blue: { address: 203.0.113.1/24 }
      core: { address: 192.0.2.2/30, forwarding: false }
`);

const HOSTS = [
  ['alice', 'red'],
  ['carol', 'red'],
  ['bob', 'blue'],
] as const;

const ADDRESSES = [
  '198.51.100.10',
  '198.51.100.20',
  '198.51.100.77',
  '198.51.100.1',
  '203.0.113.10',
  '203.0.113.99',
  '10.1.2.3',
  '10.2.2.3',
  '10.9.0.10',
  '192.0.2.2',
  '239.1.2.3',
  '239.255.0.1',
  '224.0.0.1',
  '198.51.100.255',
  '255.255.255.255',
  '127.0.0.1',
  '172.16.0.1',
];

/** What may happen in a lab: a datagram of a host, or time that passes. */
type Move =
  | { readonly kind: 'wait'; readonly time: number }
  | { readonly kind: 'send'; readonly host: number; readonly octets: Uint8Array }
  | { readonly kind: 'device'; readonly host: number; readonly isUp: boolean };

const octets = fc.oneof(
  fc
    .record({
      source: fc.constantFrom(...ADDRESSES),
      destination: fc.constantFrom(...ADDRESSES),
      ttl: fc.constantFrom(1, 2, 64),
      protocol: fc.constantFrom(1, 17, 250),
      flags: fc.constantFrom(0, 0x2000, 0x4000),
      offset: fc.constantFrom(0, 0, 8),
      id: fc.integer({ min: 1, max: 3 }),
      length: fc.constantFrom(8, 16, 900),
      options: fc.constantFrom([], [7, 7, 4, 0, 0, 0, 0], [131, 7, 4, ...addressOctets('192.0.2.2')]),
    })
    .map(({ length, ...fields }) => datagram({ ...fields, payload: pattern(length) })),
  fc
    .record({ source: fc.constantFrom(...ADDRESSES), destination: fc.constantFrom(...ADDRESSES) })
    .map((fields) => icmp(message(8, 0, [0, 1, 0, 1, 9, 9, 9, 9]), fields)),
  fc
    .record({
      type: fc.constantFrom('to-ex', 'to-in', 'is-in', 'allow', 'block' as const),
      group: fc.constantFrom('239.1.2.3', '232.1.1.1', '239.255.0.1'),
      sources: fc.subarray(['203.0.113.10', '198.51.100.20']),
      source: fc.constantFrom('198.51.100.10', '198.51.100.20', '203.0.113.10'),
    })
    .map(({ type, group, sources, source }) => report([[type, group, sources]], { source })),
);

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const), host: fc.nat(2), octets }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      time: fc.constantFrom(1, 300, 5000, 61_000, 200_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('device' as const), host: fc.nat(2), isUp: fc.boolean() }),
  },
);

const perform = (lab: VirtualLab, each: Move): void => {
  if (each.kind === 'wait') return lab.advance(milliseconds(each.time));
  const [name, link] = HOSTS[each.host as 0 | 1 | 2];
  const host = lab.host(name, link);
  if (each.kind === 'send') host.send(each.octets);
  else host.setUp(each.isUp);
};

/** All that can be seen of a lab: what hosts were sent, and what the routers and links would show. */
const seen = (lab: VirtualLab) => ({
  taken: HOSTS.map(([name, link]) => lab.host(name, link).take().map(hex)),
  routers: [...lab.lab.routers.values()].map((router) => ({
    ledger: router.ledger,
    icmp: structuredClone(router.icmp),
    interfaces: router.interfaces.map(({ name, up, mtu, counters, drops, refusals }) => ({
      name,
      up,
      mtu,
      counters: [...counters.values],
      drops: [...drops],
      refusals: [...refusals],
    })),
    igmp: [...router.igmp].map(([{ name }, igmp]) => ({
      name,
      groups: groupViews(igmp.memberships, lab.now),
      querier: igmp.querier.state,
      counters: structuredClone(igmp.counters),
    })),
    filters: router.filters.views(lab.now).map(({ filter, ...rest }) => ({ name: filter.name, ...rest })),
    routes: [...router.multicast.views()].map(({ source, group, outgoing, packets, lastReason }) => ({
      source,
      group,
      outgoing: outgoing.map(({ name }) => name),
      packets,
      lastReason,
    })),
  })),
  neighbors: [...lab.lab.links.values()].map((link) =>
    [...link.neighbors].map(({ address, owner, state }) => [address, owner.name, state]),
  ),
  deadline: lab.lab.nextDeadline(),
});

describe('applying the configuration that is in force', () => {
  it('changes nothing that can be seen, whenever it is done', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(move, fc.boolean()), { maxLength: 30 }), (moves) => {
        const [lab, twin] = [new VirtualLab(ONE), new VirtualLab(ONE)];
        for (const [each, isApplied] of moves) {
          perform(lab, each);
          perform(twin, each);
          if (isApplied) lab.apply(ONE);
          expect(seen(lab)).toEqual(seen(twin));
        }
        lab.advance(seconds(300));
        twin.advance(seconds(300));
        expect(seen(lab)).toEqual(seen(twin));
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

/** Where each of many datagrams would go from each interface of each router. */
const decisions = (lab: VirtualLab, samples: readonly Uint8Array[]) =>
  [...lab.lab.routers.values()].flatMap((router) =>
    router.interfaces.flatMap((ingress) =>
      samples.map((each) => {
        const verdict = emptyVerdict();
        decide(each, ingress, router.tables, verdict);
        const { fate, reason, egress, nextHop, hop, isAttached, outgoing, route } = verdict;
        return {
          at: ingress.name,
          index: ingress.index,
          fate,
          reason,
          egress: egress?.name,
          nextHop,
          isReached: hop !== undefined,
          isAttached,
          route: route?.reason,
          outgoing: fate === 'replicate' ? outgoing.map(({ name }) => name) : [],
        };
      }),
    ),
  );

describe('applying another configuration, and the first one again', () => {
  it('restores every decision', () => {
    const samples = fc.sample(octets, { numRuns: 300, seed: 7 });
    const [lab, twin] = [new VirtualLab(ONE), new VirtualLab(ONE)];
    lab.apply(OTHER);
    expect(decisions(lab, samples)).not.toEqual(decisions(twin, samples));
    lab.apply(ONE);
    expect(decisions(lab, samples)).toEqual(decisions(twin, samples));
  });

  it('goes from either to the other as if it had begun there', () => {
    const samples = fc.sample(octets, { numRuns: 300, seed: 8 });
    const [lab, twin] = [new VirtualLab(ONE), new VirtualLab(OTHER)];
    lab.apply(OTHER);
    expect(decisions(lab, samples)).toEqual(decisions(twin, samples));
  });

  it('keeps memberships, neighbors, fragments and counters where they are not concerned', () => {
    const lab = new VirtualLab(ONE);
    const { routers, links } = lab.lab;
    const bob = lab.host('bob', 'blue');
    bob.send(report([['to-ex', '239.1.2.3']], { source: '203.0.113.10' }));
    bob.send(datagram({ source: '203.0.113.77', destination: '10.1.1.1', ttl: 1 }));
    bob.send(
      datagram({ source: '203.0.113.10', destination: '203.0.113.1', flags: 0x2000, payload: pattern(16) }),
    );
    const before = routers.get('r2')!.ledger;
    expect(before.held).toBe(1);
    const changed = configured(`
links: { core: {}, blue: { mtu: 600 }, green: {} }
hosts:
  bob: { interfaces: { blue: { address: 203.0.113.10/24 } } }
  dave: { interfaces: { green: { address: 10.9.0.10/24 } } }
routers:
  r2:
    interfaces:
      green: { address: 10.9.0.1/24 }
      blue: { address: 203.0.113.1/24, igmp: {} }
`);
    lab.apply(changed);
    const r2 = routers.get('r2')!;
    expect(r2.ledger).toMatchObject({ received: before.received, held: 1 });
    const [, igmp] = [...r2.igmp].find(([{ link }]) => link === 'blue')!;
    expect(igmp.forwards(ip('239.1.2.3'), ip('198.51.100.10'))).toBe(true);
    expect([...links.get('blue')!.neighbors].some(({ address }) => address === ip('203.0.113.77'))).toBe(
      true,
    );
    expect(() => lab.host('alice', 'red')).toThrow(/no host interface/);
    lab
      .host('dave', 'green')
      .send(icmp(message(8, 0, [0, 1, 0, 1]), { source: '10.9.0.10', destination: '203.0.113.1' }));
    expect(typeAndCode(lab.host('dave', 'green').take().at(-1)!)).toEqual([0, 0]);
    lab.advance(seconds(60));
    expect(r2.ledger.held).toBe(0);
    expect(bob.take().map(typeAndCode)).toContainEqual([11, 1]);
  });

  it('keeps routes that were made at run time, by whatever number their interface goes', () => {
    const lab = new VirtualLab(ONE);
    const r1 = lab.lab.routers.get('r1')!;
    r1.routing.rib.add({
      prefix: { network: ip('172.16.0.0'), length: 16 },
      type: 'unicast',
      nexthops: [{ via: ip('192.0.2.2'), egress: 2, weight: 1 }],
      metric: 0,
      tos: undefined,
      origin: 'runtime',
    });
    const swapped = configured(`
links: { green: {}, core: {} }
hosts:
  dave: { interfaces: { green: { address: 10.9.0.10/24 } } }
routers:
  r1:
    interfaces:
      core: { address: 192.0.2.1/30 }
      green: { address: 10.9.0.1/24 }
  r2: { interfaces: { core: { address: 192.0.2.2/30 } } }
`);
    lab.apply(swapped);
    const [ingress] = r1.interfaces.filter(({ link }) => link === 'green');
    const verdict = emptyVerdict();
    decide(datagram({ source: '10.9.0.10', destination: '172.16.0.1' }), ingress!, r1.tables, verdict);
    expect(verdict).toMatchObject({ fate: 'forward', nextHop: ip('192.0.2.2') });
    expect(verdict.egress?.name).toBe('r1.core');
  });

  it('delivers nothing any more from a host that is gone', () => {
    const lab = new VirtualLab(ONE);
    const { entrance } = lab.lab.inputOf('carol', 'red');
    lab.apply(OTHER);
    lab.host('alice', 'red').take();
    entrance.take(parcelOf(datagram({ source: '198.51.100.20', destination: '198.51.100.11' })), lab.now);
    expect(lab.host('alice', 'red').take()).toEqual([]);
  });
});
