import { describe, expect, it } from 'vitest';
import { formatAddress, prefixOf } from '../../src/address.js';
import { Subnets } from '../../src/link/subnets.js';
import { ip } from '../support/datagram.js';

describe('the subnets of a link', () => {
  const subnets = new Subnets([
    prefixOf(ip('10.0.0.0'), 24),
    prefixOf(ip('192.0.2.0'), 30),
    prefixOf(ip('198.51.100.0'), 31),
    prefixOf(ip('203.0.113.7'), 32),
  ]);

  it('have the addresses of hosts of any of them, and no others', () => {
    for (const host of ['10.0.0.1', '10.0.0.254', '192.0.2.2', '198.51.100.0', '198.51.100.1', '203.0.113.7'])
      expect(subnets.has(ip(host)), host).toBe(true);
    for (const other of ['10.0.0.0', '10.0.0.255', '10.0.1.1', '192.0.2.3', '198.51.100.2', '203.0.113.8'])
      expect(subnets.has(ip(other)), other).toBe(false);
  });

  it('have a broadcast address where they are of more than two addresses', () => {
    expect(subnets.broadcasts.map(formatAddress)).toEqual(['10.0.0.255', '192.0.2.3']);
  });
});
