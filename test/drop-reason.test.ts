import { describe, expect, it } from 'vitest';
import { type Prefix, prefixOf } from '../src/address.js';
import type { DropReason } from '../src/drop-reason.js';
import * as ipv4 from '../src/ip/header.js';
import { DEFAULT_SETTINGS } from '../src/settings.js';
import { instant } from '../src/time.js';
import { datagram, ip, pattern, withOctets } from './support/datagram.js';
import { type FilterFields, filter } from './support/filter.js';
import { type PartialSettings, testInterface, testRouter } from './support/router.js';

/** What makes a router drop a datagram for one reason: octets, and what is unusual about the router. */
interface Provocation {
  readonly octets: readonly Uint8Array[];
  readonly settings?: PartialSettings;
  readonly after?: number;
  readonly forwarding?: boolean;
  readonly filter?: FilterFields;
  /** Of the interface that it comes in by. */
  readonly boundary?: Prefix;
}

const toRouter = { destination: '192.0.2.1' } as const;
const fragmentToRouter = { ...toRouter, protocol: 1, flags: ipv4.FLAG_MORE_FRAGMENTS };
const send = (...octets: Uint8Array[]): Provocation => ({ octets });
const route = (to: string, type: 'blackhole' | 'unreachable' | 'prohibit') => ({
  prefix: prefixOf(ip(to), 24),
  type,
  nexthops: [],
  metric: 0,
  tos: undefined,
  origin: 'config' as const,
});

const spoilt = (octets: Uint8Array, at: number, value: number): Uint8Array => {
  octets[at] = value;
  return octets;
};

