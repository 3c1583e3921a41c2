import { describe, expect, it } from 'vitest';
import { Arena, READ_ROOM } from '../../src/tun/arena.js';

describe('the arena', () => {
  it('offers every read room for the longest datagram', () => {
    const { input } = new Arena();
    expect(input.room).toBe(READ_ROOM);
    expect(READ_ROOM).toBeGreaterThan(65_535 + 12);
    expect(input.offsets.length).toBe(1024);
    expect(input.limit).toBeGreaterThanOrEqual(128 * 1024 + READ_ROOM);
  });

  it('allocates behind the input region, apart and aligned', () => {
    const arena = new Arena();
    const first = arena.allocate(100);
    const second = arena.allocate(1);
    expect(first.length).toBe(100);
    expect(first.byteOffset).toBeGreaterThanOrEqual(arena.input.limit);
    expect(first.byteOffset % 64).toBe(0);
    expect(second.byteOffset % 64).toBe(0);
    expect(second.byteOffset).toBeGreaterThanOrEqual(first.byteOffset + 100 + 16);
  });

  it('gives octets that hold nothing of the datagrams before', () => {
    const arena = new Arena();
    arena.allocate(64).fill(0xff);
    arena.reset();
    expect(arena.allocate(64)).toEqual(new Uint8Array(64));
  });

  it('turns to the heap when the scratch region is full, and back after a reset', () => {
    const arena = new Arena();
    for (let left = 4 * 1024 * 1024; left > 0; left -= 65_536) arena.allocate(65_535);
    const onHeap = arena.allocate(65_535);
    expect(onHeap.length).toBe(65_535);
    expect(arena.offsetOf(onHeap)).toBeUndefined();
    arena.reset();
    expect(arena.offsetOf(arena.allocate(65_535))).toBeGreaterThanOrEqual(arena.input.limit);
  });
});
