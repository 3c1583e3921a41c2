import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fragment } from '../../src/ip/fragment.js';
import * as ipv4 from '../../src/ip/header.js';
import { isChecksumRight, writeUint32 } from '../../src/ip/octets.js';
import {
  DEFAULT_LIMITS,
  FRAGMENT_COST,
  type GivenUp,
  type Reassembled,
  Reassembly,
} from '../../src/ip/reassemble.js';
import { instant, NEVER, START, seconds } from '../../src/time.js';
import { type DatagramFields, datagram, hex, pattern } from '../support/datagram.js';
import { retained } from '../support/retained.js';

const MORE = ipv4.FLAG_MORE_FRAGMENTS;

/** A reassembly with a record of what it gave up; `take` feeds it fragments at one instant. */
const bench = (limits = DEFAULT_LIMITS) => {
  const reassembly = new Reassembly<string>(limits);
  const givenUp: GivenUp<string>[] = [];
  const take = (octets: Uint8Array, tag = 'red', now = START): Reassembled<string> =>
    reassembly.accept(octets, tag, now, (each) => givenUp.push(each));
  const poll = (now: number): void => reassembly.poll(instant(now), (each) => givenUp.push(each));
  return { reassembly, givenUp, take, poll };
};

/** A fragment of a datagram whose payload is `pattern`. */
const piece = (offset: number, length: number, isLast = false, fields: DatagramFields = {}): Uint8Array =>
  datagram({
    offset,
    flags: isLast ? 0 : MORE,
    payload: pattern(offset + length).subarray(offset),
    ...fields,
  });

const cut = (whole: Uint8Array, mtu: number): Uint8Array[] => {
  const pieces: Uint8Array[] = [];
  fragment(
    whole,
    mtu,
    (length) => new Uint8Array(length),
    (each) => pieces.push(each),
  );
  return pieces;
};

/** The same octets from another source, whatever the checksum. */
const from = (source: number, octets: Uint8Array): Uint8Array => {
  writeUint32(octets, 12, source);
  return octets;
};

const HELD = { fate: 'held' };
const overlap = (fragments: number, octets: number): unknown => ({
  fate: 'dropped',
  reason: 'reassembly-overlap',
  fragments,
  octets,
});

const wholeOf = (outcome: Reassembled<string>): Uint8Array => {
  if (outcome.fate !== 'complete') throw new Error(`not complete: ${JSON.stringify(outcome)}`);
  return outcome.datagram;
};

describe('fragments whose octets are lent', () => {
  it('are kept, though the next one is read into the same Buffer', () => {
    const whole = datagram({ payload: pattern(1408) });
    const { take } = bench();
    const lent = Buffer.alloc(600);
    const outcomes = cut(whole, 600).map((each) => {
      lent.fill(0xff).set(each);
      return take(lent.subarray(0, each.length));
    });
    expect(hex(wholeOf(outcomes.at(-1)!))).toBe(hex(whole));
  });
});

