import fc from 'fast-check';
import * as ipv4 from '../../../src/ip/header.js';
import type { Parcel } from '../../../src/parcel.js';
import { anyBurst, type Member, membersThat, often, parcelsOf } from '../../support/any-burst.js';
import { anySuperDatagram } from '../../support/any-super-datagram.js';
import { superDatagram } from '../../support/super-datagram.js';
import type { OffloadRow } from './row.js';

/** Behind each burst a run of another flow, so that there is always something to merge. */
const FLOW_OF_RUN = 2;
const withRun = (members: fc.Arbitrary<Member[]>): fc.Arbitrary<Parcel[]> =>
  fc
    .tuple(members, membersThat({ flow: fc.constant(FLOW_OF_RUN), length: fc.constant(80) }))
    .map(([one, run]) => parcelsOf([...one, ...run]));

const NO_RUN: Pick<OffloadRow, 'merges' | 'isExact'> = { merges: false, isExact: true };

/** Writing single datagrams at once: what the kernel makes of it against what was there. */
export const COALESCING: readonly OffloadRow[] = [
  {
    id: 'C01',
    title: 'A run of equal datagrams of one flow is written at once',
    source: 'linux/udp_offload.c',
    bursts: membersThat({}).map(parcelsOf),
    merges: true,
  },
  {
    id: 'C02',
    title: 'A shorter one ends its run, a longer one begins another',
    source: 'selftests/net/gro.c, large, data',
    bursts: withRun(membersThat({ length: fc.constantFrom(64, 63, 65, 1, 2, 200) })),
    merges: true,
  },
  {
    id: 'C03',
    title: 'All of TOS is kept, ECN too',
    source: 'RFC 3168 §5.3',
    bursts: withRun(membersThat({ tos: often(0, 1, 2, 3, 0xb8, 0xb9) })),
    merges: true,
  },
  {
    id: 'C04',
    title: 'The TTL is kept',
    source: 'RFC 1812 §5.3.1',
    bursts: withRun(membersThat({ ttl: often(64, 63, 1, 255) })),
    merges: true,
  },
  {
    id: 'C05',
    title: 'DF and the reserved bit are kept',
    source: 'RFC 791 §3.1',
    bursts: withRun(membersThat({ isDf: often(true, false), isReserved: often(false, true) })),
    merges: true,
  },
  {
    id: 'C06',
    title: 'With DF, identifications need not count on; all else is kept',
    source: 'RFC 6864 §4.1',
    bursts: membersThat({ isDf: fc.constant(true), skipped: fc.nat(0xffff) }).map(parcelsOf),
    merges: true,
  },
  {
    id: 'C07',
    title: 'Without DF the identification is kept, gaps and wraps included',
    source: 'RFC 6864 §4.2',
    bursts: withRun(membersThat({ skipped: often(0, 1, 2, 0xffff, 0x8000) })),
    merges: true,
  },
  {
    id: 'C08',
    title: 'Options are never merged',
    source: 'RFC 791 §3.1',
    bursts: membersThat({ options: fc.constant([1, 1, 1, 0]) }).map(parcelsOf),
    ...NO_RUN,
  },
  {
    id: 'C09',
    title: 'Fragments are never merged, and nothing gets before them',
    source: 'RFC 791 §3.2',
    bursts: withRun(membersThat({ isFragment: often(false, true) })),
    isMet: (parcels) => parcels.some(({ octets }) => ipv4.isFragment(octets)),
  },
  {
    id: 'C10',
    title: 'Without a checksum none is merged: it would get one',
    source: 'RFC 768',
    bursts: membersThat({ sum: fc.constantFrom('none', 'none-zero') }).map(parcelsOf),
    ...NO_RUN,
  },
  {
    id: 'C11',
    title: 'A wrong UDP checksum stays wrong, as it was, complete or partial',
    source: 'RFC 1122 §4.1.3.4',
    bursts: withRun(membersThat({ sum: often('right', 'wrong', 'wrong-partial') })),
    merges: true,
  },
  {
    id: 'C12',
    title: 'A wrong checksum of the IPv4 header stays wrong, as it was',
    source: 'RFC 1812 §5.2.2',
    bursts: withRun(membersThat({ sum: often('right', 'wrong-header') })),
    isMet: (parcels) => parcels.some(({ octets }) => ipv4.validate(octets) === 'bad-checksum'),
    merges: true,
  },
  {
    id: 'C13',
    title: 'A checksum that computes to zero is all ones, in whatever place of a run',
    source: 'RFC 768',
    bursts: membersThat({ sum: often('right', 'zero', 'partial') }).map(parcelsOf),
    merges: true,
  },
  {
    id: 'C14',
    title: 'Flows are kept apart, in their order, however they are mixed',
    source: 'RFC 4737 §3',
    bursts: membersThat({ flow: fc.nat(2), length: often(64, 50) }, 120).map(parcelsOf),
    merges: true,
  },
  {
    id: 'C15',
    title: 'Other protocols between them are kept, and their order',
    source: 'RFC 791 §3.1',
    bursts: withRun(membersThat({ protocol: often(17, 1, 6, 47) })),
  },
  {
    id: 'C16',
    title: 'What UDP says of its length need not be that of IPv4; such are never merged',
    source: 'RFC 768',
    bursts: withRun(membersThat({ behind: often(0, 1, 8) })),
  },
  {
    id: 'C17',
    title: 'Datagrams without any payload are kept, and their order',
    source: 'RFC 768',
    bursts: withRun(membersThat({ length: often(0, 64) })),
  },
  {
    id: 'C18',
    title: 'No more than 64 at once, and no longer than a datagram can be',
    source: 'linux/udp.h, UDP_MAX_SEGMENTS; RFC 791 §3.1',
    bursts: fc
      .tuple(fc.constantFrom(64, 1400), fc.integer({ min: 65, max: 200 }))
      .chain(([length, count]) =>
        fc
          .array(membersThat({ length: fc.constant(length) }, 4), { minLength: 1, maxLength: 1 })
          .map(([some]) => parcelsOf(Array.from({ length: count }, (_, at) => some![at % some!.length]!))),
      ),
    merges: true,
  },
  {
    id: 'C19',
    title: 'Super-datagrams and single datagrams of one flow keep their order',
    source: 'RFC 4737 §3',
    bursts: fc
      .tuple(membersThat({}), fc.array(anySuperDatagram, { minLength: 1, maxLength: 3 }), fc.nat(59))
      .map(([members, fields, at]) => {
        const single = parcelsOf(members);
        const whole = fields.map((each) => superDatagram(each));
        const place = at % single.length;
        return [...single.slice(0, place), ...whole, ...single.slice(place)];
      }),
    merges: true,
  },
  {
    id: 'C20',
    title: 'All of that at once',
    source: 'all of the above',
    bursts: fc
      .tuple(anyBurst, membersThat({ flow: fc.constant(FLOW_OF_RUN) }))
      .map(([any, run]) => [...any, ...parcelsOf(run)]),
    merges: true,
  },
];
