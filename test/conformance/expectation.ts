import * as ipv4 from '../../src/ip/header.js';
import { checksum, isChecksumRight, writeUint16 } from '../../src/ip/octets.js';
import type { Output } from './case.js';
import { isIcmp, octetFault } from './octet-faults.js';
import type { PortNumber } from './topology.js';

/** A datagram that is to come out. */
export interface Expected {
  readonly on: PortNumber;
  readonly octets: Uint8Array;
  /** The router chose the identification itself, so any will do; the header checksum must be right for it. */
  readonly isOriginated: boolean;
  /** Octets, by offset and length, that may have any value; checksums over them must still be right. */
  readonly free: readonly (readonly [at: number, length: number])[];
  /** Other octets that the source allows as well. */
  readonly orElse: readonly Uint8Array[];
  /** What must hold beside the octets: says what is wrong, or undefined. */
  readonly also: ((octets: Uint8Array) => string | undefined) | undefined;
}

/** What is to come out, from all that was sent in the case so far, the newest last. */
export type Expectation = (sent: readonly Uint8Array[]) => Expected;

/** Something that comes out at a moment of a step: `at(31.25, asks())`. */
export interface Timed {
  /** In seconds from the beginning of the step. */
  readonly at: number;
  readonly expectation: Expectation;
}

/** That it comes out so many seconds after the step began. */
export const at = (seconds: number, expectation: Expectation): Timed => ({ at: seconds, expectation });

export interface About {
  readonly on: PortNumber;
  /** Which of the datagrams sent it is about, from 0; the newest unless told. */
  readonly of?: number;
}

/** The datagram leaves as it came, but for TTL and header checksum; `as` is how it must leave where more changes. */
export const forwarded =
  ({ on, of, as }: About & { readonly as?: Uint8Array }): Expectation =>
  (sent) =>
    expected(on, as ?? passedOn(pick(sent, of)));

/** Exactly these octets. */
export const exactly =
  (on: PortNumber, octets: Uint8Array): Expectation =>
  () =>
    expected(on, octets);

/** A datagram of the router's own: these octets, with an identification that it may choose. */
export const originated =
  (on: PortNumber, octets: Uint8Array, rest: Partial<Omit<Expected, 'on' | 'octets'>> = {}): Expectation =>
  () => ({ ...expected(on, octets), isOriginated: true, ...rest });

/** A datagram as it leaves the next router: TTL one less, header checksum to match, all else the same. */
export const passedOn = (original: Uint8Array): Uint8Array => {
  const octets = original.slice(0, ipv4.totalLength(original));
  octets[8] = octets[8]! - 1;
  ipv4.writeChecksum(octets);
  return octets;
};

/** The fragments of a datagram that leave by a port, as they must: TTL one less, in order, as few as the MTU allows. */
export const fragments = (
  { on, of }: About,
  pieces: readonly (readonly [offset: number, length: number, more: boolean])[],
): Expectation[] =>
  pieces.map(([offset, length, more]) => (sent) => {
    const whole = passedOn(pick(sent, of));
    const header = ipv4.headerLength(whole);
    const first = ipv4.fragmentOffset(whole);
    const from = header + offset - first;
    const piece = Uint8Array.of(...whole.subarray(0, header), ...whole.subarray(from, from + length));
    writeUint16(piece, 2, piece.length);
    const flags = ipv4.flagsAndOffset(whole) & (ipv4.FLAG_RESERVED | ipv4.FLAG_DONT_FRAGMENT);
    writeUint16(piece, 6, flags | (more ? ipv4.FLAG_MORE_FRAGMENTS : 0) | (offset >>> 3));
    writeUint16(piece, 10, 0);
    writeUint16(piece, 10, checksum(piece, 0, header));
    return expected(on, piece);
  });

/** What is wrong with a datagram that came out, in a few words; undefined where it is as expected. */
export const difference = (wanted: Expected, got: Output): string | undefined => {
  if (wanted.on !== got.on) return `on port ${got.on} instead of ${wanted.on}`;
  const faults = [wanted.octets, ...wanted.orElse].map((octets) => faultOf(wanted, octets, got.octets));
  return faults.includes(undefined) ? undefined : faults[0];
};

const faultOf = (wanted: Expected, octets: Uint8Array, got: Uint8Array): string | undefined => {
  if (got.length !== octets.length) return `${got.length} octets instead of ${octets.length}`;
  const message = ipv4.headerLength(octets);
  const free = new Set<number>();
  const release = (at: number, length: number): void => {
    for (let octet = at; octet < at + length; octet += 1) free.add(octet);
  };
  if (wanted.isOriginated) {
    release(4, 2);
    release(10, 2);
    if (!isChecksumRight(got, 0, ipv4.headerLength(got))) return 'a wrong header checksum';
  }
  for (const [at, length] of wanted.free) release(at, length);
  if (wanted.free.length > 0 && isIcmp(octets)) {
    release(message + 2, 2);
    if (!isChecksumRight(got, message, got.length)) return 'a wrong ICMP checksum';
  }
  return octetFault(octets, got, free) ?? wanted.also?.(got);
};

/** Just these octets by that port. */
export const expected = (on: PortNumber, octets: Uint8Array): Expected => ({
  on,
  octets,
  isOriginated: false,
  free: [],
  orElse: [],
  also: undefined,
});

/** The datagram that an expectation is about. */
export const pick = (sent: readonly Uint8Array[], of: number | undefined): Uint8Array => {
  const original = of === undefined ? sent.at(-1) : sent[of];
  if (original === undefined) throw new Error('the expectation is about a datagram that was not sent');
  return original;
};