describe('fragments that fit together', () => {
  const whole = datagram({ payload: pattern(1408) });
  const [first, second, third] = cut(whole, 600) as [Uint8Array, Uint8Array, Uint8Array];

  it('RA1 are the datagram again when they come in order', () => {
    const { reassembly, take } = bench();
    expect(take(first)).toEqual(HELD);
    expect(take(second)).toEqual(HELD);
    expect(reassembly.held).toBe(2);
    const outcome = take(third);
    expect(outcome).toMatchObject({ fate: 'complete', fragments: 3, octets: 596 + 596 + 276 });
    expect(hex(wholeOf(outcome))).toBe(hex(whole));
    expect(reassembly.held).toBe(0);
    expect(reassembly.cost).toBe(0);
  });

  it('RA1 are the datagram again when they come in reverse', () => {
    const { take } = bench();
    expect(take(third)).toEqual(HELD);
    expect(take(second)).toEqual(HELD);
    expect(hex(wholeOf(take(first)))).toBe(hex(whole));
  });

  it.each<[string, DatagramFields]>([
    ['identification', { id: 0x4321 }],
    ['protocol', { protocol: 253 }],
    ['source', { source: '192.0.2.11' }],
    ['destination', { destination: '198.51.100.11' }],
  ])('RA1 are kept apart by their %s', (_field, fields) => {
    const { take } = bench();
    const other = datagram({ payload: pattern(1000).fill(7), ...fields });
    const [otherFirst, otherLast] = cut(other, 600) as [Uint8Array, Uint8Array];
    for (const each of [first, otherFirst, third]) expect(take(each)).toEqual(HELD);
    expect(hex(wholeOf(take(otherLast)))).toBe(hex(other));
    expect(hex(wholeOf(take(second)))).toBe(hex(whole));
  });

  it('RA2 may be 45 that make 65,535 octets', () => {
    const longest = datagram({ payload: pattern(65_515) });
    const pieces = cut(longest, 1500);
    const { take } = bench();
    const outcomes = pieces.map((each) => take(each));
    expect(outcomes.at(-1)).toMatchObject({ fate: 'complete', fragments: 45 });
    expect(Buffer.compare(wholeOf(outcomes.at(-1)!), longest)).toBe(0);
  });

  it('RA3 are not disturbed by a duplicate, which shares their fate', () => {
    const { reassembly, take } = bench();
    for (const each of [first, first, second, second]) expect(take(each)).toEqual(HELD);
    expect(reassembly.held).toBe(4);
    const outcome = take(third);
    expect(outcome).toMatchObject({ fate: 'complete', fragments: 5, octets: 4 * 596 + 276 });
    expect(hex(wholeOf(outcome))).toBe(hex(whole));
  });

  it('RA4 are not disturbed by a piece that lies inside of what has come', () => {
    const { take } = bench();
    for (const each of [first, second]) expect(take(each)).toEqual(HELD);
    for (const [offset, length] of [
      [8, 64],
      [560, 32],
      [0, 1152],
    ] as const)
      expect(take(piece(offset, length))).toEqual(HELD);
    expect(hex(wholeOf(take(third)))).toBe(hex(whole));
  });

  it('RA10 may come in by several interfaces, and the first one in place tells which counts', () => {
    const { take } = bench();
    take(second, 'blue');
    take(first, 'red');
    expect(take(third, 'green')).toMatchObject({ fate: 'complete', tag: 'red' });
  });

  it('RA11 wait on when a whole datagram with their identification comes', () => {
    const { take } = bench();
    take(first);
    const atomic = datagram({ payload: pattern(8) });
    expect(take(atomic)).toEqual({
      fate: 'complete',
      datagram: atomic,
      tag: 'red',
      fragments: 1,
      octets: 28,
    });
    take(second);
    expect(hex(wholeOf(take(third)))).toBe(hex(whole));
  });

  it('RA17 have the options of fragment 0', () => {
    const optioned = datagram({ options: [7, 7, 4, 0, 0, 0, 0, 148, 4, 0, 0], payload: pattern(1000) });
    const { take } = bench();
    const [head, ...rest] = cut(optioned, 600);
    for (const each of rest) take(each);
    expect(hex(wholeOf(take(head!)))).toBe(hex(optioned));
  });

  it('RA19 may have DF set, which the datagram has not', () => {
    const { take } = bench();
    take(piece(0, 8, false, { flags: MORE | ipv4.FLAG_DONT_FRAGMENT }));
    const outcome = wholeOf(take(piece(8, 8, true, { flags: ipv4.FLAG_DONT_FRAGMENT })));
    expect(ipv4.flagsAndOffset(outcome)).toBe(0);
  });

  it('RA21 have a header with a right checksum', () => {
    const { take } = bench();
    take(piece(0, 8));
    const outcome = wholeOf(take(piece(8, 3, true)));
    expect(ipv4.totalLength(outcome)).toBe(31);
    expect(isChecksumRight(outcome, 0, 20)).toBe(true);
  });

  it('are copied, so that the room they came in may be used again', () => {
    const { take } = bench();
    const slot = new Uint8Array(600);
    const lend = (octets: Uint8Array): Reassembled<string> => {
      slot.fill(0xee);
      slot.set(octets);
      return take(slot.subarray(0, octets.length));
    };
    lend(second);
    lend(first);
    expect(hex(wholeOf(lend(third)))).toBe(hex(whole));
  });
});

describe('explicit congestion notification', () => {
  const [NOT_ECT, ECT1, ECT0, CE] = [0, 1, 2, 3] as const;
  const marked = (...codepoints: readonly number[]): Reassembled<string> => {
    const { take } = bench();
    const count = codepoints.length;
    const outcomes = codepoints.map((tos, at) =>
      take(piece(8 * at, 8, at === count - 1, { tos: 0xb8 | tos })),
    );
    return outcomes.at(-1)!;
  };

  it.each([
    ['one mark is a mark', [ECT0, CE], CE],
    ['a mark on fragment 0 stays', [CE, ECT1], CE],
    ['no mark is none', [ECT0, ECT0], ECT0],
    ['no capability is none', [NOT_ECT, NOT_ECT], NOT_ECT],
    ['fragment 0 decides between the two capabilities', [ECT1, ECT0], ECT1],
  ])('RA18 %s', (_title, codepoints, expected) => {
    expect(ipv4.tos(wholeOf(marked(...codepoints)))).toBe(0xb8 | expected);
  });

  it('RA18 a mark among fragments without the capability drops them all', () => {
    expect(marked(NOT_ECT, ECT0, CE)).toEqual(overlap(3, 84));
  });
});

