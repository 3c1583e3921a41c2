import fc from 'fast-check';
import * as ipv4 from '../../src/ip/header.js';
import type { SuperFields } from './super-datagram.js';

/** What headers of super-datagrams differ in, whatever their length. */
export const anyHeaders = {
  protocol: fc.constantFrom(ipv4.PROTOCOL_TCP, ipv4.PROTOCOL_UDP),
  id: fc.integer({ min: 0, max: 0xffff }),
  tos: fc.integer({ min: 0, max: 255 }),
  flags: fc.constantFrom(0, ipv4.FLAG_DONT_FRAGMENT),
  options: fc.constantFrom([], [148, 4, 0, 0], [1, 1, 1, 0]),
  tcpOptions: fc.constantFrom([], [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2]),
};

/** Anything that a kernel may hand out, of at most 64 segments. */
export const anySuperDatagram: fc.Arbitrary<SuperFields> = fc
  .record({
    ...anyHeaders,
    segment: fc.integer({ min: 1, max: 1400 }),
    segments: fc.integer({ min: 2, max: 40 }),
    tail: fc.nat(1399),
    sequence: fc.integer({ min: 0xfffff000, max: 0xffffffff }),
    tcpFlags: fc.constantFrom(0x10, 0x18, 0x19, 0x90, 0x99, 0xd9),
    seed: fc.nat(255),
  })
  .map(({ segments, tail, seed, ...fields }) => {
    const length = fields.segment * (segments - 1) + 1 + (tail % fields.segment);
    const data = Uint8Array.from({ length }, (_, at) => (at * 31 + seed + (at >>> 7)) & 255);
    return { ...fields, length, data };
  });
