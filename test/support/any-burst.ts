import fc from 'fast-check';
import * as ipv4 from '../../src/ip/header.js';
import { checksum, uint16, writeUint16 } from '../../src/ip/octets.js';
import { type Parcel, parcelOf } from '../../src/parcel.js';
import { datagram } from './datagram.js';
import { pseudoSum } from './super-datagram.js';

/** Mostly what can be merged, now and then what must not be. */
const often = <Value>(usual: Value, ...others: readonly Value[]): fc.Arbitrary<Value> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

const anyOne = fc.record({
  flow: fc.nat(2),
  length: often(64, 1, 63, 65, 200),
  tos: often(0, 1, 3, 0xb8),
  ttl: often(64, 63),
  skipped: often(0, 1, 7),
  sum: fc.oneof(
    { weight: 10, arbitrary: fc.constant('partial' as const) },
    { weight: 6, arbitrary: fc.constant('right' as const) },
    { weight: 1, arbitrary: fc.constantFrom('none' as const, 'wrong' as const, 'wrong-partial' as const) },
  ),
  options: often<readonly number[]>([], [1, 1, 1, 0]),
  fragment: often(false, true),
  protocol: often(17, 1, 6),
});

/** A burst of datagrams of a few flows; those with DF have any identification, the others count on, mostly. */
export const anyBurst: fc.Arbitrary<Parcel[]> = fc
  .record({ isDf: fc.boolean(), all: fc.array(anyOne, { minLength: 4, maxLength: 120 }) })
  .map(({ isDf, all }) => {
    const next = [0xfff0, 5, 0x8000];
    return all.map((one, number) => {
      const { flow, length, tos, ttl, sum, options, fragment, protocol } = one;
      const id = (next[flow]! + one.skipped) & 0xffff;
      next[flow] = id + 1;
      const data = Uint8Array.from({ length }, (_, at) => (at * 7 + number) & 255);
      const udp = [0x10, flow, 0x07, 0xd0, (8 + length) >> 8, (8 + length) & 255, 0, 0];
      const flags = fragment ? ipv4.FLAG_MORE_FRAGMENTS : isDf ? ipv4.FLAG_DONT_FRAGMENT : 0;
      const payload = [...udp, ...data];
      const octets = datagram({ tos, ttl, id, options, flags, protocol, payload });
      const parcel = parcelOf(octets);
      if (protocol !== 17 || fragment) return parcel;
      const at = ipv4.headerLength(octets);
      const isPartial = sum === 'partial' || sum === 'wrong-partial';
      const right = checksum(octets, at, octets.length, pseudoSum(octets)) || 0xffff;
      if (sum !== 'none') writeUint16(octets, at + 6, isPartial ? pseudoSum(octets) : right);
      if (sum.startsWith('wrong')) writeUint16(octets, at + 6, uint16(octets, at + 6) ^ 0x55);
      parcel.isPartial = isPartial;
      return parcel;
    });
  });

/** What tells two datagrams of a burst apart on a wire; with DF, the identification is anybody's. */
export const asSeen = (octets: Uint8Array): string => {
  const copy = octets.slice();
  if (ipv4.isDontFragment(copy)) {
    writeUint16(copy, 4, 0);
    ipv4.writeChecksum(copy);
  }
  return Buffer.from(copy).toString('hex');
};

/** The datagrams of each flow, in order: protocol and ports, or that there are none to be read. */
export const byFlow = (seen: readonly string[]): Record<string, string[]> => {
  const flows: Record<string, string[]> = {};
  for (const each of seen) {
    const key = each.startsWith('45') ? each.slice(18, 20) + each.slice(40, 48) : 'with options';
    flows[key] ??= [];
    flows[key].push(each);
  }
  return flows;
};
