import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksum, uint16 } from '../../src/ip/octets.js';
import {
  readVirtioHeader,
  saysNothing,
  writeNothing,
  writePartial,
} from '../../src/offload/virtio-header.js';
import { MISSTATED, type Parcel, parcelOf } from '../../src/parcel.js';
import { datagram, pattern } from '../support/datagram.js';
import { superDatagram } from '../support/super-datagram.js';

const AT = 64;

interface Said {
  readonly flags?: number;
  readonly type?: number;
  readonly headers?: number;
  readonly segment?: number;
  readonly start?: number;
  readonly field?: number;
}

/** What is made of octets behind a header of these fields. */
const read = (octets: Uint8Array, said: Said): Parcel => {
  const memory = new Uint8Array(AT + octets.length);
  const view = new DataView(memory.buffer, AT - 10);
  const { flags = 1, type = 0, headers = 0, segment = 0, start = 20, field = 6 } = said;
  view.setUint8(0, flags);
  view.setUint8(1, type);
  for (const [i, value] of [headers, segment, start, field].entries()) view.setUint16(2 + 2 * i, value, true);
  memory.set(octets, AT);
  const parcel = parcelOf(memory.subarray(AT));
  readVirtioHeader(memory, AT, parcel);
  return parcel;
};

const UDP = superDatagram({ segment: 100, length: 250 }).octets;
const TCP = superDatagram({ protocol: 6, segment: 100, length: 250 }).octets;

describe('what a device says of a datagram', () => {
  it.each([
    ['UDP', UDP, { type: 5, segment: 100 }, 28],
    ['TCP', TCP, { type: 1, segment: 100, field: 16 }, 40],
    ['TCP with ECN', TCP, { type: 0x81, segment: 100, field: 16 }, 40],
    [
      'TCP, and a wrong header length, as of what was forwarded',
      TCP,
      { type: 1, segment: 100, field: 16, headers: 9999 },
      40,
    ],
    ['UDP whose checksum was found right before', UDP, { flags: 3, type: 5, segment: 100 }, 28],
  ])('makes it a super-datagram: %s', (_, octets, said, headers) => {
    expect(read(octets, said)).toMatchObject({ segment: 100, datagrams: 3, headers, isPartial: true });
  });

  it('makes it one datagram with a partial checksum where it is no longer than a segment', () => {
    expect(read(UDP, { type: 5, segment: 250 })).toMatchObject({
      segment: 0,
      datagrams: 1,
      headers: 0,
      isPartial: true,
    });
    expect(read(UDP, {})).toMatchObject({ segment: 0, datagrams: 1, isPartial: true });
  });

  it.each<[string, Uint8Array, Said]>([
    ['segments without a partial checksum', UDP, { flags: 0, type: 5, segment: 100 }],
    ['segments of no length', UDP, { type: 5 }],
    ['UDP that is said to be TCP', UDP, { type: 1, segment: 100 }],
    ['TCP that is said to be UDP', TCP, { type: 5, segment: 100, field: 16 }],
    ['IPv4 that is said to be IPv6', TCP, { type: 4, segment: 100, field: 16 }],
    ['UDP fragments, which nobody makes any more', UDP, { type: 3, segment: 100 }],
    ['a checksum behind the end', UDP, { start: 20, field: 1000 }],
    ['a checksum of what the IPv4 header has, too', UDP, { start: 16, field: 10 }],
    ['a checksum in the IPv4 header', UDP, { start: 0, field: 12 }],
    ['a checksum elsewhere, of segments', UDP, { type: 5, segment: 100, start: 28 }],
    ['a field elsewhere, of segments', UDP, { type: 5, segment: 100, field: 8 }],
    ['a fragment', datagram({ flags: 0x2000, payload: pattern(200) }), { type: 5, segment: 100 }],
    [
      'a length of UDP that is not that of the datagram',
      datagram({ payload: [3, 232, 7, 208, 0, 9, ...pattern(50)] }),
      { type: 5, segment: 10 },
    ],
    [
      'a TCP header that is too short',
      datagram({ protocol: 6, payload: new Uint8Array(60) }),
      { type: 1, segment: 10, field: 16 },
    ],
    [
      'a TCP header that is longer than the datagram',
      datagram({ protocol: 6, payload: [...new Uint8Array(12), 0xf0, ...new Uint8Array(20)] }),
      { type: 1, segment: 10, field: 16 },
    ],
    ['octets behind the datagram', Uint8Array.from([...UDP, 0, 0]), { type: 5, segment: 100 }],
    ['too few octets', UDP.subarray(0, 12), { type: 5, segment: 100 }],
  ])('is not believed: %s', (_, octets, said) => {
    expect(read(octets, said)).toMatchObject({ segment: MISSTATED, isPartial: false });
  });

  it('is that its datagrams have one identification, or that these count on', () => {
    const said = { type: 5, segment: 100 };
    expect(read(UDP, { ...said, flags: 1 })).toMatchObject({ datagrams: 3, identificationStep: 1 });
    const parcel = read(UDP, { ...said, flags: 0x81 });
    expect(parcel).toMatchObject({ datagrams: 3, identificationStep: 0 });
    // The next one in the same parcel.
    readVirtioHeader(new Uint8Array(AT + UDP.length), AT, parcel);
    expect(parcel.identificationStep).toBe(1);
  });

  it('completes a checksum that is not the datagram’s own, as inside a tunnel', () => {
    const tunnelled = datagram({ payload: [3, 232, 7, 208, 0, 108, 0, 0, ...pattern(100)] });
    const parcel = read(tunnelled, { start: 48, field: 16 });
    expect(parcel).toMatchObject({ segment: 0, isPartial: false });
    expect(uint16(parcel.octets, 64)).toBe(checksum(tunnelled, 48, tunnelled.length));
    expect(parcel.octets.subarray(0, 64)).toEqual(tunnelled.subarray(0, 64));
  });

  it('may be anything about anything, and never throws', () =>
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.constantFrom(UDP, TCP)),
        fc.array(fc.nat(0xffff), { minLength: 6, maxLength: 6 }),
        (octets, [flags, type, headers, segment, start, field]) => {
          const said = {
            flags: flags! & 3,
            type: type! & 0x85,
            headers,
            segment,
            start: start! & 63,
            field: field! & 31,
          };
          const parcel = read(octets, said as Said);
          expect(parcel.segment >= MISSTATED && parcel.datagrams >= 1).toBe(true);
          if (parcel.segment > 0) expect(parcel.headers).toBeLessThan(parcel.octets.length);
        },
      ),
    ));

  it('is read as it was written', () => {
    for (const [octets, segment] of [
      [UDP, 100],
      [TCP, 100],
      [UDP, 0],
      [TCP, 0],
    ] as const) {
      const memory = new Uint8Array(AT + octets.length).fill(0xff, 0, AT);
      memory.set(octets, AT);
      writePartial(memory, AT, segment);
      const parcel = parcelOf(memory.subarray(AT));
      readVirtioHeader(memory, AT, parcel);
      expect(parcel).toMatchObject({ segment, isPartial: true });
      // The real length, for the kernel makes so much of it linear.
      expect(memory[AT - 8]! | (memory[AT - 7]! << 8)).toBe(segment === 0 ? 0 : parcel.headers);
      writeNothing(memory, AT);
      expect(saysNothing(memory, AT)).toBe(true);
      expect([...memory.subarray(0, AT - 10)]).toEqual(Array(AT - 10).fill(0xff));
    }
  });
});
