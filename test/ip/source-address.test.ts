import { describe, expect, it } from 'vitest';
import { addressTowards } from '../../src/ip/source-address.js';
import { ip } from '../support/datagram.js';
import { testInterface } from '../support/router.js';

const red = testInterface('red', ['192.0.2.1/24', '10.1.0.1/16', '10.1.2.1/24']);
const blue = testInterface('blue', ['198.51.100.1/24', '198.51.101.1/24'], { index: 2 });
const green = testInterface('green', ['203.0.113.1/24'], { index: 4 });
const bare = testInterface('bare', [], { index: 3 });
const LOOPBACK = ip('10.255.0.1');

describe('the source address towards a peer', () => {
  it.each([
    ['192.0.2.77', '192.0.2.1'],
    ['10.1.9.9', '10.1.0.1'],
    ['10.1.2.9', '10.1.0.1'],
    ['203.0.113.9', '192.0.2.1'],
  ])('of %s is the first one in its subnet, or else the primary one: %s', (peer, wanted) => {
    for (const loopback of [undefined, LOOPBACK])
      expect(addressTowards(red, ip(peer), loopback, [bare, red])).toBe(ip(wanted));
  });

  it('of an unnumbered interface is borrowed from the loopback, or else the first one of the router', () => {
    const peer = ip('198.51.101.9');
    expect(addressTowards(bare, peer, LOOPBACK, [bare, blue, red])).toBe(LOOPBACK);
    expect(addressTowards(bare, peer, undefined, [bare, blue, red])).toBe(ip('198.51.100.1'));
    expect(addressTowards(bare, peer, undefined, [bare, green, blue])).toBe(ip('203.0.113.1'));
    expect(addressTowards(bare, peer, undefined, [bare])).toBeUndefined();
  });
});
