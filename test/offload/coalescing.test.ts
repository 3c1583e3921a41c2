import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Coalescer, HEADERS_LENGTH } from '../../src/offload/coalescing.js';
import { eachDatagram } from '../../src/offload/segmentation.js';
import { readVirtioHeader } from '../../src/offload/virtio-header.js';
import { type Parcel, parcelOf } from '../../src/parcel.js';
import { anyBurst, asSeen, byFlow } from '../support/any-burst.js';
import { datagram } from '../support/datagram.js';
import { superDatagram } from '../support/super-datagram.js';

const allocate = (length: number): Uint8Array => new Uint8Array(length);

const complete = (parcels: readonly Parcel[]): string[] => {
  const all: string[] = [];
  for (const parcel of parcels) eachDatagram(parcel, allocate, ({ octets }) => all.push(asSeen(octets)));
  return all;
};

/** What would be written of a burst, each as a parcel; undefined where nothing is merged. */
const written = (burst: readonly Parcel[], times = 1): Parcel[] | undefined => {
  const memory = new Uint8Array(HEADERS_LENGTH + burst.length * 2048);
  const coalescer = new Coalescer(memory, 0);
  const offsets = Uint32Array.from(burst, (_, i) => HEADERS_LENGTH + 64 + i * 2048);
  for (const [i, { octets }] of burst.entries()) memory.set(octets, offsets[i]);
  const lengths = Uint32Array.from(burst, ({ octets }) => octets.length);
  const segments = Int32Array.from(burst, ({ isPartial, segment }) => (isPartial ? segment : -1));
  let isMerged = false;
  for (let i = 0; i < times; i++) isMerged = coalescer.merge(offsets, lengths, segments, burst.length);
  if (!isMerged) return undefined;
  let piece = 0;
  return Array.from({ length: coalescer.units }, (_, unit) => {
    const parts = coalescer.parts[unit]!;
    const pieces = Array.from({ length: parts }, (_none, i) => {
      const at = coalescer.places[piece + i]!;
      return memory.slice(at - (i === 0 ? 10 : 0), at + coalescer.lengths[piece + i]!);
    });
    piece += parts;
    const all = Uint8Array.from(Buffer.concat(pieces));
    if (parts === 1) return { ...burst[coalescer.heads[unit]!]!, octets: all.subarray(10) };
    const parcel = parcelOf(all.subarray(10));
    readVirtioHeader(all, 10, parcel);
    return parcel;
  });
};

const sent = (count: number, fields: Partial<Parameters<typeof superDatagram>[0]> = {}): Parcel[] =>
  Array.from({ length: count }, (_, i) => superDatagram({ segment: 100, length: 100, id: i, ...fields }));