/** A reason that nothing here can cause carries who does: the link, the device, or a feature that is not there yet. */
const PROVOCATIONS: Readonly<Record<DropReason, Provocation | string>> = {
  'too-short': send(new Uint8Array(19)),
  ipv6: send(Uint8Array.of(0x60, ...pattern(39))),
  'bad-version': send(spoilt(datagram(), 0, 0x55)),
  'bad-header-length': send(spoilt(datagram(), 0, 0x44)),
  'bad-total-length': send(withOctets(datagram(), 2, 0, 19)),
  truncated: send(withOctets(datagram(), 2, 0, 200)),
  'bad-checksum': send(spoilt(datagram(), 10, 0x99)),
  'bad-option': send(datagram({ options: [7, 0] })),
  'option-refused': send(datagram({ options: [131, 7, 4, 192, 0, 2, 9, 0] })),
  'martian-source': send(datagram({ source: '127.0.0.1' })),
  'martian-destination': send(datagram({ destination: '240.0.0.1' })),
  'reverse-path': {
    octets: [datagram({ source: '198.51.100.9' })],
    settings: { ip: { reversePath: 'strict' } },
  },
  'forwarding-off': { octets: [datagram()], forwarding: false },
  'ttl-expired': send(datagram({ ttl: 1 })),
  'no-route': send(datagram({ destination: '10.1.1.1' })),
  'tos-route': send(datagram({ destination: '203.0.4.1' })),
  blackhole: send(datagram({ destination: '203.0.1.1' })),
  'unreachable-route': send(datagram({ destination: '203.0.2.1' })),
  'prohibit-route': send(datagram({ destination: '203.0.3.1' })),
  'host-unreachable': send(datagram({ destination: '198.51.100.99' })),
  'would-fragment': send(datagram({ flags: ipv4.FLAG_DONT_FRAGMENT, payload: pattern(1600) })),
  'source-route': {
    octets: [datagram({ ...toRouter, options: [131, 7, 4, 10, 9, 9, 9, 0] })],
    settings: { ip: { options: { ...DEFAULT_SETTINGS.ip.options, looseSourceRoute: 'process' } } },
  },
  broadcast: send(datagram({ destination: '198.51.100.255' })),
  'protocol-unreachable': send(datagram({ ...toRouter, protocol: 253 })),
  'port-unreachable': send(datagram(toRouter)),
  'udp-bad-checksum': send(datagram({ ...toRouter, payload: [0, 1, 0, 2, 0, 8, 0x12, 0x34] })),
  'icmp-bad-checksum': send(datagram({ ...toRouter, protocol: 1, payload: [8, 0, 1, 1, 0, 0, 0, 0] })),
  'icmp-malformed': send(datagram({ ...toRouter, protocol: 1, payload: [8, 0, 0xf7, 0xff] })),
  'icmp-ignored': send(datagram({ ...toRouter, protocol: 1, payload: [0, 0, 0xff, 0xff, 0, 0, 0, 0] })),
  'igmp-bad-checksum': 'IGMP',
  'igmp-malformed': 'IGMP',
  'igmp-ignored': send(datagram({ destination: '224.0.0.22', ttl: 1, protocol: 2 })),
  'multicast-link-local': send(datagram({ destination: '224.0.0.251' })),
  'multicast-ttl': 'multicast forwarding',
  'multicast-no-member': send(datagram({ destination: '239.1.2.3' })),
  'multicast-reverse-path': 'multicast forwarding',
  'multicast-boundary': {
    octets: [datagram({ destination: '239.255.1.1' })],
    boundary: { network: ip('239.255.0.0'), length: 16 },
  },
  'reassembly-timeout': { octets: [datagram({ ...fragmentToRouter, payload: pattern(16) })], after: 60_000 },
  'reassembly-overlap': send(
    datagram({ ...fragmentToRouter, payload: pattern(16) }),
    datagram({ ...fragmentToRouter, offset: 8, payload: pattern(16) }),
  ),
  'reassembly-limit': send(
    ...Array.from({ length: 65 }, (_, id) => datagram({ ...fragmentToRouter, id, payload: pattern(16) })),
  ),
  'filter-drop': { octets: [datagram()], filter: { action: 'drop' } },
  'filter-reject': { octets: [datagram()], filter: { action: 'reject' } },
  'link-loss': 'an impaired link: test/link, test/lab',
  'link-down': 'the device of a host, or a link that is down: test/tun, test/lab, test/kernel',
  'link-queue': 'an impaired link: test/link, test/lab',
  'device-refused': 'the device of a host: test/tun',
  'bad-offload': 'a device: test/offload',
  'link-no-gateway': 'a link: test/link',
};

const provoked = Object.entries(PROVOCATIONS).filter(
  (each): each is [string, Provocation] => typeof each[1] !== 'string',
);

describe('each drop reason', () => {
  it.each(provoked)('%s is what a datagram is dropped for that calls for it', (reason, provocation) => {
    const { forwarding = true, boundary } = provocation;
    const scope = { boundary: boundary === undefined ? [] : [boundary], ttlThreshold: 1, ttl: undefined };
    const red = testInterface('red', ['192.0.2.1/24'], { forwarding, scope });
    const { router, blue, receive } = testRouter({
      red,
      routes: (_red, over) => [
        route('203.0.1.0', 'blackhole'),
        route('203.0.2.0', 'unreachable'),
        route('203.0.3.0', 'prohibit'),
        {
          ...route('203.0.4.0', 'blackhole'),
          type: 'unicast',
          tos: 0x10,
          nexthops: [{ via: ip('198.51.100.10'), egress: over.index, weight: 1 }],
        },
      ],
      filters: () => (provocation.filter === undefined ? [] : [filter(provocation.filter)]),
      ...(provocation.settings === undefined ? {} : { settings: provocation.settings }),
    });
    blue.dead.add(ip('198.51.100.99'));
    for (const octets of provocation.octets) receive(octets);
    if (provocation.after !== undefined) router.poll(instant(provocation.after));
    expect([...red.drops.keys()]).toEqual([reason]);
    expect(blue.sent).toEqual([]);
  });
});
