import { describe, expect, it } from 'vitest';
import { type Address, formatAddress } from '../../src/address.js';
import * as ipv4 from '../../src/ip/header.js';
import { VirtualLab } from '../../src/lab/virtual-lab.js';
import { milliseconds } from '../../src/time.js';
import { configured } from '../support/configured.js';
import { datagram, ip } from '../support/datagram.js';
import { messageOf, typeAndCode } from '../support/icmp.js';

const BOB = '203.0.113.10';

/** Two routers on alice's link: r1 is the gateway, and reaches bob by r2. */
const LAB = `
links: { red: { gateway: r1 }, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  carol: { interfaces: { red: { address: 198.51.100.20/24 } } }
  bob: { interfaces: { blue: { address: ${BOB}/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 } }
    routes: [{ to: 203.0.113.0/24, via: 198.51.100.2 }]
  r2: { interfaces: { red: { address: 198.51.100.2/24 }, blue: { address: 203.0.113.1/24 } } }
`;

/** A lab in which alice's routes say what `alice.via` says. */
const running = (text = LAB) => {
  const routes: { via?: string; asked: number } = { asked: 0 };
  const lab = new VirtualLab(configured(text), {
    nextHopOf: (host): Address | undefined => {
      if (host !== 'alice') return undefined;
      routes.asked += 1;
      return routes.via === undefined ? undefined : ip(routes.via);
    },
  });
  const alice = lab.host('alice', 'red');
  const send = (destination = BOB) => {
    alice.send(datagram({ source: '198.51.100.10', destination, protocol: 250 }));
    return alice.take().filter((each) => ipv4.protocol(each) === ipv4.PROTOCOL_ICMP);
  };
  const ttls = () =>
    lab
      .host('bob', 'blue')
      .take()
      .map((each) => ipv4.ttl(each));
  return { lab, alice, routes, send, ttls };
};

describe('the next hop that a host has chosen', () => {
  it('gets the datagram; where the host names none, the gateway does', () => {
    const { lab, routes, send, ttls } = running();
    expect(send().map(typeAndCode)).toEqual([[5, 1]]);
    expect(ttls()).toEqual([62]);
    lab.advance(milliseconds(300));
    routes.via = '198.51.100.2';
    expect(send()).toEqual([]);
    expect(ttls()).toEqual([63]);
  });

  it('is heeded at once where the host’s kernel tells of a change, and within 0.3 s where not', () => {
    const { lab, alice, routes, send, ttls } = running();
    routes.via = '198.51.100.2';
    send();
    routes.via = '198.51.100.1';
    send();
    alice.routesChanged([ip('198.51.100.1'), ip('198.51.100.2')]);
    send();
    expect(ttls()).toEqual([63, 63, 62]);
    routes.via = '198.51.100.2';
    lab.advance(milliseconds(300));
    send();
    expect(ttls()).toEqual([63]);
  });

  it('is another router after one redirect, which is sent once', () => {
    const { lab, alice, routes, send, ttls } = running();
    alice.routesChanged([ip('198.51.100.1')]);
    const [redirect] = send();
    expect(routes.asked).toBe(0);
    expect(formatAddress(new DataView(redirect!.buffer, redirect!.byteOffset).getUint32(24))).toBe(
      '198.51.100.2',
    );
    routes.via = '198.51.100.2';
    for (let i = 0; i < 5; i++) {
      lab.advance(milliseconds(30));
      expect(send()).toEqual([]);
    }
    expect(ttls()).toEqual([62, 63, 63, 63, 63, 63]);
  });

  it('may be a host on the link, and may lead to an address on the link', () => {
    const { lab, routes, send } = running();
    routes.via = '198.51.100.20';
    send();
    expect(lab.host('carol', 'red').take()).toHaveLength(1);
    routes.via = '198.51.100.2';
    send('198.51.100.20');
    const [forwarded] = lab.host('carol', 'red').take();
    expect(ipv4.ttl(forwarded!)).toBe(63);
  });

  it('is unreachable where nobody on the link owns it, or who does is down; the gateway says so', () => {
    const { lab, routes, send, ttls } = running();
    routes.via = '198.51.100.77';
    const [error] = send();
    expect(typeAndCode(error!)).toEqual([3, 1]);
    expect(formatAddress(ipv4.source(error!))).toBe('198.51.100.1');
    expect(messageOf(error!)[8 + 8]).toBe(64);
    lab.host('carol', 'red').setUp(false);
    routes.via = '198.51.100.20';
    expect(send('203.0.113.11').map(typeAndCode)).toEqual([[3, 1]]);
    expect(ttls()).toEqual([]);
    const r1 = lab.lab.routers.get('r1')!;
    expect(r1.interfaces[0]!.drops.get('host-unreachable')?.packets).toBe(2);
    expect(r1.ledger).toMatchObject({ received: 2, dropped: 2 });
  });

  it('is counted as unreachable where no router is there to say so', () => {
    const { lab, routes, send } = running(`
links: { red: { gateway: carol } }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  carol: { interfaces: { red: { address: 198.51.100.20/24 } } }
  dave: { interfaces: { red: { address: 198.51.100.30/24 } } }
`);
    routes.via = '198.51.100.77';
    expect(send()).toEqual([]);
    expect(lab.lab.links.get('red')!.drops.get('host-unreachable')?.packets).toBe(1);
    expect(lab.host('carol', 'red').take()).toEqual([]);
  });

  it('is nobody’s business for groups, broadcasts, and what cannot be read', () => {
    const { lab, alice, routes, send } = running();
    routes.via = '198.51.100.77';
    send('239.1.2.3');
    send('198.51.100.255');
    alice.send(Uint8Array.of(0x45, 0, 0));
    expect(lab.host('carol', 'red').take()).toHaveLength(2);
    expect(routes.asked).toBe(0);
  });

  it('is not asked for where the host is beside one router only', () => {
    const { routes, send } = running(`
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: ${BOB}/24, routes: [default] } } }
routers:
  r1: { interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 203.0.113.1/24 } } }
`);
    send();
    expect(routes.asked).toBe(0);
  });

  it('is asked for again when a new configuration makes another router the gateway', () => {
    const { lab, alice, routes, send } = running();
    alice.routesChanged([ip('198.51.100.1')]);
    lab.apply(configured(LAB.replace('gateway: r1', 'gateway: r2')));
    routes.via = '198.51.100.1';
    expect(send().map(typeAndCode)).toEqual([[5, 1]]);
  });
});
