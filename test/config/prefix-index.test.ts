import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, isWithin, type Prefix, prefixOf } from '../../src/address.js';
import { Connected } from '../../src/config/connected.js';
import { PrefixIndex } from '../../src/config/prefix-index.js';

/** Prefixes in which one another's are often found, at both ends of the address space, too. */
const prefix: fc.Arbitrary<Prefix> = fc
  .tuple(fc.constantFrom(0, 0x0a000000, 0xfffffff8), fc.nat(7), fc.constantFrom(0, 1, 8, 28, 29, 30, 31, 32))
  .map(([from, at, length]) => prefixOf((from + at) >>> 0, length));

const overlap = (a: Prefix, b: Prefix): boolean => isWithin(a, b) || isWithin(b, a);

it('of the prefixes of others that overlap one, the first is found that was added', () => {
  const entry = fc.record({ prefix, owner: fc.constantFrom('a', 'b', 'c') });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
      const index = new PrefixIndex<number>();
      for (const [at, { prefix, owner }] of entries.entries()) {
        const before = entries.slice(0, at);
        const first = before.findIndex((each) => each.owner !== owner && overlap(each.prefix, prefix));
        expect(index.firstOverlapping(prefix, owner)).toBe(first === -1 ? undefined : first);
        index.add(prefix, owner, at);
      }
    }),
    { numRuns: 200 },
  );
});

describe('the networks that a router is connected to', () => {
  it('are each there once, with the first link; those around an address come the longest first', () => {
    const network = fc.record({ prefix, link: fc.constantFrom('red', 'blue', 'core') });
    const address = fc.constantFrom(0, 1, 0x0a000000, 0x0a000003, 0xffffffff);
    fc.assert(
      fc.property(fc.array(network, { maxLength: 8 }), address, prefix, (networks, address, other) => {
        const isSame = (a: Prefix, b: Prefix): boolean => a.network === b.network && a.length === b.length;
        const first = networks.filter(
          (each, at) => networks.findIndex((before) => isSame(before.prefix, each.prefix)) === at,
        );
        const connected = new Connected(networks);
        expect(connected.prefixes).toEqual(first.map((each) => each.prefix));
        expect(connected.has(other)).toBe(networks.some((each) => isSame(each.prefix, other)));
        expect([...connected.around(address)]).toEqual(
          first
            .filter((each) => contains(each.prefix, address))
            .sort((a, b) => b.prefix.length - a.prefix.length),
        );
      }),
      { numRuns: 200 },
    );
  });
});