describe('fragments that cannot be', () => {
  it.each([
    ['RA6 one that is not the last and no multiple of 8', piece(8, 12)],
    ['RA8 one that reaches beyond 65,535 octets', piece(65_528, 8, true)],
    ['RA8 one that reaches one octet beyond', piece(65_504, 12, true)],
    ['RA8 the last of a ping of death', piece(65_120, 1480, true)],
    ['RA8 one that its own options push beyond', piece(65_504, 11, true, { options: [148, 4, 0, 0] })],
    ['RA9 an empty one in between', piece(8, 0)],
    ['RA9 an empty last one', piece(8, 0, true)],
  ])('%s is dropped, and the others are not', (_title, impossible) => {
    const { reassembly, take } = bench();
    take(piece(0, 8));
    expect(take(impossible)).toEqual(overlap(1, impossible.length));
    expect(reassembly.held).toBe(1);
    expect(take(piece(8, 8, true)).fate).toBe('complete');
  });

  it('RA8 the longest that can be is kept', () => {
    expect(bench().take(piece(65_504, 11, true))).toEqual(HELD);
  });

  it('RA8 options of fragment 0 that make it too long drop them all', () => {
    const { reassembly, take } = bench();
    const options = [136, 4, 0, 0];
    const pieces = cut(datagram({ payload: pattern(65_515) }), 60_020);
    expect(take(pieces[1]!)).toEqual(HELD);
    const head = datagram({ flags: MORE, options, payload: pattern(60_000) });
    expect(take(head)).toEqual(overlap(2, head.length + pieces[1]!.length));
    expect(reassembly.held).toBe(0);
  });
});

describe('fragments that contradict each other', () => {
  it.each([
    ['RA5 one that begins inside another', [piece(0, 16), piece(8, 16)]],
    ['RA5 one that ends inside another', [piece(8, 16), piece(0, 16)]],
    ['RA5 one that holds another and more', [piece(8, 8), piece(0, 24)]],
    ['RA5 one that bridges a gap', [piece(0, 8), piece(16, 8), piece(0, 24)]],
    ['RA7 one behind the end', [piece(8, 8, true), piece(16, 8)]],
    ['RA7 one across the end', [piece(16, 8, true), piece(8, 24)]],
    ['RA7 an end before what has come', [piece(24, 8), piece(8, 8, true)]],
    ['RA7 a second end behind the first', [piece(8, 8, true), piece(16, 8, true)]],
    ['RA7 a second end before the first', [piece(16, 8, true), piece(8, 4, true)]],
  ])('%s drops them all, and what is still to come', (_title, pieces) => {
    const { reassembly, givenUp, take, poll } = bench();
    const outcomes = pieces.map((each) => take(each));
    const octets = pieces.reduce((sum, each) => sum + each.length, 0);
    expect(outcomes.at(-1)).toEqual(overlap(pieces.length, octets));
    expect(reassembly.held).toBe(0);
    expect(take(piece(0, 8))).toEqual(overlap(1, 28));
    expect(take(piece(48, 8, true))).toEqual(overlap(1, 28));
    expect(reassembly.cost).toBe(FRAGMENT_COST);

    poll(60_000);
    expect(givenUp).toEqual([]);
    expect(reassembly.cost).toBe(0);
    expect(take(piece(0, 8), 'red', instant(60_000))).toEqual(HELD);
  });
});

