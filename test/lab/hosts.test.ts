import { describe, expect, it } from 'vitest';
import { formatAddress } from '../../src/address.js';
import { describeConfiguration } from '../../src/config/describe.js';
import { planHost } from '../../src/host/plan.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { configured } from '../support/configured.js';
import { datagram, ip } from '../support/datagram.js';
import { typeAndCode } from '../support/icmp.js';

const to = (source: string, destination: string) => datagram({ source, destination, protocol: 250 });

describe('a host with a /32 beside a subnet', () => {
  const LAB = `
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 10.9.9.9/32, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1: { interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 203.0.113.1/24 } } }
`;

  it('is reached, and reaches others', () => {
    const lab = new VirtualLab(configured(LAB));
    lab.host('bob', 'blue').send(to('203.0.113.10', '10.9.9.9'));
    expect(lab.host('alice', 'red').take()).toHaveLength(1);
    lab.host('alice', 'red').send(to('10.9.9.9', '203.0.113.10'));
    expect(lab.host('bob', 'blue').take()).toHaveLength(1);
    expect(lab.host('alice', 'red').take()).toEqual([]);
  });
});

describe('a host with several addresses on a link', () => {
  const LAB = `
links: { red: {}, blue: {} }
hosts:
  alice:
    interfaces:
      red: { address: [198.51.100.10/24, 198.51.100.11/24, 192.0.2.10/24], routes: [default] }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces:
      red: { address: [198.51.100.1/24, 192.0.2.1/24] }
      blue: { address: 203.0.113.1/24 }
`;

  it('is reached at each of them', () => {
    const lab = new VirtualLab(configured(LAB));
    const link = lab.lab.links.get('red')!;
    const own = [...link.neighbors].filter(({ owner }) => owner.name === 'alice.red');
    expect(own.map(({ address, state }) => `${formatAddress(address)} ${state}`)).toEqual([
      '198.51.100.10 static',
      '198.51.100.11 static',
      '192.0.2.10 static',
    ]);
    for (const address of ['198.51.100.10', '198.51.100.11', '192.0.2.10'])
      lab.host('bob', 'blue').send(to('203.0.113.10', address));
    expect(lab.host('alice', 'red').take()).toHaveLength(3);
  });

  it('has each of them in its kernel, and says so in its configuration', () => {
    const configuration = configured(LAB);
    const changes = planHost(configuration).flatMap((each) =>
      each.kind === 'address' && each.namespace === 'alice' ? [each.address] : [],
    );
    expect(changes).toEqual(['198.51.100.10/24', '198.51.100.11/24', '192.0.2.10/24']);
    expect(describeConfiguration(configuration)).toMatchObject({
      hosts: {
        alice: {
          interfaces: { red: { address: ['198.51.100.10/24', '198.51.100.11/24', '192.0.2.10/24'] } },
        },
        bob: { interfaces: { blue: { address: '203.0.113.10/24' } } },
      },
    });
  });
});

describe('a host as next hop', () => {
  /** Bob is on both links, and his kernel forwards. */
  const LAB = `
links: { red: { gateway: bob }, blue: { gateway: bob } }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob:
    interfaces:
      red: { address: 198.51.100.20/24 }
      blue: { address: 203.0.113.20/24 }
  carol: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
`;
  const ROUTER = `
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 } }
    routes: [{ to: 203.0.113.0/24, via: 198.51.100.20 }]
`;

  it('is the gateway of a link', () => {
    const configuration = configured(LAB);
    const lab = new VirtualLab(configuration);
    lab.host('alice', 'red').send(to('198.51.100.10', '203.0.113.10'));
    expect(lab.host('bob', 'red').take()).toHaveLength(1);
    // What bob's kernel forwards.
    lab.host('bob', 'blue').send(to('198.51.100.10', '203.0.113.10'));
    expect(lab.host('carol', 'blue').take()).toHaveLength(1);
    const routes = planHost(configuration).flatMap((each) => (each.kind === 'route' ? [each.via] : []));
    expect(routes).toEqual([ip('198.51.100.20'), ip('203.0.113.20')]);
  });

  it('leaves addresses without an owner to a router, which says so', () => {
    const lab = new VirtualLab(configured(LAB + ROUTER));
    lab.host('alice', 'red').send(to('198.51.100.10', '198.51.100.99'));
    expect(lab.host('alice', 'red').take().map(typeAndCode)).toEqual([[3, 1]]);
    expect(lab.host('bob', 'red').take()).toEqual([]);
  });

  it('is that of a router, too', () => {
    const lab = new VirtualLab(
      configured(LAB.replace('red: { gateway: bob }', 'red: { gateway: r1 }') + ROUTER),
    );
    lab.host('alice', 'red').send(to('198.51.100.10', '203.0.113.10'));
    expect(
      lab
        .host('bob', 'red')
        .take()
        .map((each) => each[8]),
    ).toEqual([63]);
  });
});
