import fc from 'fast-check';
import * as ipv4 from '../../../src/ip/header.js';
import type { Parcel } from '../../../src/parcel.js';
import { anySuperDatagram } from '../../support/any-super-datagram.js';
import { type SuperFields, superDatagram } from '../../support/super-datagram.js';
import type { OffloadRow } from './row.js';
import { zeroSummed } from './zero-sum.js';

const superThat = (fields: Partial<SuperFields>): fc.Arbitrary<SuperFields> =>
  anySuperDatagram.map((each) => ({ ...each, ...fields }));

/** A few super-datagrams at once. */
const supers = (one: fc.Arbitrary<SuperFields>): fc.Arbitrary<Parcel[]> =>
  fc.array(one.map(superDatagram), { minLength: 1, maxLength: 4 });

/** No longer than the last that the kernel takes. */
const LONGEST = 65_535;
const longSuper = (protocol: number): fc.Arbitrary<SuperFields> =>
  fc.integer({ min: 1000, max: 1400 }).map((segment) => {
    const headers = protocol === ipv4.PROTOCOL_TCP ? 40 : 28;
    return { protocol, segment, length: LONGEST - headers };
  });

/** Taking super-datagrams apart: ours against the kernel's. */
export const SEGMENTATION: readonly OffloadRow[] = [
  {
    id: 'S01',
    title:
      'Segments of TCP: any length, any flags, options of TCP and of IPv4, TOS, DF, first sequence number',
    source: 'RFC 9293 §3.1, RFC 3168 §6.1.2',
    bursts: supers(superThat({ protocol: ipv4.PROTOCOL_TCP })),
  },
  {
    id: 'S02',
    title: 'Segments of UDP: any length, options of IPv4, TOS, DF',
    source: 'RFC 768, RFC 791 §3.1',
    bursts: supers(superThat({ protocol: ipv4.PROTOCOL_UDP })),
  },
  {
    id: 'S03',
    title: 'The identification counts on over 65,535',
    source: 'RFC 791 §3.1',
    bursts: supers(superThat({ id: 0xffff })),
  },
  {
    id: 'S04',
    title: 'The sequence number counts on over 2^32 - 1',
    source: 'RFC 9293 §3.4',
    bursts: supers(superThat({ protocol: ipv4.PROTOCOL_TCP, sequence: 0xffffffff })),
  },
  {
    id: 'S05',
    title: 'FIN and PSH are on the last segment only, CWR on the first only, all other flags on each',
    source: 'RFC 9293 §3.1, RFC 3168 §6.1.2',
    bursts: supers(
      fc
        .tuple(superThat({ protocol: ipv4.PROTOCOL_TCP }), fc.integer({ min: 0, max: 255 }))
        .map(([fields, tcpFlags]) => ({ ...fields, tcpFlags })),
    ),
    isMet: (parcels) =>
      parcels.some(({ octets }) => (octets[ipv4.headerLength(octets) + 13]! & 0x89) === 0x89),
  },
  {
    id: 'S06',
    title: 'A checksum that computes to zero is all ones in UDP, and zero in TCP, in any segment',
    source: 'RFC 768',
    bursts: fc
      .tuple(fc.constantFrom(ipv4.PROTOCOL_TCP, ipv4.PROTOCOL_UDP), fc.integer({ min: 2, max: 9 }), fc.nat(8))
      .map(([protocol, segments, which]) => [zeroSummed(protocol, segments, which % segments)]),
  },
  {
    id: 'S07',
    title: 'Segments of one octet, and a last one that is shorter',
    source: 'RFC 791 §3.1',
    bursts: supers(
      fc
        .tuple(anySuperDatagram, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 4, max: 60 }))
        .map(([{ data: _, ...fields }, segment, length]) => ({ ...fields, segment, length })),
    ),
  },
  {
    id: 'S08',
    title: 'More segments than older kernels take: UDP is written in groups of 64',
    source: 'linux/udp.h, UDP_MAX_SEGMENTS',
    bursts: supers(
      fc
        .tuple(anySuperDatagram, fc.integer({ min: 65, max: 300 }), fc.nat(99))
        .map(([{ data: _, ...fields }, segments, tail]) => ({
          ...fields,
          segment: 100,
          length: segments * 100 + tail - 99,
        })),
    ),
  },
  {
    id: 'S09',
    title: 'As long as a datagram can be, 65,535 octets',
    source: 'RFC 791 §3.1',
    bursts: fc.oneof(
      longSuper(ipv4.PROTOCOL_TCP).map((each) => [superDatagram(each)]),
      longSuper(ipv4.PROTOCOL_UDP).map((each) => [superDatagram(each)]),
    ),
  },
  {
    id: 'S10',
    title: 'One datagram of UDP with a partial checksum is completed as the kernel does',
    source: 'Virtual I/O Device 1.2 §5.1.6',
    bursts: supers(superThat({ protocol: ipv4.PROTOCOL_UDP, segment: 1400, length: 700 })),
    merges: false,
  },
  {
    id: 'S11',
    title: 'One segment of TCP with a partial checksum is completed as the kernel does',
    source: 'Virtual I/O Device 1.2 §5.1.6',
    bursts: supers(superThat({ protocol: ipv4.PROTOCOL_TCP, segment: 1400, length: 700 })),
    merges: false,
  },
];
