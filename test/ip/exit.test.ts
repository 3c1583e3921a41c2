import { describe, expect, it } from 'vitest';
import type { Address } from '../../src/address.js';
import type { Interface } from '../../src/interface.js';
import { isAttached } from '../../src/ip/exit.js';
import * as ipv4 from '../../src/ip/header.js';
import { datagram, ip } from '../support/datagram.js';
import { BLUE_HOP, interfaces, RED_HOP, route, routingOf } from './routing-made.js';

describe('the exit', () => {
  const own = interfaces();
  const [red, blue] = own;
  const nexthops = [RED_HOP, BLUE_HOP];
  const routing = routingOf({
    interfaces: own,
    routes: [
      route('10.1.0.0/16', { nexthops: [BLUE_HOP] }),
      route('10.2.0.0/16', { nexthops }),
      route('10.3.0.0/16', { type: 'blackhole', nexthops: [] }),
      route('10.4.0.0/16', { tos: 8 }),
      route('10.5.0.0/16', { tos: 8 }),
      route('10.5.0.0/16', { nexthops: [BLUE_HOP] }),
    ],
  });
  const onward = (destination: string, tos = 0) => routing.onwardExit(datagram({ destination, tos }));
  const answer = (destination: string) => routing.exitTo(ip(destination), datagram());

  it('is the next hop of the route, or the destination itself where that is on the link', () => {
    const byBlue = { egress: blue, nextHop: BLUE_HOP.via };
    expect([onward('10.1.0.1'), answer('10.1.0.1')]).toEqual([byBlue, byBlue]);
    const itself = { egress: red, nextHop: ip('192.0.2.44') };
    expect([onward('192.0.2.44'), answer('192.0.2.44')]).toEqual([itself, itself]);
  });

  it.each(['9.9.9.9', '10.3.0.1', '192.0.2.1', '192.0.2.255'])('is not there for %s', (destination) => {
    expect([onward(destination), answer(destination)]).toEqual([undefined, undefined]);
  });

  it('goes by the type of service; an answer takes any way rather than none', () => {
    expect([onward('10.4.0.1'), onward('10.4.0.1', 8)]).toEqual([
      undefined,
      { egress: red, nextHop: RED_HOP.via },
    ]);
    expect([onward('10.5.0.1')?.egress, onward('10.5.0.1', 8)?.egress]).toEqual([blue, red]);
    expect([answer('10.4.0.1')?.egress, answer('10.5.0.1')?.egress]).toEqual([red, blue]);
  });

  it('is one of several by the flow, and an answer goes with the flow that it answers', () => {
    const seen = new Set<Interface>();
    for (let last = 1; last < 40; last += 1) {
      const [here, there]: [Address, Address] = [ip('192.0.2.10'), ip('10.2.0.0') + last];
      const forth = datagram({ source: here, destination: there, protocol: ipv4.PROTOCOL_UDP });
      const back = datagram({
        source: there,
        destination: here,
        payload: [7, 208, 3, 232, 0, 8, 0, 0],
      });
      const { egress } = routing.onwardExit(forth)!;
      expect(routing.exitTo(there, back)?.egress).toBe(egress);
      seen.add(egress);
    }
    expect([...seen].sort((a, b) => a.index - b.index)).toEqual([red, blue]);
  });

  it('of an answer is not there where nobody is at the next hop', () => {
    own[1].dead.add(BLUE_HOP.via);
    routing.changed();
    expect([answer('10.1.0.1'), onward('10.1.0.1')?.egress]).toEqual([undefined, blue]);
    own[1].dead.clear();
    routing.changed();
  });
});

describe('an address', () => {
  it('is attached where any interface has a subnet around it', () => {
    const addresses = ['192.0.2.77', '203.0.113.0', '203.0.114.0', '10.1.0.1'].map(ip);
    expect(addresses.map((each) => isAttached(each, interfaces()))).toEqual([true, true, false, false]);
  });
});