describe('the time that fragments wait', () => {
  it('RA12 ends 60 seconds after the first one, whenever the others came, with fragment 0 to quote', () => {
    const { reassembly, givenUp, take, poll } = bench();
    expect(reassembly.nextDeadline()).toBe(NEVER);
    const head = piece(0, 8, false, { options: [7, 7, 4, 0, 0, 0, 0] });
    take(piece(8, 8), 'blue');
    take(head, 'red', instant(20_000));
    expect(reassembly.nextDeadline()).toBe(seconds(60));
    poll(59_999);
    expect(givenUp).toEqual([]);
    poll(60_000);
    expect(givenUp).toEqual([
      { reason: 'reassembly-timeout', first: head, tag: 'red', fragments: 2, octets: 28 + 36 },
    ]);
    expect(reassembly.held).toBe(0);
    expect(reassembly.nextDeadline()).toBe(NEVER);
  });

  it('RA13 leaves nothing to quote where fragment 0 did not come', () => {
    const { givenUp, take, poll } = bench();
    take(piece(8, 8), 'blue');
    take(piece(16, 8), 'red');
    poll(60_000);
    expect(givenUp).toEqual([
      { reason: 'reassembly-timeout', first: undefined, tag: 'blue', fragments: 2, octets: 56 },
    ]);
  });

  it('RA15 ends without a word after an overlap', () => {
    const { givenUp, take, poll } = bench();
    take(piece(0, 16));
    take(piece(8, 16));
    poll(60_000);
    expect(givenUp).toEqual([]);
  });

  it('is another for each datagram', () => {
    const { reassembly, givenUp, take, poll } = bench();
    take(piece(0, 8, false, { id: 1 }), 'red', instant(0));
    take(piece(0, 8, false, { id: 2 }), 'red', instant(10_000));
    poll(60_000);
    expect(givenUp.map((each) => ipv4.identification(each.first!))).toEqual([1]);
    expect(reassembly.nextDeadline()).toBe(70_000);
  });
});

