import { describe, expect, it } from 'vitest';
import { Book } from '../src/book.js';
import { DropCounts } from '../src/counters.js';
import type { Event } from '../src/event.js';
import { parcelOf } from '../src/parcel.js';
import { instant, START } from '../src/time.js';
import { testInterface } from './support/router.js';

const told = () => {
  const events: Event[] = [];
  const book = new Book({ wants: (type) => type === 'drop', notify: (event) => void events.push(event) });
  return { book, events };
};

const OCTETS = new Uint8Array(28);

describe('the book', () => {
  it('counts, tells and answers what ends where it came in', () => {
    const { book, events } = told();
    const red = testInterface('red', ['192.0.2.1/24']);
    const answered: unknown[] = [];
    red.answer = (reason, detail, original) => void answered.push([reason, detail, original]);
    book.ended(red, 'bad-option', OCTETS, START, { pointer: 20 });
    expect(red.drops.get('bad-option')).toEqual({ packets: 1, octets: 28, lastSeen: START });
    expect(red.counters.inDiscards).toBe(1);
    expect(answered).toEqual([['bad-option', { pointer: 20 }, OCTETS]]);
    expect(events).toMatchObject([{ router: 'r1', interface: 'r1.red', link: 'red', reason: 'bad-option' }]);
  });

  it('counts several that end together, and answers none that may not be quoted', () => {
    const { book, events } = told();
    const red = testInterface('red', ['192.0.2.1/24']);
    red.answer = () => expect.fail('answered');
    book.ended(red, 'reassembly-overlap', undefined, START, undefined, { packets: 3, octets: 300 });
    expect(red.drops.get('reassembly-overlap')).toMatchObject({ packets: 3, octets: 300 });
    expect(events).toHaveLength(1);
  });

  it('tells refusals and drops apart, and what leaves by one of several from both', () => {
    const { book, events } = told();
    const blue = testInterface('blue', ['198.51.100.1/24']);
    blue.answer = () => expect.fail('answered');
    book.refused(blue, 'device-refused', parcelOf(OCTETS), START);
    book.withheld(blue, 'would-fragment', parcelOf(OCTETS), START);
    expect([...blue.refusals.keys()]).toEqual(['device-refused']);
    expect([...blue.drops.keys()]).toEqual(['would-fragment']);
    expect(blue.counters).toMatchObject({ refusedPackets: 1, refusedOctets: 28, inDiscards: 0 });
    expect(events.map((event) => event.type === 'drop' && event.reason)).toEqual([
      'device-refused',
      'would-fragment',
    ]);
  });

  it('tells of what no router had by its link', () => {
    const { book, events } = told();
    const link = { name: 'red', drops: new DropCounts() };
    book.lost(link, 'link-down', parcelOf(OCTETS), START);
    expect(link.drops.get('link-down')?.packets).toBe(1);
    expect(events).toMatchObject([{ router: null, interface: null, link: 'red' }]);
  });

  it('gives every datagram a number of its own', () => {
    const { book } = told();
    const [one, other] = [parcelOf(OCTETS), parcelOf(OCTETS)];
    book.sent({ name: 'alice.red' }, one, START);
    book.sent({ name: 'alice.red' }, other, START);
    expect([one.id, other.id]).toEqual([1, 2]);
  });

  it('counts what a parcel stands for', () => {
    const { book } = told();
    const red = testInterface('red', ['192.0.2.1/24']);
    book.received(red, { ...parcelOf(OCTETS), segment: 8, datagrams: 3 });
    expect(red.counters.inPackets).toBe(3);
  });
});

describe('drops', () => {
  it('are listed in the order in which their reasons came up, each with the last time', () => {
    const drops = new DropCounts();
    drops.add('ttl-expired', 1, 20, START);
    drops.add('no-route', 1, 20, START);
    drops.add('ttl-expired', 2, 60, instant(5));
    expect([...drops]).toEqual([
      ['ttl-expired', { packets: 3, octets: 80, lastSeen: 5 }],
      ['no-route', { packets: 1, octets: 20, lastSeen: 0 }],
    ]);
    expect(drops.has('blackhole')).toBe(false);
    expect(drops.get('blackhole')).toBeUndefined();
  });
});
