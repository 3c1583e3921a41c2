import { describe, expect, it } from 'vitest';
import { formatAddress, formatPrefix } from '../../src/address.js';
import type { Configuration } from '../../src/config/configuration.js';
import { readConfiguration } from '../../src/config/read.js';
import { DEFAULT_IGMP_SETTINGS } from '../../src/igmp/settings.js';
import { DEFAULT_SETTINGS } from '../../src/settings.js';
import { EXAMPLE } from './example.js';

const read = (text: string, file = 'lab.yaml'): Configuration => {
  const { configuration, problems } = readConfiguration(text, file);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return configuration!;
};

const SMALLEST = `
version: 1
links: { red: {} }
hosts: { alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } } }
routers: { r1: { interfaces: { red: { address: 198.51.100.1/24 } } } }
`;

describe('the smallest useful file', () => {
  it('gets every default', () => {
    const { name, links, hosts, routers, log, control } = read(SMALLEST, '/tmp/my lab.yaml');
    expect(name).toBe('my-lab');
    expect(links.get('red')).toEqual({ name: 'red', mtu: 1500, gateway: 'r1', from: new Map() });
    const [attachment] = hosts.get('alice')!.interfaces;
    expect(hosts.get('alice')!.namespace).toBe('alice');
    expect(attachment).toMatchObject({ link: 'red', device: 'tp-alice-red', persistent: false });
    expect(attachment!.routes.map(({ to }) => formatPrefix(to))).toEqual(['0.0.0.0/0']);
    expect(formatAddress(attachment!.address.address)).toBe('198.51.100.10');
    expect(routers.get('r1')!.settings).toEqual(DEFAULT_SETTINGS);
    expect(routers.get('r1')!.interfaces[0]).toMatchObject({ link: 'red', forwarding: true });
    expect(log).toEqual({ level: 'info', format: 'auto' });
    expect(control).toEqual({ socket: undefined, mode: 0o660, group: undefined, readOnlySocket: undefined });
  });

  it.each([
    ['stdin', 'stdin'],
    ['a/b/tunpike.yaml', 'tunpike'],
    ['.yaml', 'yaml'],
    ['---.yml', 'lab'],
    ['a/b c!!d.yaml', 'b-c-d'],
    ['self/_x.lab.yaml', 'x.lab'],
    [`${'n'.repeat(70)}.yaml`, 'n'.repeat(63)],
  ])('is called after its file %s: %s', (file, name) => {
    expect(read(SMALLEST, file).name).toBe(name);
  });

  it('needs neither hosts nor routers to be read', () => {
    expect(read('version: 1\nlinks: {}\n').links.size).toBe(0);
  });
});

describe('a file with every key', () => {
  it('is fine', () => {
    const { configuration, problems } = readConfiguration(EXAMPLE, 'lab.yaml');
    expect(problems).toEqual([]);
    const routes = configuration!.routers.get('r1')!.routes;
    expect(routes.map(({ type }) => type)).toEqual([
      'unicast',
      'blackhole',
      'unicast',
      'unreachable',
      'unicast',
    ]);
    expect(routes[1]).not.toHaveProperty('nexthops');
    expect(routes[2]).toMatchObject({ tos: 16, nexthops: [{ link: 'core', weight: 1 }] });
    expect(routes[4]).toMatchObject({ metric: 20, nexthops: [{ weight: 2 }, { link: 'red' }] });
    expect(configuration!.control).toEqual({
      socket: '/run/tunpike/lab.sock',
      mode: 0o660,
      group: 'netdev',
      readOnlySocket: '/run/tunpike/lab.ro.sock',
    });
  });

  it('keeps names in the order of the file, those that look like numbers, too', () => {
    const text =
      'version: 1\nlinks: { b: {}, 10: {}, a: {}, 2: {} }\n' +
      'routers: { r1: { interfaces: { b: { address: 10.0.0.1/24 }, 10: { address: 10.0.1.1/24 }, a: { address: 10.0.2.1/24 }, 2: { address: 10.0.3.1/24 } } } }\n';
    const { links, routers } = read(text);
    expect([...links.keys()]).toEqual(['b', '10', 'a', '2']);
    expect(routers.get('r1')!.interfaces.map(({ link }) => link)).toEqual(['b', '10', 'a', '2']);
  });
});