describe('many incomplete datagrams', () => {
  it('RA16 of one source are 64 at most, and the oldest makes room', () => {
    const { reassembly, givenUp, take } = bench();
    const other = piece(0, 8, false, { source: '192.0.2.99' });
    take(other, 'blue');
    for (let id = 0; id < 70; id += 1) expect(take(piece(0, 8, false, { id }))).toEqual(HELD);
    expect(reassembly.held).toBe(65);
    expect(givenUp.map((each) => ipv4.identification(each.first!))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(givenUp[0]).toMatchObject({ reason: 'reassembly-limit', tag: 'red', fragments: 1, octets: 28 });
  });

  it('RA16 of many sources never cost more than the limit', () => {
    const { reassembly, givenUp, take } = bench();
    const [count, fragment] = [2800, piece(0, 1024)];
    let most = 0;
    for (let source = 1; source <= count; source += 1) {
      if (take(from(source, fragment)).fate !== 'held') throw new Error(`${source} is dropped`);
      most = Math.max(most, reassembly.cost);
    }
    expect(most).toBeLessThanOrEqual(DEFAULT_LIMITS.totalOctets);
    // Each costs its 1044 octets and 256 for itself, in 4 MiB, and 256 for its datagram.
    expect(reassembly.held).toBe(2695);
    expect(reassembly.held + givenUp.length).toBe(count);
    expect(ipv4.source(givenUp.at(-1)!.first!)).toBe(givenUp.length);
  });

  it('RA16 the oldest makes room even for its own next fragment, which is dropped with it', () => {
    const { reassembly, givenUp, take } = bench({ totalOctets: 2000, datagramsPerSource: 64 });
    expect(take(piece(0, 1024))).toEqual(HELD);
    expect(take(piece(1024, 1024))).toEqual({
      fate: 'dropped',
      reason: 'reassembly-limit',
      fragments: 1,
      octets: 1044,
    });
    expect(givenUp).toMatchObject([{ reason: 'reassembly-limit', fragments: 1, octets: 1044 }]);
    expect(reassembly.held).toBe(0);
    expect(reassembly.cost).toBe(0);
  });

  it('RA16 fill the limit to its last octet, and duplicates need no room', () => {
    const { reassembly, givenUp, take } = bench({ totalOctets: 256 + 2 * (256 + 28), datagramsPerSource: 1 });
    for (const each of [piece(0, 8), piece(8, 8), piece(8, 8), piece(0, 8)]) expect(take(each)).toEqual(HELD);
    expect([reassembly.cost, reassembly.held, givenUp]).toEqual([824, 4, []]);
    expect(take(piece(8, 9)).fate).toBe('dropped');
  });

  it('RA16 leave no trace when they are complete or given up', () => {
    const { reassembly, take, poll } = bench();
    const before = retained(Set);
    const [first, last] = [piece(0, 8), piece(8, 8, true)];
    for (let source = 0; source < 5000; source += 1) {
      take(from(source, first));
      if (source % 2 === 0) take(from(source, last));
    }
    poll(60_000);
    expect(retained(Set) - before).toBeLessThan(4000);
    expect(reassembly.held).toBe(0);
  });

  it('RA16 keep no octets where they contradicted each other', () => {
    const { reassembly, take } = bench();
    const before = retained(Uint8Array);
    const [first, other] = [piece(0, 16), piece(8, 16)];
    for (let source = 0; source < 6000; source += 1)
      for (const each of [first, other]) take(from(source, each));
    expect(retained(Uint8Array) - before).toBeLessThan(5000);
    expect(reassembly.cost).toBe(6000 * FRAGMENT_COST);
  });

  it('RA16 a flood of duplicates costs nothing', () => {
    const { reassembly, take } = bench();
    take(piece(0, 1024));
    const { cost } = reassembly;
    for (let time = 0; time < 1000; time += 1) take(piece(0, 1024));
    expect(reassembly.cost).toBe(cost);
    expect(reassembly.held).toBe(1001);
  });

  it('RA16 a datagram in the smallest pieces, in the worst order, is put together', () => {
    const pieces = Array.from({ length: 8180 }, (_, at) =>
      datagram({ offset: 8 * at, flags: at === 8179 ? 0 : MORE }),
    );
    const { take } = bench();
    const outcomes = pieces.reverse().map((each) => take(each));
    expect(wholeOf(outcomes.at(-1)!)).toHaveLength(20 + 8 * 8180);
  });
});

describe('laws', () => {
  it('RA1 fragments in any order, some of them twice, are the original', () => {
    const anyCut = fc
      .record({
        length: fc.integer({ min: 100, max: 4000 }),
        mtu: fc.integer({ min: 68, max: 600 }),
        inner: fc.integer({ min: 68, max: 300 }),
        options: fc.constantFrom<number[]>([], [148, 4, 0, 0], [7, 7, 4, 0, 0, 0, 0]),
        tos: fc.nat(255),
        seed: fc.array(fc.nat(), { minLength: 100, maxLength: 100 }),
      })
      .map(({ length, mtu, inner, options, tos, seed }) => {
        const whole = datagram({ payload: pattern(length), options, tos });
        const pieces = cut(whole, mtu).flatMap((each) => cut(each, inner));
        const twice = pieces.flatMap((each, at) => (seed[at % 100]! % 4 === 0 ? [each, each] : [each]));
        const shuffled = twice
          .map((each, at) => ({ each, rank: (seed[at % 100]! * (at + 7)) % 1009 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ each }) => each);
        return { whole, shuffled };
      });
    fc.assert(
      fc.property(anyCut, ({ whole, shuffled }) => {
        const { take } = bench();
        const done = shuffled.map((each) => take(each)).filter(({ fate }) => fate === 'complete');
        expect(done.length).toBeGreaterThan(0);
        expect(hex(wholeOf(done[0]!))).toBe(hex(whole));
      }),
      { numRuns: 200 },
    );
  });

  it('every fragment has exactly one fate, whatever comes', () => {
    const anyFragment = fc.record({
      id: fc.nat(3),
      unit: fc.nat(6),
      length: fc.oneof(fc.constantFrom(8, 16, 24), fc.nat(20)),
      isLast: fc.boolean(),
      tos: fc.constantFrom(0, 0, 0, 2, 3),
      source: fc.constantFrom('192.0.2.1', '192.0.2.2'),
      wait: fc.constantFrom(0, 0, 0, 5000, 31_000),
    });
    const anyLimits = fc.constantFrom(
      DEFAULT_LIMITS,
      { totalOctets: 1500, datagramsPerSource: 2 },
      { totalOctets: 700, datagramsPerSource: 1 },
      { totalOctets: 100, datagramsPerSource: 1 },
    );
    fc.assert(
      fc.property(fc.array(anyFragment, { maxLength: 60 }), anyLimits, (fragments, limits) => {
        const { reassembly, givenUp, take, poll } = bench(limits);
        let now = 0;
        let received = 0;
        let receivedOctets = 0;
        let ended = 0;
        let endedOctets = 0;
        const check = (): void => {
          const lost = givenUp.reduce((sum, each) => sum + each.fragments, 0);
          expect(received).toBe(ended + lost + reassembly.held);
          expect(reassembly.cost).toBeLessThanOrEqual(limits.totalOctets);
        };
        for (const { id, unit, length, isLast, tos, source, wait } of fragments) {
          now += wait;
          poll(now);
          check();
          const octets = piece(8 * unit, length, isLast, { id, tos, source });
          const outcome = take(octets, 'red', instant(now));
          received += 1;
          receivedOctets += octets.length;
          if (outcome.fate !== 'held') {
            ended += outcome.fragments;
            endedOctets += outcome.octets;
          }
          check();
        }
        poll(now + 60_000);
        check();
        expect(reassembly.held).toBe(0);
        expect(reassembly.cost).toBe(0);
        expect(reassembly.nextDeadline()).toBe(NEVER);
        expect(receivedOctets).toBe(givenUp.reduce((sum, each) => sum + each.octets, endedOctets));
      }),
      { numRuns: 2000 },
    );
  });
});
