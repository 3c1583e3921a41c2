import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefixOf } from '../../src/address.js';
import { formatRoute } from '../../src/host/plan.js';
import { readAddress, readRoute } from '../../src/host/route-text.js';
import { formatInterfaceAddress } from '../../src/text/addresses.js';

const prefix = fc
  .tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0, max: 32 }))
  .map(([address, length]) => prefixOf(address, length));
const device = fc.constantFrom('tp-alice-red', 'a', 'r1.red', 'A_0');

describe('a route in a state file', () => {
  it('is read back as it was written', () => {
    const via = fc.option(fc.integer({ min: 0, max: 0xffffffff }), { nil: undefined });
    fc.assert(
      fc.property(prefix, via, device, fc.boolean(), (to, next, name, onlink) => {
        const text = formatRoute({ kind: 'route', namespace: 'x', device: name, to, via: next, onlink });
        expect(readRoute(text)).toEqual({ to, via: next, device: name, onlink });
      }),
      { numRuns: 300 },
    );
  });

  it('is nothing else that looks like one', () => {
    const letters = fc.constantFrom(
      'default',
      ' ',
      'via',
      'dev',
      'tp0',
      '10.0.0.0/8',
      '192.0.2.1',
      '\n',
      'onlink',
      ';',
    );
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 9 }), (words) => {
        const text = words.join('');
        const route = readRoute(text);
        if (route === undefined) return;
        expect(formatRoute({ kind: 'route', namespace: 'x', ...route })).toBe(text);
      }),
      { numRuns: 2000 },
    );
    for (const text of [
      'default dev a b',
      'default dev tp0\n',
      ' default dev tp0',
      '10.0.0.1/8 dev a',
      '1.2.3 dev a',
    ])
      expect(readRoute(text)).toBeUndefined();
  });
});

describe('an address in a state file', () => {
  it('is read back as it was written', () => {
    const own = { address: 0xc633640a, prefix: prefixOf(0xc633640a, 24) };
    expect(readAddress(formatInterfaceAddress(own))).toEqual(own);
    for (const text of ['198.51.100.10', '198.51.100.10/24\n', '198.51.100.10/24 dev a', '198.51.100.0/24'])
      expect(readAddress(text)).toBeUndefined();
  });
});
