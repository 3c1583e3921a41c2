import { describe, expect, it } from 'vitest';
import * as ipv4 from '../../src/ip/header.js';
import { instant, NEVER, START } from '../../src/time.js';
import { datagram } from '../support/datagram.js';
import { filtersMade, named } from './filters-made.js';

describe('fragments and filters', () => {
  const piece = (id: number, offset: number, isLast = false) =>
    datagram({ id, offset, flags: isLast ? 0 : ipv4.FLAG_MORE_FRAGMENTS });

  it('count once for a limit, and each for what a filter matched', () => {
    const all = filtersMade();
    all.filters.apply([named('two', { limit: 2 })], [], START);
    for (const offset of [0, 8, 16]) expect(all.receive(piece(1, offset, offset === 16))).toBe('two');
    expect(all.receive(piece(2, 0))).toBe('two');
    expect(all.receive(piece(3, 0))).toBeUndefined();
    expect(all.filters.views(START).map(({ matched }) => matched)).toEqual([4]);
  });

  it('count on their own where the first was not seen, as a first one does that comes twice', () => {
    const later = filtersMade();
    later.filters.apply([named('two', { limit: 2 })], [], START);
    for (const expected of ['two', 'two', undefined]) expect(later.receive(piece(1, 8))).toBe(expected);
    const twice = filtersMade();
    twice.filters.apply([named('two', { limit: 2 })], [], START);
    for (const expected of ['two', 'two', undefined]) expect(twice.receive(piece(1, 0))).toBe(expected);
  });

  it('follow what was decided about the first, also that nothing was, also when there are no filters any more', () => {
    const { filters, receive, seen } = filtersMade();
    filters.apply([named('tcp', { match: { protocol: 6 } }), named('brief', { limit: 1 })], [], START);
    expect(receive(piece(1, 0))).toBe('brief');
    expect(receive(piece(2, 0))).toBeUndefined();
    filters.apply([named('udp')], [], START);
    expect([receive(piece(1, 8)), receive(piece(2, 8)), receive(piece(3, 8))]).toEqual([
      'brief',
      undefined,
      'udp',
    ]);
    filters.apply([], [], START);
    expect(filters.current).toBe(filters);
    expect(receive(piece(1, 16))).toBe('brief');
    expect(filters.nextDeadline()).toBe(60_000);
    filters.poll(instant(59_999));
    expect(filters.current).toBe(filters);
    const before = seen.length;
    filters.poll(instant(60_000));
    expect([filters.current, seen.length]).toEqual([undefined, before + 1]);
    expect(filters.nextDeadline()).toBe(NEVER);
    filters.poll(instant(60_001));
    expect(seen).toHaveLength(before + 1);
  });

  it('are remembered from the last time that the first came, and whole datagrams are not', () => {
    const { filters, receive } = filtersMade();
    filters.apply([named('all')], [], START);
    receive(datagram({ id: 9 }));
    expect(filters.nextDeadline()).toBe(NEVER);
    receive(piece(1, 0), instant(0));
    receive(piece(2, 0), instant(10));
    receive(piece(1, 0), instant(20));
    receive(piece(2, 8), instant(30));
    expect(filters.nextDeadline()).toBe(60_010);
    filters.poll(instant(60_010));
    expect(filters.nextDeadline()).toBe(60_020);
    expect(filters.decisionsAbout(piece(2, 8))).toBeUndefined();
    expect(filters.decisionsAbout(piece(1, 8))).toHaveLength(1);
  });

  it('are remembered of 1024 datagrams, and the oldest is forgotten first', () => {
    const { filters, receive } = filtersMade();
    filters.apply([named('all')], [], START);
    for (let id = 0; id < 1024; id += 1) receive(piece(id, 0));
    receive(piece(5, 0));
    const isKnown = (id: number) => filters.decisionsAbout(piece(id, 8)) !== undefined;
    expect([0, 1, 1023].map(isKnown)).toEqual([true, true, true]);
    receive(piece(2000, 0));
    expect([0, 1, 5, 1023, 2000].map(isKnown)).toEqual([false, true, true, true, true]);
  });
});