describe('IGMP and multicast', () => {
  const router = (igmp: string, multicast = '') =>
    read(`
version: 1
links: { red: {}, blue: {}, grey: {} }
hosts: { a: { interfaces: { red: { address: 10.0.0.2/24 } } }, b: { interfaces: { blue: { address: 10.0.1.2/24 } } } }
routers:
  r1: { interfaces: { red: { address: 10.0.0.1/24${igmp} }, blue: { address: 10.0.1.1/24 } }${multicast} }
`).routers.get('r1')!;

  it('are a version 3 querier with the defaults of the RFC where nothing more is said', () => {
    expect(router(', igmp: {}').interfaces[0]!.igmp).toEqual(DEFAULT_IGMP_SETTINGS);
  });

  it('are an older querier where that is said', () => {
    expect(router(', igmp: { version: 2, querier: always }').interfaces[0]!.igmp).toEqual({
      ...DEFAULT_IGMP_SETTINGS,
      version: 2,
      querier: 'always',
    });
  });

  it('are no IGMP, and forwarding as interest and reverse path have it, where nothing is said', () => {
    const { interfaces, multicast } = router('');
    expect(interfaces.map(({ igmp }) => igmp)).toEqual([undefined, undefined]);
    expect(multicast).toEqual({
      routing: true,
      reversePath: 'strict',
      upstream: undefined,
      routes: [],
      reflect: [],
    });
    expect(router('', ', multicast: {}').multicast).toEqual(multicast);
  });

  it('have boundaries by prefix or by name, and a threshold, on interfaces with IGMP or without', () => {
    const { interfaces } = router(
      ', multicast-boundary: [local, organization-local, 224.1.0.0/16], multicast-ttl-threshold: 0x10, multicast-ttl: pass',
    );
    expect(interfaces.map(({ scope }) => scope)).toEqual([
      {
        boundary: [
          { network: 0xefff0000, length: 16 },
          { network: 0xefc00000, length: 14 },
          { network: 0xe0010000, length: 16 },
        ],
        ttlThreshold: 16,
        ttl: 'pass',
      },
      { boundary: [], ttlThreshold: 1 },
    ]);
  });

  it('are what the file says', () => {
    const settings = {
      version: 3,
      querier: 'never',
      'ignore-versions': [1],
      'query-interval': '1m',
      'query-response-interval': '250ms',
      'last-member-query-interval': '0.5s',
      'last-member-query-count': 4,
      'startup-query-interval': '31.25s',
      'startup-query-count': 5,
      robustness: 3,
      'fast-leave': 'tracked',
      'router-alert': false,
      'require-router-alert': true,
      'router-discovery': true,
      'max-groups': 7,
      'max-sources': 8,
      'accept-groups': [{ group: '239.0.0.0/8' }],
      'deny-groups': [{ group: '239.66.0.0/16', source: '203.0.113.0/24' }],
      'static-groups': [
        { group: '239.1.2.3' },
        { group: '232.1.1.1', source: '203.0.113.10' },
        { group: '239.1.0.0/16' },
      ],
      'join-groups': [{ group: '239.255.0.1' }],
    };
    const routes = '{ group: 239.9.9.9, source: 10.0.0.2, in: red, out: [blue, grey] }';
    const { interfaces, multicast } = router(
      `, igmp: ${JSON.stringify(settings)}`,
      `, multicast: { routing: false, reverse-path: off, upstream: blue, routes: [${routes}], reflect: [{ service: mdns, between: [red, blue] }] }`,
    );
    expect(interfaces[0]!.igmp).toEqual({
      version: 3,
      querier: 'never',
      ignoreVersions: [1],
      queryInterval: 60_000,
      queryResponseInterval: 250,
      lastMemberQueryInterval: 500,
      lastMemberQueryCount: 4,
      startupQueryInterval: 31_250,
      startupQueryCount: 5,
      robustness: 3,
      fastLeave: 'tracked',
      routerAlert: false,
      requireRouterAlert: true,
      routerDiscovery: true,
      maxGroups: 7,
      maxSources: 8,
      acceptGroups: [{ group: { network: 0xef000000, length: 8 }, source: undefined }],
      denyGroups: [
        { group: { network: 0xef420000, length: 16 }, source: { network: 0xcb007100, length: 24 } },
      ],
      staticGroups: [
        { group: { network: 0xef010203, length: 32 }, source: undefined },
        { group: { network: 0xe8010101, length: 32 }, source: 0xcb00710a },
        { group: { network: 0xef010000, length: 16 }, source: undefined },
      ],
      joinGroups: [{ group: 0xefff0001, source: undefined }],
      ssmRanges: [],
    });
    expect(multicast).toEqual({
      routing: false,
      reversePath: 'off',
      upstream: 'blue',
      routes: [
        {
          group: { network: 0xef090909, length: 32 },
          source: 0x0a000002,
          in: 'red',
          out: ['blue', 'grey'],
        },
      ],
      reflect: [{ service: 'mdns', between: ['red', 'blue'] }],
    });
  });
});

