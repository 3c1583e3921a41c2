import { describe, expect, it } from 'vitest';
import { RouteTable } from '../../src/config/route-table.js';

/** The slot at which a route of /24 is looked for first, in a table of 4096 slots. */
const slotOf = (network: number): number => {
  const mixed = Math.imul(network ^ (24 << 3), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) & 4095;
};

describe('a table of routes', () => {
  it('knows what it does not have, however the slots of what it has lie', () => {
    // As many as go in before there are more slots, each with an even one.
    const even: number[] = [];
    for (let at = 0; even.length < 2049; at += 1)
      if (slotOf(0x14000000 + at * 256) % 2 === 0) even.push(0x14000000 + at * 256);
    const table = new RouteTable('t.txt', '/t.txt');
    for (const network of even.slice(0, 2048))
      expect(table.add({ network, length: 24 }, { type: 'blackhole', via: undefined, metric: 0 }, 1)).toBe(
        true,
      );
    expect([table.size, table.shared.slots.length]).toEqual([2048, 4096]);
    for (const network of even) expect(table.wayTo(network, 24, 0)).toBe(network === even[2048] ? -1 : 0);
  });
});
