import { describe, expect, it } from 'vitest';
import { decodeFloat, encodeFloat, LARGEST_CODED_VALUE } from '../../src/igmp/float-code.js';

/** Every number that has a code, by the definition of RFC 9776 §4.1.1, and the largest that is not above a value. */
const naive = (value: number): number => {
  let best = 0;
  for (let code = 0; code < 256; code += 1) {
    const number = code < 128 ? code : ((code % 16) + 16) * 2 ** (Math.floor((code - 128) / 16) + 3);
    if (number <= value) best = code;
  }
  return best;
};

describe('a coded number', () => {
  it.each([
    [127, 0x7f], [128, 0x80], [135, 0x80], [136, 0x81], [248, 0x8f], [256, 0x90], [300, 0x92], [1000, 0xaf],
    [1024, 0xb0], [31744, 0xff], [31745, 0xff], [1_000_000, 0xff], [0, 0], [-3, 0], [99.9, 99],
  ])('A10 A08 A09 of %d is %d, rounded down', (value, code) => {
    expect(encodeFloat(value)).toBe(code);
  }); // biome-ignore format: a table

  it('A10 of 300 and 1000 stands for 288 and 992', () => {
    expect([decodeFloat(0x92), decodeFloat(0xaf)]).toEqual([288, 992]);
  });

  it('A11 comes back from each of the 256 codes', () => {
    for (let code = 0; code < 256; code += 1) expect(encodeFloat(decodeFloat(code))).toBe(code);
    expect(decodeFloat(255)).toBe(LARGEST_CODED_VALUE);
  });

  it('A08 is the greatest that is not above the value', () => {
    for (let value = 0; value < 33_000; value += 13) expect(encodeFloat(value)).toBe(naive(value));
  });
});
