import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceNames } from '../../src/config/device-names.js';

describe('the name of a TUN device', () => {
  it('is that of host and link, cut to 15 octets', () => {
    const names = new DeviceNames([]);
    expect([names.nameFor('a', 'red'), names.nameFor('alice-and-bob', 'red')]).toEqual([
      'tp-a-red',
      'tp-alice-and-bo',
    ]);
  });

  it('ends in the lowest free number, with room for its digits, where others are called the same', () => {
    const names = new DeviceNames(['tp-alice-and-4', 'tp-alice-an-11']);
    const given = Array.from({ length: 110 }, () => names.nameFor('alice-and-bob', 'red'));
    const expected = [
      'tp-alice-and-bo',
      ...[2, 3, 4, 5, 6, 7, 8, 9].map((at) => `tp-alice-and--${at}`),
      ...Array.from({ length: 90 }, (_, at) => `tp-alice-and-${at + 10}`),
      ...Array.from({ length: 11 }, (_, at) => `tp-alice-an-${at + 100}`),
    ];
    expect(given).toEqual(expected);
  });

  it('is nobody else’s, and nothing that the file gives, in 1 to 15 octets', () => {
    const host = fc.constantFrom('a', 'alice-and-bob', 'alice-and-bob-2', 'alice-and-bo');
    const taken = fc.subarray(['tp-a-red', 'tp-alice-and-bo', 'tp-alice-and--2', 'tp-alice-and--9']);
    fc.assert(
      fc.property(taken, fc.array(host, { maxLength: 30 }), (taken, hosts) => {
        const names = new DeviceNames(taken);
        const given = hosts.map((each) => names.nameFor(each, 'red'));
        expect(new Set([...taken, ...given]).size).toBe(taken.length + given.length);
        for (const each of given) expect(each).toMatch(/^tp-[a-z0-9-]{1,12}$/);
      }),
      { numRuns: 100 },
    );
  });
});
