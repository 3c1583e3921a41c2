import { describe, expect, it } from 'vitest';
import { Storage } from '../../src/link/storage.js';

describe('where the links of a lab keep what is on its way', () => {
  it('there is room for a GiB, and for no octet more', () => {
    const storage = new Storage();
    expect([storage.hasRoom(2 ** 30), storage.hasRoom(2 ** 30 + 1)]).toEqual([true, false]);
    storage.octets = 2 ** 30 - 100;
    expect([storage.hasRoom(100), storage.hasRoom(101)]).toEqual([true, false]);
  });

  it('pieces are of 128 KiB, and 32 of those that are given back are used again', () => {
    const storage = new Storage();
    const pieces = new Set(Array.from({ length: 40 }, () => storage.take()));
    expect(pieces.size).toBe(40);
    expect([...pieces].every(({ length }) => length === 128 * 1024)).toBe(true);
    for (const each of pieces) storage.giveBack(each);
    const again = new Set(Array.from({ length: 40 }, () => storage.take()));
    expect([again.size, [...again].filter((each) => pieces.has(each)).length]).toEqual([40, 32]);
  });
});