describe('device names', () => {
  it('are cut to 15 octets and stay unique, also beside names that the file gives', () => {
    const host = (name: string, at: number, rest = '') =>
      `  ${name}: { interfaces: { red: { address: 10.0.0.${at}/24 ${rest} } } }\n`;
    const text =
      'version: 1\nlinks: { red: {} }\nhosts:\n' +
      host('frontend-server-1', 1) +
      host('frontend-server-2', 2) +
      host('frontend-server-3', 3) +
      host('other', 4, ', device: tp-frontend-s-2');
    const names = [...read(text).hosts.values()].map(({ interfaces }) => interfaces[0]!.device);
    expect(names).toEqual(['tp-frontend-ser', 'tp-frontend-s-3', 'tp-frontend-s-4', 'tp-frontend-s-2']);
  });
});

describe('next hops', () => {
  const text = (via: string) => `
version: 1
links: { a: {}, b: { gateway: r1 } }
hosts:
  x: { interfaces: { a: { address: 10.0.0.9/24 } } }
routers:
  r1:
    interfaces: { a: { address: 10.0.0.1/24 }, b: {} }
    ip: { loopback: 192.0.2.1/32 }
    routes: [{ to: 10.9.0.0/16, via: ${via} }]
  r2:
    interfaces: { b: {} }
    ip: { loopback: 192.0.2.2/32 }
`;
  it.each([
    ['10.0.0.9', 'a', 'a host’s address'],
    ['10.0.0.77', 'a', 'an address that nobody owns yet, on a connected network'],
    ['192.0.2.2', 'b', 'the loopback address of a router over an unnumbered link'],
  ])('may be %s on link %s: %s', (via, link) => {
    expect(read(text(via)).routers.get('r1')!.routes[0]).toMatchObject({ nexthops: [{ link }] });
  });
});

it('accepts addresses of /31 and /32, several on an interface, and 240/4 where it is unicast', () => {
  const text = `
version: 1
links: { a: {}, b: {}, c: {} }
hosts:
  x: { interfaces: { a: { address: 10.0.0.1/31 } } }
  y: { interfaces: { b: { address: 10.0.1.2/32 } } }
  z: { interfaces: { c: { address: 240.0.0.2/24 } } }
routers:
  r1:
    interfaces: { a: { address: 10.0.0.0/31 }, b: { address: 10.0.1.1/32 }, c: { address: [240.0.0.1/24, 10.0.3.1/24] } }
    ip: { class-e: true }
`;
  expect(read(text).routers.get('r1')!.interfaces[2]!.addresses.length).toBe(2);
});
