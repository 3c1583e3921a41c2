import type { Configuration } from '../../src/config/configuration.js';
import { configured } from '../support/configured.js';

const ICMP = `
      timestamp-reply: true
      address-mask-reply: true
      router-discovery: true
      probe: true
      echo-broadcast: true
      extensions: [incoming, outgoing, next-hop]
      rate-limit: { per-second: 100000, burst: 1000, per-destination: { per-second: 1000, burst: 100 } }`;

const OPTIONS = `
      options:
        record-route: process
        timestamp: process
        router-alert: process
        loose-source-route: process
        strict-source-route: process
        other: process`;

/**
 * Three routers in a row over links of 1500, 600, 68 and 1500 octets, each with all that can be switched on.
 *
 * A fourth stands beside the first, so that there is somebody to redirect to. Default routes run in a circle
 * between the first two.
 */
const TEXT = `
links:
  red: { gateway: r1 }
  thin: { mtu: 600, gateway: r1 }
  narrow: { mtu: 68, gateway: r2 }
  blue: {}
hosts:
  alice: { interfaces: { red: { address: 10.1.0.10/16, routes: [default] } } }
  mallory: { interfaces: { thin: { address: 10.2.0.10/24, routes: [default] } } }
  carol: { interfaces: { narrow: { address: 10.3.0.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 10.4.0.10/24, routes: [default] } } }
routers:
  r1:
    interfaces:
      red:
        address: [10.1.0.1/16, 172.16.0.1/24]
        igmp: { query-interval: 20s, query-response-interval: 5s, max-groups: 64, max-sources: 16, fast-leave: tracked }
      thin: { address: 10.2.0.1/24, igmp: { version: 2, max-groups: 64 } }
    routes:
      - { to: default, via: 10.2.0.2 }
      - { to: 10.3.0.0/24, via: 10.2.0.2 }
      - { to: 10.4.0.0/24, via: 10.2.0.2 }
      - { to: 10.5.0.0/24, via: 10.1.0.4 }
      - { to: 10.6.0.0/24, metric: 5, nexthops: [{ via: 10.2.0.2, weight: 2 }, { via: 10.1.0.4 }] }
      - { to: 10.7.0.0/24, via: 10.1.0.4, tos: 0x10 }
      - { to: 10.8.0.0/24, type: blackhole }
      - { to: 10.9.0.0/24, type: unreachable }
      - { to: 10.10.0.0/24, type: prohibit }
    icmp:${ICMP}
    ip:${OPTIONS}
      directed-broadcast: true
      loopback: 10.255.0.1/32
    multicast: { routing: true, reverse-path: off, routes: [{ group: 239.1.2.4, in: red, out: [thin] }] }
  r2:
    interfaces:
      thin: { address: 10.2.0.2/24, igmp: { max-groups: 64, join-groups: [{ group: 239.255.0.1 }] } }
      narrow: { address: 10.3.0.2/24, igmp: { max-groups: 64, fast-leave: always } }
    routes:
      - { to: default, via: 10.2.0.1 }
      - { to: 10.4.0.0/24, via: 10.3.0.3 }
      - { to: 10.255.0.3/32, via: 10.3.0.3 }
    icmp:${ICMP}
      source: ingress
    ip:${OPTIONS}
      directed-broadcast: true
      class-e: true
      link-local: true
      ecmp-hash: l4
    multicast: { routing: true, upstream: thin }
  r3:
    interfaces:
      narrow: { address: 10.3.0.3/24, igmp: { max-groups: 64, static-groups: [{ group: 239.1.2.3 }] } }
      blue: { address: 10.4.0.1/24, igmp: { max-groups: 64, require-router-alert: true } }
    routes:
      - { to: 10.0.0.0/8, via: 10.3.0.2 }
    icmp:${ICMP}
      source: loopback
    ip:${OPTIONS}
      loopback: 10.255.0.3/32
    multicast: { routing: true }
  r4:
    interfaces:
      red: { address: 10.1.0.4/16 }
    routes:
      - { to: default, via: 10.1.0.1 }
    icmp:${ICMP}
    ip:${OPTIONS}
`;

export const hostileConfiguration = (): Configuration => configured(TEXT, 'hostile.yaml');

/** Each host of the lab by its one link. */
export const HOSTS = [
  ['alice', 'red'],
  ['mallory', 'thin'],
  ['carol', 'narrow'],
  ['bob', 'blue'],
] as const;

/** Addresses that mean something there: hosts, routers, broadcasts, groups, and all kinds of martians. */
export const ADDRESSES: readonly number[] = [
  0x0a01000a, 0x0a02000a, 0x0a03000a, 0x0a04000a, 0x0a010001, 0x0a020001, 0x0a020002, 0x0a030002,
  0x0a030003, 0x0a040001, 0x0a010004, 0x0aff0001, 0x0aff0003, 0xac100001, 0x0a01ffff, 0x0a0200ff,
  0x0a0300ff, 0x0a0400ff, 0x0a010000, 0x0a020000, 0x0a050001, 0x0a060001, 0x0a060002, 0x0a070001,
  0xef010203, 0xef010204, 0xefff0001, 0xe8010101,
  0x0a080001, 0x0a090001, 0x0a0a0001, 0x0a010063, 0x0a040063, 0xc0000201, 0xe0000001, 0xe0000002,
  0xe0000016, 0xef010203, 0xffffffff, 0x00000000, 0x7f000001, 0xf0000001, 0xa9fe0001, 0x0000ffff,
]; // biome-ignore format: rows
