import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import { type Interface, UNBOUNDED } from '../../src/interface.js';
import { DEFAULT_MULTICAST, type MulticastSettings } from '../../src/ip/multicast-settings.js';
import { reflectedTo, reflectedTtl } from '../../src/ip/reflect.js';
import { type DatagramFields, datagram, ip } from '../support/datagram.js';
import { testInterface } from '../support/router.js';

const [MDNS, SSDP] = ['224.0.0.251', '239.255.255.250'];
const NEIGHBOR = ip('10.1.0.9');
const BEHIND_BOUNDARY = { scope: { ...UNBOUNDED, boundary: [prefixOf(ip('224.0.0.0'), 24)] } };

/** UDP to a port of a group. */
const to = (group: string, port: number, some: DatagramFields = {}) =>
  datagram({
    source: NEIGHBOR,
    destination: group,
    payload: [0x14, 0xe9, port >>> 8, port & 255, 0, 8, 0, 0],
    ...some,
  });

/** Four interfaces, and what is reflected from one of them, told by names; only `NEIGHBOR` on red is a neighbor. */
const reflector = (
  reflect: readonly (readonly ['mdns' | 'ssdp', readonly string[]])[],
  fields: Record<string, object> = {},
  some: Partial<MulticastSettings> = {},
) => {
  const interfaces = ['red', 'blue', 'green', 'black'].map((name, at) =>
    testInterface(name, [`10.${at + 1}.0.1/16`], { index: at + 1, ...fields[name] }),
  );
  const named = (name: string): Interface => interfaces.find(({ link }) => link === name)!;
  const tables = {
    settings: {
      ...DEFAULT_MULTICAST,
      reflect: reflect.map(([service, between]) => ({ service, between: between.map(named) })),
      ...some,
    },
    interfaces,
    interest: { wants: () => false, hindrance: () => '' },
    leadsTo: (source: number, egress: Interface) => source === NEIGHBOR && egress.link === 'red',
  };
  return (octets: Uint8Array, ingress = 'red'): readonly string[] =>
    reflectedTo(tables, octets, named(ingress)).map(({ link }) => link);
};

/** mDNS between three, and SSDP between two. */
const BOTH = [
  ['mdns', ['red', 'blue', 'green']],
  ['ssdp', ['black', 'red']],
] as const;

describe('a datagram is reflected', () => {
  it('to the other interfaces between which its service is', () => {
    const reflected = reflector(BOTH);
    expect(reflected(to(MDNS, 5353))).toEqual(['blue', 'green']);
    expect(reflected(to(SSDP, 1900))).toEqual(['black']);
    expect(reflector([['mdns', ['blue', 'red']]])(to(MDNS, 5353))).toEqual(['blue']);
    expect(reflected(to(MDNS, 5353, { options: [148, 4, 0, 0] }))).toEqual(['blue', 'green']);
  });

  it('to each interface once, however many reflections of its service there are', () => {
    const twice = [
      ['mdns', ['red', 'blue']],
      ['mdns', ['blue', 'red', 'green']],
    ] as const;
    expect(reflector(twice)(to(MDNS, 5353))).toEqual(['blue', 'green']);
  });

  it.each<[string, Uint8Array]>([
    ['to the port of another service', to(MDNS, 1900)],
    ['to the group of another service', to(SSDP, 5353)],
    ['to a port that differs in its first octet', to(MDNS, 5353 + 0x100)],
    ['of another protocol', to(MDNS, 5353, { protocol: 6 })],
    ['that is a first fragment', to(MDNS, 5353, { flags: 0x2000 })],
    ['that is a last fragment', to(MDNS, 5353, { offset: 8 })],
    ['whose port is cut off', to(MDNS, 5353).subarray(0, 23)],
    ['from somebody who is no neighbor there', to(MDNS, 5353, { source: '10.1.0.10' })],
  ])('but not one %s', (_title, octets) => {
    expect(reflector(BOTH)(octets)).toEqual([]);
  });

  it('even if nothing follows its ports', () => {
    expect(reflector(BOTH)(to(MDNS, 5353).subarray(0, 24))).toEqual(['blue', 'green']);
  });

  it('by a router that forwards multicast, from an interface of that service, and not without settings', () => {
    expect(reflector(BOTH, {}, { routing: false })(to(MDNS, 5353))).toEqual([]);
    expect(reflector([])(to(MDNS, 5353))).toEqual([]);
    const elsewhere = [['mdns', ['blue', 'green']]] as const;
    expect(reflector(elsewhere)(to(MDNS, 5353))).toEqual([]);
    expect(reflector(BOTH)(to(MDNS, 5353), 'blue')).toEqual([]);
  });

  it('from and to interfaces that forward and have no boundary against it, to those that are up', () => {
    for (const closed of [{ forwarding: false }, BEHIND_BOUNDARY]) {
      expect(reflector(BOTH, { red: closed })(to(MDNS, 5353))).toEqual([]);
      expect(reflector(BOTH, { blue: closed })(to(MDNS, 5353))).toEqual(['green']);
    }
    expect(reflector(BOTH, { green: { up: false } })(to(MDNS, 5353))).toEqual(['blue']);
    expect(reflector(BOTH, { red: BEHIND_BOUNDARY })(to(SSDP, 1900))).toEqual(['black']);
  });
});

it.each([
  [MDNS, 255, 255],
  [MDNS, 1, 1],
  [SSDP, 255, 254],
  [SSDP, 2, 1],
  [SSDP, 1, 1],
])('to %s with TTL %i, what is reflected goes on with %i', (destination, ttl, wanted) => {
  expect(reflectedTtl(datagram({ destination, ttl }))).toBe(wanted);
});
