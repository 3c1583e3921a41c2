import fc from 'fast-check';
import * as ipv4 from '../../src/ip/header.js';
import { checksum, uint16, writeUint16 } from '../../src/ip/octets.js';
import { type Parcel, parcelOf } from '../../src/parcel.js';
import { datagram } from './datagram.js';
import { pseudoSum } from './super-datagram.js';

/** Mostly what can be merged, now and then what must not be. */
export const often = <Value>(usual: Value, ...others: readonly Value[]): fc.Arbitrary<Value> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

/** One datagram of a burst: what tells it from the one before in its flow. */
export interface Member {
  readonly flow: number;
  /** Octets of payload. */
  readonly length: number;
  readonly tos: number;
  readonly ttl: number;
  /** How far its identification is from the next of its flow. */
  readonly skipped: number;
  readonly isDf: boolean;
  /**
   * The UDP checksum; `zero` computes to zero, `none-zero` would if there were one, and `wrong-header` is that of IPv4.
   */
  readonly sum:
    | 'partial'
    | 'right'
    | 'zero'
    | 'none'
    | 'none-zero'
    | 'wrong'
    | 'wrong-partial'
    | 'wrong-header';
  readonly options: readonly number[];
  readonly isFragment: boolean;
  readonly protocol: number;
  /** The bit before DF. */
  readonly isReserved: boolean;
  /** Octets behind what UDP says is its end. */
  readonly behind: number;
}

type Members = { readonly [Field in keyof Member]: fc.Arbitrary<Member[Field]> };

const PLAIN: Members = {
  flow: fc.constant(0),
  length: fc.constant(64),
  tos: fc.constant(0),
  ttl: fc.constant(64),
  skipped: fc.constant(0),
  isDf: fc.constant(false),
  sum: fc.constantFrom<Member['sum']>('partial', 'right'),
  options: fc.constant([]),
  isFragment: fc.constant(false),
  protocol: fc.constant(ipv4.PROTOCOL_UDP),
  isReserved: fc.constant(false),
  behind: fc.constant(0),
};

const ANY: Members = {
  flow: fc.nat(2),
  length: often(64, 0, 1, 63, 65, 200),
  tos: often(0, 1, 3, 0xb8),
  ttl: often(64, 63),
  skipped: often(0, 1, 7),
  isDf: often(false, true),
  sum: fc.oneof(
    { weight: 10, arbitrary: fc.constant('partial' as const) },
    { weight: 6, arbitrary: fc.constant('right' as const) },
    { weight: 1, arbitrary: fc.constantFrom('none', 'none-zero', 'wrong', 'wrong-partial', 'zero') },
  ),
  options: often<readonly number[]>([], [1, 1, 1, 0]),
  isFragment: often(false, true),
  protocol: often(17, 1, 6),
  isReserved: often(false, true),
  behind: often(0, 4),
};

/** The identifications that the flows begin with: one of them soon wraps. */
const FIRST_IDS = [0xfff0, 5, 0x8000];

const parcelFor = (member: Member, id: number, number: number): Parcel => {
  const { flow, length, tos, ttl, sum, options, isFragment, isDf, isReserved, protocol, behind } = member;
  const data = Uint8Array.from({ length }, (_, at) => (at * 7 + number) & 255);
  const said = 8 + length - Math.min(behind, length);
  const udp = [0x10, flow, 0x07, 0xd0, said >> 8, said & 255, 0, 0];
  const flags =
    (isFragment ? ipv4.FLAG_MORE_FRAGMENTS : isDf ? ipv4.FLAG_DONT_FRAGMENT : 0) | (isReserved ? 0x8000 : 0);
  const octets = datagram({ tos, ttl, id, options, flags, protocol, payload: [...udp, ...data] });
  const parcel = parcelOf(octets);
  if (sum === 'wrong-header') octets[11]! ^= 0x55;
  if (protocol !== ipv4.PROTOCOL_UDP || isFragment) return parcel;
  const at = ipv4.headerLength(octets);
  const computed = (): number => checksum(octets, at, octets.length, pseudoSum(octets));
  // An even word of the payload that brings the sum to all ones.
  if ((sum === 'zero' || sum === 'none-zero') && length >= 2) {
    writeUint16(octets, at + 8, 0);
    writeUint16(octets, at + 8, computed());
  }
  const isPartial = sum === 'partial' || sum === 'wrong-partial';
  if (!sum.startsWith('none'))
    writeUint16(octets, at + 6, isPartial ? pseudoSum(octets) : computed() || 0xffff);
  if (sum === 'wrong' || sum === 'wrong-partial') writeUint16(octets, at + 6, uint16(octets, at + 6) ^ 0x55);
  parcel.isPartial = isPartial;
  return parcel;
};

/** The parcels of a burst; the identifications of each flow count on. */
export const parcelsOf = (members: readonly Member[]): Parcel[] => {
  const next = [...FIRST_IDS];
  return members.map((member, number) => {
    const id = ((next[member.flow] ?? 0) + member.skipped) & 0xffff;
    next[member.flow] = id + 1;
    return parcelFor(member, id, number);
  });
};

/** Bursts of datagrams that could be merged but for the fields that are told. */
export const membersThat = (fields: Partial<Members>, most = 60): fc.Arbitrary<Member[]> =>
  fc.array(fc.record<Member>({ ...PLAIN, ...fields }), { minLength: 4, maxLength: most, size: 'max' });

/** A burst of datagrams of a few flows; those with DF have any identification, the others count on, mostly. */
export const anyBurst: fc.Arbitrary<Parcel[]> = fc
  .record({
    isDf: fc.boolean(),
    all: fc.array(fc.record<Member>(ANY), { minLength: 4, maxLength: 120, size: 'max' }),
  })
  .map(({ isDf, all }) => parcelsOf(all.map((each) => ({ ...each, isDf: each.isDf !== isDf }))));

/** What tells two datagrams of a burst apart on a wire; with DF, the identification is anybody's. */
export const asSeen = (octets: Uint8Array): string => {
  const copy = octets.slice();
  if (ipv4.isDontFragment(copy) && ipv4.validate(copy) === undefined) {
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