describe('the datagrams of a burst', () => {
  it('are the same after they were merged, in the order of each flow', () =>
    fc.assert(
      fc.property(anyBurst, (burst) => {
        const units = written(burst);
        if (units === undefined) return;
        expect(units.length).toBeLessThan(burst.length);
        // As text: vitest compares long lists slowly.
        expect(JSON.stringify(byFlow(complete(units)))).toBe(JSON.stringify(byFlow(complete(burst))));
      }),
      { numRuns: 60 },
    ));

  it('of one flow are one, and of several flows one each, however they are mixed', () => {
    expect(written(sent(40))).toMatchObject([{ segment: 100, datagrams: 40, headers: 28, isPartial: true }]);
    const mixed = Array.from({ length: 40 }, (_, i) =>
      superDatagram({ segment: 100, length: 100, id: i >> 3, source: `192.0.2.${i % 8}` }),
    );
    expect(written(mixed)?.map(({ datagrams }) => datagrams)).toEqual(Array(8).fill(5));
  });

  it('of 64 flows that take turns are nearly as few as there are flows', () => {
    const burst = Array.from({ length: 512 }, (_, i) =>
      superDatagram({ segment: 36, length: 36, id: i >> 6 }),
    );
    // Their destination ports follow each other. Partial checksums do not cover them.
    for (const [i, { octets }] of burst.entries()) octets[23] = 9 + (i % 64);
    // Two whose places coincide stay as they came.
    expect(written(burst)?.length).toBeLessThan(64 * 1.5);
  });

  it('are merged into no more runs than there is room for headers', () => {
    const burst = Array.from({ length: 1024 }, (_, i) =>
      superDatagram({
        segment: 36,
        length: 36,
        id: i & 1,
        source: `192.${(i >> 1) >> 8}.2.${(i >> 1) & 255}`,
      }),
    );
    const runs = written(burst)?.filter(({ datagrams }) => datagrams > 1);
    expect(runs?.length).toBe(256);
    expect(byFlow(complete(written(burst)!))).toEqual(byFlow(complete(burst)));
  });

  it('are merged with a shorter last one, and nothing follows that', () => {
    const burst = [...sent(4), superDatagram({ segment: 50, length: 50, id: 4 }), ...sent(4, { id: 5 })];
    for (const [i, { octets }] of burst.entries())
      burst[i] = { ...superDatagram({ segment: 999, length: octets.length - 28, id: i }) };
    expect(written(burst)?.map(({ datagrams }) => datagrams)).toEqual([5, 4]);
  });

  it('are at most 64 at once, and no longer than a datagram may be', () => {
    expect(written(sent(130))?.map(({ datagrams }) => datagrams)).toEqual([64, 64, 2]);
    const long = Array.from({ length: 50 }, (_, i) => superDatagram({ segment: 1472, length: 1472, id: i }));
    expect(written(long)?.map(({ datagrams }) => datagrams)).toEqual([44, 6]);
  });

  it.each<[string, (i: number) => Parcel]>([
    ['of differing TOS', (i) => superDatagram({ segment: 9, length: 9, id: i, tos: i & 1 })],
    ['of differing TTL', (i) => superDatagram({ segment: 9, length: 9, id: i, ttl: 60 + (i & 1) })],
    [
      'without DF, whose identifications do not count on',
      (i) => superDatagram({ segment: 9, length: 9, id: i * 2 }),
    ],
    ['with options', (i) => superDatagram({ segment: 9, length: 9, id: i, options: [1, 1, 1, 0] })],
    [
      'without a checksum',
      (i) => parcelOf(datagram({ id: i, payload: [3, 232, 7, 208, 0, 12, 0, 0, 1, 2, 3, 4] })),
    ],
    [
      'with a wrong checksum',
      (i) => parcelOf(datagram({ id: i, payload: [3, 232, 7, 208, 0, 12, 9, 9, 1, 2, 3, 4] })),
    ],
    ['of TCP', (i) => superDatagram({ protocol: 6, segment: 9, length: 9, id: i })],
    ['of nothing', (i) => superDatagram({ segment: 9, length: 0, id: i })],
  ])('stay as they came: %s', (_, make) => {
    expect(written(Array.from({ length: 8 }, (_none, i) => make(i)))).toBeUndefined();
  });

  it('are not looked at for a while where nothing came of it', () => {
    const apart = Array.from({ length: 8 }, (_, i) => superDatagram({ segment: 9, length: 9, id: i * 2 }));
    const memory = new Uint8Array(HEADERS_LENGTH + 4096);
    const coalescer = new Coalescer(memory, 0);
    const merge = (burst: readonly Parcel[]): boolean => {
      const offsets = Uint32Array.from(burst, (_, i) => HEADERS_LENGTH + 64 + i * 128);
      for (const [i, { octets }] of burst.entries()) memory.set(octets, offsets[i]);
      const lengths = Uint32Array.from(burst, ({ octets }) => octets.length);
      return coalescer.merge(offsets, lengths, new Int32Array(burst.length), burst.length);
    };
    expect(merge(sent(8, { length: 9 }))).toBe(true);
    expect(merge(apart)).toBe(false);
    const tries = Array.from({ length: 20 }, () => merge(sent(8, { length: 9 })));
    expect(tries.indexOf(true)).toBe(15);
  });
});
